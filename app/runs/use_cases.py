"""What an athlete can do with runs: record, correct, link, take out, and import."""

import asyncio
from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.operations.model import JobId, JobKind
from domain.operations.ports import Bus, JobQueue, job_channel
from domain.runs.changes import runs_channel
from domain.runs.imports import PackedFile, check_files
from domain.runs.model import Run, RunId
from domain.runs.ports import ImportRepository, RunRepository
from domain.shared.once import Once
from domain.shared.ports import Clock, Ids
from domain.shared.viewer import Scope, Viewer


async def record_run(
    values: Mapping[str, object],
    *,
    viewer: Viewer,
    once: Once | None,
    runs: RunRepository,
    ids: Ids,
    clock: Clock,
    bus: Bus,
) -> RunId:
    """Store a run typed in by hand."""
    viewer.require(Scope.TRAINING_WRITE)
    run = Run.by_hand(now=clock.now(), id=RunId(ids.new()), athlete_id=viewer.athlete_id, **values)
    return await _told(viewer, bus, await runs.add(run, once=once))


async def update_run(
    run_id: RunId,
    changes: Mapping[str, object],
    *,
    viewer: Viewer,
    once: Once | None,
    runs: RunRepository,
    clock: Clock,
    bus: Bus,
) -> RunId:
    """Correct a run's name, notes or figures."""
    viewer.require(Scope.TRAINING_WRITE)
    now = clock.now()
    updated = await runs.update(run_id, viewer, lambda run: run.revise(changes, now=now), once=once)
    return await _told(viewer, bus, updated)


async def link_run(
    run_id: RunId, workout_id: UUID | None, *, viewer: Viewer, once: Once | None, runs: RunRepository, bus: Bus
) -> RunId:
    """Say which workout a run was, or that it was none."""
    viewer.require(Scope.TRAINING_WRITE)
    return await _told(viewer, bus, await runs.update(run_id, viewer, lambda run: run.link(workout_id), once=once))


async def delete_run(run_id: RunId, *, viewer: Viewer, once: Once | None, runs: RunRepository, bus: Bus) -> RunId:
    """Take a run out, with all that was recorded of it."""
    viewer.require(Scope.TRAINING_WRITE)
    return await _told(viewer, bus, await runs.remove(run_id, viewer, once=once))


def may_import(count: int, *, viewer: Viewer) -> None:
    """Raise unless the viewer may import so many files: asked before any of them is read into memory."""
    viewer.require(Scope.TRAINING_WRITE)
    check_files(count)


async def import_runs(
    files: Sequence[PackedFile],
    *,
    viewer: Viewer,
    once: Once | None,
    imports: ImportRepository,
    queue: JobQueue,
    ids: Ids,
) -> JobId:
    """Store uploaded files as a job, then wake a worker. The job is a row before anybody hears of it."""
    may_import(len(files), viewer=viewer)
    job_id = await imports.add(JobId(ids.new()), viewer, files, once=once)
    await asyncio.shield(queue.hand_over(JobKind.IMPORT_RUNS, job_id))
    return job_id


async def undo_import(
    job_id: JobId, *, viewer: Viewer, once: Once | None, imports: ImportRepository, bus: Bus
) -> JobId:
    """Take back exactly what an import made, and tell those who watch it."""
    viewer.require(Scope.TRAINING_WRITE)
    undone = await imports.undo(job_id, viewer, once=once)
    await bus.publish(job_channel(undone))
    await bus.publish(runs_channel(viewer.athlete_id))
    return undone


async def _told(viewer: Viewer, bus: Bus, run_id: RunId) -> RunId:
    """Those who watch the viewer's runs, of a change that is stored."""
    await bus.publish(runs_channel(viewer.athlete_id))
    return run_id
