"""Figures of runners' bodies in memory, and a queue that remembers what it was handed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

from domain.operations.model import JobId, JobKind
from domain.physiology.model import Physiology, PhysiologyId
from domain.physiology.ports import PhysiologyWritten
from domain.physiology.refusals import PhysiologyNotFound
from domain.physiology.suggestions import Evidence
from domain.shared.once import Once
from domain.shared.viewer import Viewer

TODAY = date(2026, 5, 4)
JOB = JobId(UUID(int=77))


class FakeClock:
    """The Clock port, stopped at noon of TODAY."""

    def now(self) -> datetime:
        return datetime(2026, 5, 4, 12, tzinfo=UTC)


class FakeQueue:
    """The JobQueue port."""

    def __init__(self) -> None:
        self.handed_over: list[tuple[JobKind, JobId]] = []

    async def hand_over(self, kind: JobKind, job_id: JobId, *, after_s: float = 0) -> None:
        self.handed_over.append((kind, job_id))


class FakePhysiologies:
    """The PhysiologyRepository port for one athlete, whose every written figure touches a run if `touches` says so."""

    def __init__(self, *figures: Physiology, touches: bool = False, evidence: Evidence | None = None) -> None:
        self.figures = {one.valid_from: one for one in figures}
        self.ids: dict[date, PhysiologyId] = {}
        self.asked: tuple[date, date] | None = None
        self._job = JOB if touches else None
        self._evidence = evidence or Evidence((), None)

    async def today(self, viewer: Viewer, now: datetime) -> date:
        return now.date()

    async def set(
        self,
        id: PhysiologyId,
        valid_from: date,
        viewer: Viewer,
        change: Callable[[Physiology | None], Physiology],
        *,
        once: Once | None,
    ) -> PhysiologyWritten:
        known = [day for day in self.figures if day <= valid_from]
        before = self.figures[max(known)] if known else None
        after = change(before)
        assert change(before) == after, "a change has to be pure: it may run again"
        self.figures[valid_from] = after
        return PhysiologyWritten(self.ids.setdefault(valid_from, id), self._job)

    async def remove(self, valid_from: date, viewer: Viewer, *, once: Once | None) -> PhysiologyWritten:
        if self.figures.pop(valid_from, None) is None:
            raise PhysiologyNotFound(valid_from)
        return PhysiologyWritten(self.ids.get(valid_from, PhysiologyId(UUID(int=1))), self._job)

    async def evidence(self, viewer: Viewer, since: date, to: date) -> Evidence:
        self.asked = (since, to)
        return self._evidence
