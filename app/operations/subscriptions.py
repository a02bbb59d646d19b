"""Watching a job go on."""

from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from app.context import Info
from app.edge.declaring.fields import subscription
from app.operations.types import Job
from domain.operations.model import JobNotFound
from domain.operations.ports import Bus, JobWatch, job_channel
from domain.shared.errors import Unavailable
from domain.shared.node_ids import id_of
from domain.shared.viewer import Scope

LOOK_AGAIN_S = 1.0  # the bus only hints: without it the job is looked at this often


@strawberry.type
class OperationSubscriptions:
    """Root fields about jobs."""

    @subscription
    async def job(self, info: Info, id: strawberry.ID) -> AsyncGenerator[Job, None]:
        """One job of the viewer's, now and at every change, to its end."""
        viewer = info.context.viewer
        viewer.require(Scope.TRAINING_READ)
        bus, watch = await info.context.services.aget(Bus, JobWatch)
        job_id = id_of("Job", id)
        if job_id is None:
            raise JobNotFound
        seen = None
        async with bus.listen(job_channel(job_id), at_least_every_s=LOOK_AGAIN_S) as ticks:
            async for _ in ticks:
                try:
                    state = await watch.state(job_id, viewer)
                    if state is None:
                        raise JobNotFound
                    told: Any = None if state.revision == seen else await info.context.read_one(Job, job_id)
                except Unavailable:  # the next tick asks again
                    continue
                if state.revision != seen:
                    seen = state.revision
                    yield told
                if state.ended:
                    return
