"""What an athlete can ask of their zones."""

import asyncio

from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobQueue
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Scope, Viewer
from domain.zones.model import ZoneMethod
from domain.zones.ports import ZoneRepository


async def recompute_zones(
    method: ZoneMethod, *, viewer: Viewer, once: Once | None, zones: ZoneRepository, queue: JobQueue, ids: Ids
) -> JobId:
    """Have all zones by one method computed anew; asked for once, a method is kept up to date from then on."""
    viewer.require(Scope.TRAINING_WRITE)
    job_id = await zones.recompute(viewer, method, JobId(ids.new()), once=once)
    await asyncio.shield(queue.hand_over(JobKind.COMPUTE_ZONES, job_id))
    return job_id
