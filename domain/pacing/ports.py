"""Where throttle plans are kept, and what an athlete's runs tell for them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from domain.courses.model import Course, CourseGround
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.model import Following, ThrottlePlan, ThrottlePlanId
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
        """Lock the plan, store what `change` makes of it, and tell who watches. `change` may run again.

        The version is the repository's: it goes up by one where anything changed, whatever `change` says of it.
        """
        ...

    async def answered(self, once: Once) -> ThrottlePlanId | None:
        """The plan that a request with this key was answered with before, so that nothing need be computed again.

        Raises IdempotencyKeyReused.
        """
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


def throttle_plan_channel(plan_id: UUID) -> str:
    """Where changes of one plan are told."""
    return f"cairn:throttle-plan:{plan_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A plan whose topic, by now at `head`, has events that it has not heeded."""

    plan_id: ThrottlePlanId
    athlete_id: UUID
    following: Following
    head: int


class FollowedPlans(Protocol):
    """The plans that follow a live topic, whosesoever they are."""

    async def behind(self, most: int) -> Sequence[Behind]:
        """Plans whose topic has events that they have not heeded, the farthest behind first; without those in hand."""
        ...

    async def take_in_hand(self, plan_id: ThrottlePlanId, for_s: float) -> bool:
        """Keep others from planning anew what one is about to plan; False when somebody does already.

        It ends by itself after so many seconds, whatever becomes of who took it, and not before.
        """
        ...

    async def move_on(self, plan_ids: Sequence[ThrottlePlanId], topic_id: UUID, offset: int, *, head: int) -> None:
        """Have plans that follow the topic, whose last event is at `head`, heed nothing up to an offset any more.

        Nobody is told: it changes nothing that anybody sees.
        """
        ...

    async def end_over(self) -> int:
        """Follow no longer for whoever should have finished a day ago; answers how many there were."""
        ...


class RunnerClocks(Protocol):
    """By which clocks runners live."""

    async def zone_of(self, viewer: Viewer) -> str:
        """The IANA name of the viewer's time zone."""
        ...
