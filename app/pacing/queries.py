"""Reading throttle plans."""

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_one, reads_page
from app.edge.declaring.relay import Connection
from app.pacing.types import ThrottlePlan, ThrottlePlanFilter


@strawberry.type
class PacingQueries:
    """Root fields about throttle plans."""

    @reads_one(ThrottlePlan)
    def throttle_plan(self, info: Info, id: strawberry.ID) -> ThrottlePlan | None:
        """One throttle plan of the viewer's; null when there is none with this id."""

    @reads_page
    def throttle_plans(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: ThrottlePlanFilter | None = None,
    ) -> Connection[ThrottlePlan]:
        """The viewer's throttle plans, those made last first."""
