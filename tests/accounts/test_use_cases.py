"""What an athlete changes of themselves, against a repository that remembers nothing."""

from collections.abc import Callable

import pytest

from app.accounts.use_cases import update_viewer
from domain.accounts.model import Athlete
from domain.accounts.ports import AthleteWritten, Claims
from domain.operations.model import JobId, JobKind
from domain.shared.errors import Forbidden
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.plans import a_viewer
from tests.fakes.physiology import JOB, FakeQueue

WRITER = a_viewer(scopes=frozenset({Scope.TRAINING_WRITE}))


class FakeAthletes:
    """The AthleteRepository port; every change has a job, or none has."""

    def __init__(self, job_id: JobId | None) -> None:
        self._job_id = job_id

    async def identify(self, claims: Claims) -> Viewer:
        return a_viewer(scopes=claims.scopes)

    def remembered(self, claims: Claims) -> Viewer | None:
        return None

    async def update(
        self, viewer: Viewer, change: Callable[[Athlete], Athlete], *, once: Once | None
    ) -> AthleteWritten:
        return AthleteWritten(change(Athlete(viewer.athlete_id, "Ada", None, "UTC")).id, self._job_id)


async def update(job_id: JobId | None, *, viewer: Viewer = WRITER) -> FakeQueue:
    """The queue after an athlete moved to Tokyo."""
    queue = FakeQueue()
    athlete_id = await update_viewer(
        None, "Asia/Tokyo", viewer=viewer, once=None, athletes=FakeAthletes(job_id), queue=queue
    )
    assert athlete_id == viewer.athlete_id
    return queue


async def test_a_worker_is_woken_for_the_runs_that_the_new_clock_tells_otherwise() -> None:
    assert (await update(JOB)).handed_over == [(JobKind.ANALYSE_RUNS, JOB)]


async def test_nobody_is_woken_where_no_run_is_touched() -> None:
    assert (await update(None)).handed_over == []


async def test_a_reader_changes_nothing() -> None:
    with pytest.raises(Forbidden):
        await update(JOB, viewer=a_viewer(scopes=frozenset({Scope.TRAINING_READ})))
