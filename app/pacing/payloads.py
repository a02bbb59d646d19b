"""What mutations of throttle plans answer."""

from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import Payload
from app.pacing.types import ThrottlePlan


@object_type
class ThrottlePlanPayload(Payload):
    """A throttle plan that was written."""

    @resolved
    async def throttle_plan(self, info: Info) -> ThrottlePlan | None:
        """The plan as it is now; null when the request was refused."""
        plan: ThrottlePlan | None = await info.context.read_one(ThrottlePlan, self.id)
        return plan
