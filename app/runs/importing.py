"""What a worker does with an import: file by file, each stored or refused on its own, under a lease that it renews."""

import asyncio
from dataclasses import asdict
from uuid import UUID

import structlog

from app.operations.working import under_claim
from domain.operations.model import Claim, JobId, LeaseLost
from domain.operations.ports import Bus, job_channel
from domain.runs.changes import runs_channel
from domain.runs.facts import facts_of
from domain.runs.imports import (
    FileBreaksReading,
    FileStopsWorkers,
    ImportItem,
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
MAX_ATTEMPTS = 3
MAX_MESSAGE_LENGTH = 1000  # a refusal may quote the file


async def process_import(
    job_id: JobId, worker_id: UUID, *, imports: ImportRepository, files: RecordingFiles, bus: Bus, ids: Ids
) -> None:
    """Take an import up and bring it to its end; see `under_claim`.

    Killed anywhere, it leaves the rest to the next worker: what is stored is stored, the other files are still pending.
    """

    async def work(claim: Claim) -> None:
        while (item := await imports.next_item(claim)) is not None:
            await _process_item(claim, item, imports, files, ids)
            await bus.publish(job_channel(job_id))
            await bus.publish(runs_channel(claim.athlete_id))
        await imports.finish(claim)

    await under_claim(job_id, worker_id, work, jobs=imports, bus=bus)


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
