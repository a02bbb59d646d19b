"""What an athlete can change of themselves."""

import asyncio
from uuid import UUID

from domain.accounts.model import Athlete
from domain.accounts.ports import AthleteRepository
from domain.operations.model import JobKind
from domain.operations.ports import JobQueue
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer


async def update_viewer(
    display_name: str | None,
    timezone: str | None,
    *,
    viewer: Viewer,
    once: Once | None,
    athletes: AthleteRepository,
    queue: JobQueue,
) -> UUID:
    """Take another name, or live by another zone's clock; None leaves as it is.

    Recorded runs that the other clock tells otherwise are analysed anew.
    """
    viewer.require(Scope.TRAINING_WRITE)

    def change(athlete: Athlete) -> Athlete:
        if display_name is not None:
            athlete = athlete.rename(display_name)
        return athlete if timezone is None else athlete.move_to(timezone)

    written = await athletes.update(viewer, change, once=once)
    if written.job_id is not None:
        # The job is a row by now; whoever asked going away must not keep a worker from hearing of it.
        await asyncio.shield(queue.hand_over(JobKind.ANALYSE_RUNS, written.job_id))
    return written.id
