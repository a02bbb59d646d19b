"""Imports as a worker gets them."""

from typing import Any
from uuid import UUID

import structlog
from svcs import Container

from app.operations.jobs import sweep
from app.runs.importing import process_import
from domain.operations.model import JobId
from domain.operations.ports import Bus
from domain.runs.ports import ImportRepository, RecordingFiles
from domain.shared.errors import Unavailable
from domain.shared.ports import Ids

log = structlog.get_logger("cairn.import")


async def import_runs(ctx: dict[str, Any], job_id: str) -> None:
    """Take up one import, named like its JobKind."""
    async with Container(ctx["registry"]) as services:
        imports, files, bus, ids = await services.aget(ImportRepository, RecordingFiles, Bus, Ids)
        try:
            await process_import(JobId(UUID(job_id)), ids.new(), imports=imports, files=files, bus=bus, ids=ids)
        except Unavailable as outage:
            log.warning("import left for later", job=job_id, reason=outage.message)
    await sweep(ctx)  # the analysis follows
