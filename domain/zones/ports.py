"""Where an athlete's segments are kept for judging, and where their zones go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.operations.model import Claim, JobId
from domain.operations.ports import LeasedJobs
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from domain.zones.kept import ZoneHistory, ZonesToStore
from domain.zones.model import ZoneMethod


class ZoneRepository(LeasedJobs, Protocol):
    """Zones from their asking to their end."""

    async def due(self, claim: Claim, now: datetime) -> Sequence[ZoneMethod]:
        """The methods by which there is something to compute for the athlete of a job: that is now before it."""
        ...

    async def history(self, claim: Claim, method: ZoneMethod) -> ZoneHistory:
        """What the zones stand on now."""
        ...

    async def store(self, claim: Claim, zones: ZonesToStore) -> None:
        """Put the news in place, in one transaction with what the next computing has to know, and tell of it."""
        ...

    async def finish(self, claim: Claim, judged: int) -> None:
        """End the job."""
        ...

    async def recompute(self, viewer: Viewer, method: ZoneMethod, job_id: JobId, *, once: Once | None) -> JobId:
        """Have the viewer's zones by one method computed anew, and kept from now on; answers the job that does it."""
        ...


class ZoneSweep(Protocol):
    """Finds what is due without anybody having asked for it."""

    async def sweep(self, every_s: float) -> int | None:
        """Make the jobs for what is due, unless some worker did so within the last `every_s` seconds.

        Answers how many athletes have one now; None when it was left to the other.
        """
        ...
