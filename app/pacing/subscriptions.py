"""Watching a throttle plan."""

from collections.abc import AsyncGenerator
from typing import Any

import strawberry

from app.context import Info
from app.edge.declaring.fields import subscription
from app.pacing.types import ThrottlePlan
from domain.operations.ports import Bus
from domain.pacing.ports import ThrottlePlanRepository, throttle_plan_channel
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.errors import Unavailable
from domain.shared.node_ids import id_of
from domain.shared.viewer import Scope

LOOK_AGAIN_S = 2.0  # the bus only hints: without it the plan is looked at this often


@strawberry.type
class PacingSubscriptions:
    """Root fields about throttle plans."""

    @subscription
    async def throttle_plan(self, info: Info, id: strawberry.ID) -> AsyncGenerator[ThrottlePlan, None]:
        """One throttle plan of the viewer's: now, and again whenever it changes, as when it is made anew."""
        viewer = info.context.viewer
        viewer.require(Scope.TRAINING_READ)
        bus, plans = await info.context.services.aget(Bus, ThrottlePlanRepository)
        plan_id = id_of("ThrottlePlan", id)
        if plan_id is None:
            raise ThrottlePlanNotFound
        seen = None
        async with bus.listen(throttle_plan_channel(plan_id), at_least_every_s=LOOK_AGAIN_S) as ticks:
            async for _ in ticks:
                try:
                    version = await plans.version(plan_id, viewer)
                    if version is None:
                        raise ThrottlePlanNotFound
                    told: Any = None if version == seen else await info.context.read_one(ThrottlePlan, plan_id)
                except Unavailable:  # the next tick asks again
                    continue
                if version != seen:
                    seen = version
                    yield told
