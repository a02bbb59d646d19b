"""Where plans are kept."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.plans.model import Plan, PlanId
from domain.plans.workouts import WorkoutId
from domain.shared.once import Once
from domain.shared.viewer import Viewer

Change = Callable[[Plan], Plan]


class PlanRepository(Protocol):
    """Plans as one viewer may see them: another's plan is NotFound, never Forbidden.

    Each call is one transaction. A `change` is synchronous and pure, so it may run again after a failover; it gets the
    plan with all its workouts, locked, and what differs afterwards is stored: workouts that are new, changed or gone.
    When it raises, nothing is stored.

    `once` is looked up before anything else and stored with the ids that are answered: the same key again answers those
    and writes nothing, even when the plan has changed or is gone. Every call raises IdempotencyKeyReused when the key
    came before with another fingerprint.
    """

    async def add(self, plan: Plan, *, once: Once | None) -> PlanId:
        """Store a new plan; the id is the first answer's when the key came before."""
        ...

    async def update(self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None) -> PlanId:
        """Change a plan. Raises PlanNotFound."""
        ...

    async def update_with_workout(
        self, workout_id: WorkoutId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> WorkoutId:
        """Change the plan that a workout stands in. Runs linked to a workout that goes are unlinked.

        Raises WorkoutNotFound.
        """
        ...

    async def add_workouts(
        self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> Sequence[WorkoutId]:
        """Change a plan and answer the workouts that were not in it before, in the order the changed plan has them.

        Raises PlanNotFound with the field `planId`.
        """
        ...

    async def remove(self, plan_id: PlanId, viewer: Viewer, *, once: Once | None) -> PlanId:
        """Delete a plan, whatever its status, with its workouts; runs linked to them stay, unlinked.

        Raises PlanNotFound.
        """
        ...
