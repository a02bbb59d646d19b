"""Having a throttle plan follow a live feed."""

import strawberry

from app.context import Info
from app.edge.declaring.payload import mutation
from app.pacing import following
from app.pacing.asking import plan_id_of, writer
from app.pacing.following_inputs import FollowThrottlePlanInput, UnfollowThrottlePlanInput
from app.pacing.payloads import ThrottlePlanPayload
from domain.events.ports import EventLog, TopicRepository
from domain.pacing.ports import ThrottlePlanRepository
from domain.shared.ports import Clock


@strawberry.type
class FollowingMutations:
    """Root fields that have throttle plans follow feeds."""

    @mutation
    async def follow_throttle_plan(self, info: Info, input: FollowThrottlePlanInput) -> ThrottlePlanPayload:
        """Have a plan made anew by itself, from the next position of its runner on a topic on, as replanThrottle does.

        Positions are events of the source, or with its name as their `runner`, whose payload has latitude, longitude
        and, if known, heartRate, and the type "position" or none; those off the course or of the past are passed by.
        It ends at the finish, and a day after the finish was expected.
        """
        viewer, once = writer(info), info.context.once(input)
        plans, topics, events, clock = await info.context.services.aget(
            ThrottlePlanRepository, TopicRepository, EventLog, Clock
        )
        plan_id = await following.follow_throttle_plan(
            plan_id_of(input.plan_id),
            input.topic,
            input.source,
            viewer=viewer,
            once=once,
            plans=plans,
            topics=topics,
            events=events,
            clock=clock,
        )
        return ThrottlePlanPayload(id=plan_id)

    @mutation
    async def unfollow_throttle_plan(self, info: Info, input: UnfollowThrottlePlanInput) -> ThrottlePlanPayload:
        """Have a plan follow nothing any more; it stays as it is then."""
        viewer, once = writer(info), info.context.once(input)
        plans = await info.context.services.aget(ThrottlePlanRepository)
        plan_id = plan_id_of(input.plan_id)
        return ThrottlePlanPayload(
            id=await following.unfollow_throttle_plan(plan_id, viewer=viewer, once=once, plans=plans)
        )
