"""Asking for zones."""

import strawberry

from app.context import Info
from app.edge.declaring.fields import input_type, says
from app.edge.declaring.payload import mutation
from app.operations.payloads import JobPayload
from app.zones import use_cases
from domain.operations.ports import JobQueue
from domain.shared.ports import Ids
from domain.zones.model import ZoneMethod
from domain.zones.ports import ZoneRepository


@input_type
class RecomputeZonesInput:
    """Which zones to compute anew."""

    method: ZoneMethod = says("By which method; one that was asked for is kept up to date.", default=ZoneMethod.NATIVE)
    idempotency_key: str | None = says("The same key again does nothing and gives the first answer.", default=None)


@strawberry.type
class ZoneMutations:
    """Root fields that write zones."""

    @mutation
    async def recompute_zones(self, info: Info, input: RecomputeZonesInput) -> JobPayload:
        """Compute the zones of all of the viewer's segments anew. Cairn does so by itself where anything changed."""
        viewer, once = info.context.viewer, info.context.once(input)
        zones, queue, ids = await info.context.services.aget(ZoneRepository, JobQueue, Ids)
        job_id = await use_cases.recompute_zones(
            input.method, viewer=viewer, once=once, zones=zones, queue=queue, ids=ids
        )
        return JobPayload(id=job_id)
