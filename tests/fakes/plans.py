"""Plans kept in a dictionary, under the same contract as those in a database."""

from collections.abc import Sequence
from uuid import UUID

from domain.plans.model import Plan, PlanId, PlanNotFound, WorkoutNotFound
from domain.plans.ports import Change
from domain.plans.workouts import WorkoutId
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.viewer import Viewer


class FakeIds:
    """The Ids port, counting."""

    def __init__(self) -> None:
        self._count = 10_000

    def new(self) -> UUID:
        self._count += 1
        return UUID(int=self._count)


class FakePlanRepository:
    """The PlanRepository port. Every change runs twice, as after a failover, and must come out the same."""

    def __init__(self, *plans: Plan) -> None:
        self.plans = {plan.id: plan for plan in plans}
        self._answers: dict[tuple[UUID, str], tuple[str, Sequence[UUID]]] = {}

    async def add(self, plan: Plan, *, once: Once | None) -> PlanId:
        if answer := self._answered(once):
            return PlanId(answer[0])
        self.plans[plan.id] = plan
        self._remember(once, [plan.id])
        return plan.id

    async def update(self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None) -> PlanId:
        if answer := self._answered(once):
            return PlanId(answer[0])
        self._change(self._plan(plan_id, viewer, field="id"), change)
        self._remember(once, [plan_id])
        return plan_id

    async def update_with_workout(
        self, workout_id: WorkoutId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> WorkoutId:
        if answer := self._answered(once):
            return WorkoutId(answer[0])
        self._change(self._plan_with(workout_id, viewer), change)
        self._remember(once, [workout_id])
        return workout_id

    async def add_workouts(
        self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> Sequence[WorkoutId]:
        if answer := self._answered(once):
            return [WorkoutId(added) for added in answer]
        before = self._plan(plan_id, viewer, field="planId")
        after = self._change(before, change)
        known = {workout.id for workout in before.workouts}
        added = [workout.id for workout in after.workouts if workout.id not in known]
        self._remember(once, added)
        return added

    async def remove(self, plan_id: PlanId, viewer: Viewer, *, once: Once | None) -> PlanId:
        if answer := self._answered(once):
            return PlanId(answer[0])
        del self.plans[self._plan(plan_id, viewer, field="id").id]
        self._remember(once, [plan_id])
        return plan_id

    def _plan(self, plan_id: PlanId, viewer: Viewer, *, field: str) -> Plan:
        plan = self.plans.get(plan_id)
        if plan is None or plan.athlete_id != viewer.athlete_id:
            raise PlanNotFound(field=(field,))
        return plan

    def _plan_with(self, workout_id: WorkoutId, viewer: Viewer) -> Plan:
        for plan in self.plans.values():
            if plan.athlete_id == viewer.athlete_id and any(workout.id == workout_id for workout in plan.workouts):
                return plan
        raise WorkoutNotFound

    def _change(self, plan: Plan, change: Change) -> Plan:
        changed = change(plan)
        assert change(plan) == changed, "a change has to be pure: it may run again"
        self.plans[plan.id] = changed
        return changed

    def _answered(self, once: Once | None) -> Sequence[UUID] | None:
        if once is None or (once.athlete_id, once.key) not in self._answers:
            return None
        fingerprint, answer = self._answers[once.athlete_id, once.key]
        if fingerprint != once.fingerprint:
            raise IdempotencyKeyReused
        return answer

    def _remember(self, once: Once | None, answer: Sequence[UUID]) -> None:
        if once is not None:
            self._answers[once.athlete_id, once.key] = (once.fingerprint, answer)
