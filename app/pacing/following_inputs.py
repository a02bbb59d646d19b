"""What clients give to have a throttle plan follow a live feed."""

import strawberry

from app.edge.declaring.fields import input_type, says
from app.pacing.inputs import KEY


@input_type
class FollowThrottlePlanInput:
    """Whose positions a throttle plan is to be made anew from, by itself."""

    plan_id: strawberry.ID = says("The throttle plan; it has a start.")
    topic: str = says("The topic's name.")
    source: str = says("The source of the runner's positions, or the number that these name as `runner`.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class UnfollowThrottlePlanInput:
    """A throttle plan that is to follow no feed."""

    plan_id: strawberry.ID = says("The throttle plan.")
    idempotency_key: str | None = says(KEY, default=None)
