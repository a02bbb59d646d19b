"""Imports as a worker gets them."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from svcs import Container

from app.operations.jobs import sweep
from app.runs.importing import process_import
from domain.operations.model import JobId
from domain.operations.ports import Bus
from domain.runs.ports import ImportRepository, RecordingFiles
from domain.shared.errors import Unavailable
from domain.shared.ports import Ids


async def import_runs(ctx: dict[str, Any], job_id: str) -> None:
    """Take up one import, named like its JobKind."""
    async with Container(ctx["registry"]) as services:
        imports, files, bus, ids = await services.aget(ImportRepository, RecordingFiles, Bus, Ids)
        with suppress(Unavailable):  # the log has told what was under way, and the sweep asks again
            await process_import(JobId(UUID(job_id)), ids.new(), imports=imports, files=files, bus=bus, ids=ids)
    await sweep(ctx)  # the analysis follows
