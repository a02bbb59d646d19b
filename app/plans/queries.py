"""Reading plans and workouts."""

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_one, reads_page
from app.edge.declaring.relay import Connection
from app.plans.types import Plan, PlanFilter, PlanOrder, Workout, WorkoutFilter, WorkoutOrder


@strawberry.type
class PlanQueries:
    """Root fields about plans."""

    @reads_one(Plan)
    def plan(self, info: Info, id: strawberry.ID) -> Plan | None:
        """One plan of the viewer's; null when there is none with this id."""

    @reads_page
    def plans(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: PlanFilter | None = None,
        order_by: PlanOrder | None = None,
    ) -> Connection[Plan]:
        """The viewer's plans, those that begin last first."""

    @reads_page
    def workouts(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: WorkoutFilter | None = None,
        order_by: WorkoutOrder | None = None,
    ) -> Connection[Workout]:
        """The viewer's workouts over all plans, by day."""
