"""What a worker does with an import: file by file, each stored or refused on its own, under a lease that it renews."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from uuid import UUID

import structlog

from domain.operations.model import JobId
from domain.operations.ports import Bus, job_channel
from domain.runs.facts import facts_of
from domain.runs.imports import (
    Claim,
    FileBreaksReading,
    FileStopsWorkers,
    ImportItem,
    LeaseLost,
    RecordedRun,
    UploadedFile,
    one_line,
    run_name,
)
from domain.runs.model import RunId
from domain.runs.ports import ImportRepository, RecordingFiles
from domain.runs.recording import Recording
from domain.shared.errors import Unavailable, UserError
from domain.shared.ports import Ids

log = structlog.get_logger("cairn.import")
RENEW_EVERY_S = 4.0
MAX_ATTEMPTS = 3
MAX_MESSAGE_LENGTH = 1000  # a refusal may quote the file


async def process_import(
    job_id: JobId, worker_id: UUID, *, imports: ImportRepository, files: RecordingFiles, bus: Bus, ids: Ids
) -> None:
    """Take an import up and bring it to its end; returns at once when there is nothing to take.

    Killed anywhere, it leaves the job to the next worker: what is stored is stored, and the rest is still pending.
    Raises Unavailable when the database goes away, and leaves the job likewise.
    """
    claim = await imports.claim(job_id, worker_id)
    if claim is None:
        return
    channel = job_channel(job_id)
    try:
        await bus.publish(channel)
        async with _renewed(claim, imports):
            while (item := await imports.next_item(claim)) is not None:
                await _process_item(claim, item, imports, files, ids)
                await bus.publish(channel)
            await imports.finish(claim)
    except LeaseLost:
        return
    except (asyncio.CancelledError, Unavailable):
        with suppress(Unavailable):  # then the lease runs out by itself
            await asyncio.shield(imports.release(claim))
        raise
    await bus.publish(channel)


async def _process_item(
    claim: Claim, item: ImportItem, imports: ImportRepository, files: RecordingFiles, ids: Ids
) -> None:
    """Whatever is wrong with one file, a bug of Cairn's included, is that file's failure: the others go on."""
    importing = _import_item(claim, item, imports, files, ids)
    (wrong,) = await asyncio.gather(importing, return_exceptions=True)
    match wrong:
        case None:
            return
        case LeaseLost() | Unavailable():
            raise wrong
        case UserError():
            refusal = wrong
            if wrong.__cause__ is not None:
                log.warning("file refused", job=str(claim.job_id), item=str(item.id), exc_info=wrong)
        case _:
            log.error("bug", job=str(claim.job_id), item=str(item.id), exc_info=wrong)
            refusal = FileBreaksReading()
    await imports.fail(claim, item.id, one_line(refusal.message)[:MAX_MESSAGE_LENGTH])


async def _import_item(
    claim: Claim, item: ImportItem, imports: ImportRepository, files: RecordingFiles, ids: Ids
) -> None:
    if item.attempts > MAX_ATTEMPTS:
        raise FileStopsWorkers
    if files.is_archive(item.file.content):
        members = await asyncio.to_thread(lambda: list(files.unpack(item.file.name, item.file.content)))
        await imports.unpacked(claim, item.id, members)
    else:
        await imports.store(claim, item, await asyncio.to_thread(_read, item.file, files, ids))


def _read(file: UploadedFile, files: RecordingFiles, ids: Ids) -> list[RecordedRun]:
    """Decode a file and compute its runs' facts: pure work, done in a thread so that the lease is renewed meanwhile."""
    recordings = files.decode(file.name, file.content)
    return [_recorded(file, recording, place, len(recordings), ids) for place, recording in enumerate(recordings)]


def _recorded(file: UploadedFile, recording: Recording, place: int, of: int, ids: Ids) -> RecordedRun:
    device = recording.device
    report = {
        "fileName": file.name,
        "points": len(recording.samples),
        "movingTimeMethod": "DEVICE_TIMER" if recording.active is not None else "STILLNESS",
        "ascentMethod": "TURNING_POINTS_3_M",
        "deviceDistanceM": device.distance_m,
        "deviceTimerS": device.timer_s,
        "deviceAscentM": device.ascent_m,
        "deviceDescentM": device.descent_m,
        "setAside": [asdict(part) for part in recording.set_aside],
    }
    name = run_name(recording.name, file.name, place, of)
    return RecordedRun(RunId(ids.new()), name, recording, facts_of(recording), report)


@asynccontextmanager
async def _renewed(claim: Claim, imports: ImportRepository) -> AsyncIterator[None]:
    """Hold the job while the block runs; a lease that is lost shows at the next store."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            with suppress(Unavailable, LeaseLost):
                await imports.renew(claim)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
