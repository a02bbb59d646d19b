"""What an athlete can say of their body, and hear of it from their runs."""

import asyncio
from datetime import date

from domain.operations.model import JobKind
from domain.operations.ports import JobQueue
from domain.physiology.model import Physiology, PhysiologyChanges, PhysiologyId, check_valid_from
from domain.physiology.ports import PhysiologyRepository, PhysiologyWritten
from domain.physiology.suggestions import PhysiologySuggestions, suggest, window
from domain.shared.once import Once
from domain.shared.ports import Clock, Ids
from domain.shared.viewer import Scope, Viewer


async def set_physiology(
    changes: PhysiologyChanges,
    valid_from: date | None,
    *,
    viewer: Viewer,
    once: Once | None,
    physiologies: PhysiologyRepository,
    queue: JobQueue,
    ids: Ids,
    clock: Clock,
) -> PhysiologyId:
    """Set figures from a day on, today if none is named; runs of the past that they judge are analysed anew."""
    viewer.require(Scope.TRAINING_WRITE)
    changes.given()  # nothing is looked up for an empty change
    today = await physiologies.today(viewer, clock.now())
    since = valid_from or today
    check_valid_from(since, today)

    def change(before: Physiology | None) -> Physiology:
        return (before or Physiology(valid_from=since)).revise(changes, since)

    written = await physiologies.set(PhysiologyId(ids.new()), since, viewer, change, once=once)
    await _wake(written, queue)
    return written.id


async def delete_physiology(
    valid_from: date, *, viewer: Viewer, once: Once | None, physiologies: PhysiologyRepository, queue: JobQueue
) -> PhysiologyId:
    """Take figures out: those before them hold on, and the runs of their days are analysed anew."""
    viewer.require(Scope.TRAINING_WRITE)
    gone = await physiologies.remove(valid_from, viewer, once=once)
    await _wake(gone, queue)
    return gone.id


async def suggest_physiology(
    *, viewer: Viewer, physiologies: PhysiologyRepository, clock: Clock
) -> PhysiologySuggestions:
    """What the viewer's runs of the last 90 days suggest of their body."""
    viewer.require(Scope.TRAINING_READ)
    since, to = window(await physiologies.today(viewer, clock.now()))
    return suggest(await physiologies.evidence(viewer, since, to), since, to)


async def _wake(written: PhysiologyWritten, queue: JobQueue) -> None:
    """The job is a row by now; whoever asked going away must not keep a worker from hearing of it."""
    if written.job_id is not None:
        await asyncio.shield(queue.hand_over(JobKind.ANALYSE_RUNS, written.job_id))
