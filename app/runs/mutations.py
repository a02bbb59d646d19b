"""Recording, correcting, linking and importing runs."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

import strawberry
from starlette.datastructures import UploadFile

from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import DeletedPayload, Payload, mutation
from app.operations.payloads import JobPayload
from app.runs import use_cases
from app.runs.inputs import ImportRunsInput, JobIdInput, LinkRunInput, RecordRunInput, RunIdInput, UpdateRunInput
from app.runs.types import Run
from configuration.settings import Settings
from domain.operations.model import JobId, JobNotFound
from domain.operations.ports import Bus, JobQueue
from domain.plans.model import WorkoutNotFound
from domain.runs.imports import NotUploaded, PackedFile, SameFileTwice, UploadTooLarge, told_name
from domain.runs.model import RunId, RunNotFound
from domain.runs.ports import ImportRepository, RunRepository
from domain.shared.node_ids import id_of, node_id
from domain.shared.ports import Clock, Ids


@object_type
class RunPayload(Payload):
    """A run that was written."""

    @resolved
    async def run(self, info: Info) -> Run | None:
        """The run as it is now; null when the request was refused."""
        run: Run | None = await info.context.read_one(Run, self.id)
        return run


@strawberry.type
class RunMutations:
    """Root fields that write runs."""

    @mutation
    async def record_run(self, info: Info, input: RecordRunInput) -> RunPayload:
        """Record a run by hand, or from another service."""
        viewer, once = info.context.viewer, info.context.once(input)
        runs, ids, clock, bus = await info.context.services.aget(RunRepository, Ids, Clock, Bus)
        values = input.values() | {"workout_id": _workout_id(input.workout_id)}
        run_id = await use_cases.record_run(values, viewer=viewer, once=once, runs=runs, ids=ids, clock=clock, bus=bus)
        return RunPayload(id=run_id)

    @mutation
    async def update_run(self, info: Info, input: UpdateRunInput) -> RunPayload:
        """Correct a run; of a recorded one its name and notes."""
        viewer, once = info.context.viewer, info.context.once(input)
        runs, clock, bus = await info.context.services.aget(RunRepository, Clock, Bus)
        run_id = _run_id(input.id)
        await use_cases.update_run(run_id, input.changes(), viewer=viewer, once=once, runs=runs, clock=clock, bus=bus)
        return RunPayload(id=run_id)

    @mutation
    async def link_run(self, info: Info, input: LinkRunInput) -> RunPayload:
        """Say which workout a run was, or that it was none. A workout has at most one run."""
        viewer, once = info.context.viewer, info.context.once(input)
        runs, bus = await info.context.services.aget(RunRepository, Bus)
        run_id = _run_id(input.id)
        await use_cases.link_run(run_id, _workout_id(input.workout_id), viewer=viewer, once=once, runs=runs, bus=bus)
        return RunPayload(id=run_id)

    @mutation
    async def delete_run(self, info: Info, input: RunIdInput) -> DeletedPayload:
        """Delete a run with all that was recorded of it."""
        viewer, once = info.context.viewer, info.context.once(input)
        runs, bus = await info.context.services.aget(RunRepository, Bus)
        run_id = _run_id(input.id)
        await use_cases.delete_run(run_id, viewer=viewer, once=once, runs=runs, bus=bus)
        return DeletedPayload(deleted_id=strawberry.ID(node_id("Run", run_id)))

    @mutation
    async def import_runs(self, info: Info, input: ImportRunsInput) -> JobPayload:
        """Import recordings; the job tells what became of each file."""
        viewer = info.context.viewer
        use_cases.may_import(len(input.files), viewer=viewer)  # before anything is read into memory
        _check_parts(input.files)
        imports, queue, ids, settings = await info.context.services.aget(ImportRepository, JobQueue, Ids, Settings)
        files = [await _taken(upload, index, settings.upload_max_mb) for index, upload in enumerate(input.files)]
        told = [] if input.idempotency_key is None else await asyncio.to_thread(_fingerprints, files)
        once = info.context.once(input, *told)
        job_id = await use_cases.import_runs(files, viewer=viewer, once=once, imports=imports, queue=queue, ids=ids)
        return JobPayload(id=job_id)

    @mutation
    async def undo_import(self, info: Info, input: JobIdInput) -> JobPayload:
        """Take back exactly what an import made; what was there before stays."""
        viewer, once = info.context.viewer, info.context.once(input)
        imports, bus = await info.context.services.aget(ImportRepository, Bus)
        job_id = id_of("Job", input.id)
        if job_id is None:
            raise JobNotFound
        await use_cases.undo_import(JobId(job_id), viewer=viewer, once=once, imports=imports, bus=bus)
        return JobPayload(id=job_id)


def _check_parts(uploads: Sequence[object]) -> None:
    """Raise SameFileTwice when one part of the form stands in several places: it would be read as often."""
    parts = [upload for upload in uploads if isinstance(upload, UploadFile)]
    if len({id(part) for part in parts}) < len(parts):
        raise SameFileTwice


async def _taken(upload: object, index: int, max_mb: int) -> PackedFile:
    """A file as it came; one that is too large is not even read into memory."""
    if not isinstance(upload, UploadFile):
        raise NotUploaded(index)  # the Upload scalar lets any JSON value pass
    await upload.seek(0)  # another importRuns of this request may have read it
    name = upload.filename or f"file {index + 1}"
    if (upload.size or 0) > max_mb * 1_000_000:
        return PackedFile(name, refusal=UploadTooLarge(max_mb))
    return PackedFile(name, await upload.read())


def _fingerprints(files: Sequence[PackedFile]) -> list[str]:
    return [f"{told_name(file.name)}:{sha256(file.content or b'').hexdigest()}" for file in files]


def _run_id(text: str) -> RunId:
    id = id_of("Run", text)
    if id is None:
        raise RunNotFound
    return RunId(id)


def _workout_id(text: str | None) -> UUID | None:
    if text is None:
        return None
    id = id_of("Workout", text)
    if id is None:
        raise WorkoutNotFound(field=("workoutId",))
    return id
