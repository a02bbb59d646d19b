"""Where throttle plans are kept, and what an athlete's runs tell for them."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.courses.model import Course, CourseGround
from domain.pacing.history import PacingHistory
from domain.pacing.model import ThrottlePlan, ThrottlePlanId
from domain.shared.once import Once
from domain.shared.viewer import Viewer

Change = Callable[[ThrottlePlan], ThrottlePlan]


class PacingHistories(Protocol):
    """What an athlete's body and runs were before a day."""

    async def before(self, day: date, viewer: Viewer) -> PacingHistory:
        """The figures valid on the day, and the stretches and best efforts of the 365 days before it."""
        ...


class ThrottlePlanRepository(Protocol):
    """Throttle plans as one viewer may see them: another's is ThrottlePlanNotFound, never Forbidden."""

    async def add(self, plan: ThrottlePlan, *, once: Once | None) -> ThrottlePlanId:
        """Store a new plan. Raises CourseNotFound when the course is gone."""
        ...

    async def update(
        self, plan_id: ThrottlePlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> ThrottlePlanId:
        """Lock the plan, store what `change` makes of it, and tell who watches. `change` may run again."""
        ...

    async def remove(self, plan_id: ThrottlePlanId, viewer: Viewer, *, once: Once | None) -> ThrottlePlanId:
        """Delete a plan."""
        ...

    async def to_replan(self, plan_id: ThrottlePlanId, viewer: Viewer) -> tuple[ThrottlePlan, Course, CourseGround]:
        """A plan, its course and the ground, in one look. Raises ThrottlePlanNotFound."""
        ...

    async def version(self, plan_id: UUID, viewer: Viewer) -> int | None:
        """A number that goes up with every change of the plan; None when there is no such plan of the viewer's."""
        ...


class FollowedPlans(Protocol):
    """The plans that follow a live topic."""

    async def behind(self, most: int) -> Sequence[tuple[ThrottlePlanId, UUID]]:
        """Plans whose topic has events that they have not heeded, and whose they are; the longest unheeded first."""
        ...
