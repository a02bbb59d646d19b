"""What an athlete does with training plans and their workouts."""

from collections.abc import Sequence
from datetime import date

from domain.plans.changes import PlanChanges, WorkoutChanges
from domain.plans.model import Plan, PlanId
from domain.plans.ports import PlanRepository
from domain.plans.workouts import Prescription, WorkoutId
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Scope, Viewer


async def create_plan(
    *,
    name: str,
    start_date: date,
    end_date: date,
    description: str | None = None,
    goal_race_date: date | None = None,
    viewer: Viewer,
    once: Once | None,
    plans: PlanRepository,
    ids: Ids,
) -> PlanId:
    """Draft a plan of the viewer's."""
    viewer.require(Scope.TRAINING_WRITE)
    plan = Plan.draft(
        PlanId(ids.new()),
        viewer.athlete_id,
        name=name,
        start_date=start_date,
        end_date=end_date,
        description=description,
        goal_race_date=goal_race_date,
    )
    return await plans.add(plan, once=once)


async def update_plan(
    plan_id: PlanId,
    changes: PlanChanges,
    *,
    expected_version: int | None = None,
    viewer: Viewer,
    once: Once | None,
    plans: PlanRepository,
) -> PlanId:
    """Revise a plan, unless somebody else did since `expected_version` was read."""
    viewer.require(Scope.TRAINING_WRITE)

    def revise(plan: Plan) -> Plan:
        if expected_version is not None:
            plan.expect(expected_version)
        return plan.revise(changes)

    return await plans.update(plan_id, viewer, revise, once=once)


async def activate_plan(plan_id: PlanId, *, viewer: Viewer, once: Once | None, plans: PlanRepository) -> PlanId:
    """Begin to follow a plan."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update(plan_id, viewer, Plan.activate, once=once)


async def complete_plan(plan_id: PlanId, *, viewer: Viewer, once: Once | None, plans: PlanRepository) -> PlanId:
    """Carry a plan through to its end."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update(plan_id, viewer, Plan.complete, once=once)


async def abandon_plan(plan_id: PlanId, *, viewer: Viewer, once: Once | None, plans: PlanRepository) -> PlanId:
    """Give a plan up."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update(plan_id, viewer, Plan.abandon, once=once)


async def delete_plan(plan_id: PlanId, *, viewer: Viewer, once: Once | None, plans: PlanRepository) -> PlanId:
    """Delete a plan with its workouts; the runs stay."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.remove(plan_id, viewer, once=once)


async def add_workouts(
    plan_id: PlanId,
    prescriptions: Sequence[Prescription],
    *,
    viewer: Viewer,
    once: Once | None,
    plans: PlanRepository,
    ids: Ids,
) -> Sequence[WorkoutId]:
    """Add a whole block of workouts to a plan, all or nothing; their ids come in the order they were given."""
    viewer.require(Scope.TRAINING_WRITE)
    workouts = [prescription.as_workout(WorkoutId(ids.new())) for prescription in prescriptions]
    return await plans.add_workouts(plan_id, viewer, lambda plan: plan.add_workouts(workouts), once=once)


async def update_workout(
    workout_id: WorkoutId, changes: WorkoutChanges, *, viewer: Viewer, once: Once | None, plans: PlanRepository
) -> WorkoutId:
    """Revise one workout."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update_with_workout(
        workout_id, viewer, lambda plan: plan.revise_workout(workout_id, changes), once=once
    )


async def reschedule_workout(
    workout_id: WorkoutId, to: date, *, viewer: Viewer, once: Once | None, plans: PlanRepository
) -> WorkoutId:
    """Move one workout to another day of its plan."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update_with_workout(workout_id, viewer, lambda plan: plan.reschedule(workout_id, to), once=once)


async def delete_workout(
    workout_id: WorkoutId, *, viewer: Viewer, once: Once | None, plans: PlanRepository
) -> WorkoutId:
    """Take one workout out of its plan; the run that was linked to it stays."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.update_with_workout(workout_id, viewer, lambda plan: plan.remove_workout(workout_id), once=once)
