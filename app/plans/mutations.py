"""Making, changing and following plans."""

from collections.abc import Awaitable, Callable
from dataclasses import field
from uuid import UUID

import strawberry

from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import DeletedPayload, Payload, mutation
from app.plans import use_cases
from app.plans.inputs import (
    AddWorkoutsInput,
    CreatePlanInput,
    PlanIdInput,
    RescheduleWorkoutInput,
    UpdatePlanInput,
    UpdateWorkoutInput,
    WorkoutIdInput,
)
from app.plans.types import Plan, Workout
from domain.plans.model import PlanId, PlanNotFound, WorkoutNotFound
from domain.plans.ports import PlanRepository
from domain.plans.workouts import WorkoutId
from domain.shared.node_ids import id_of, node_id
from domain.shared.ports import Ids


@object_type
class PlanPayload(Payload):
    """A plan that was written."""

    @resolved
    async def plan(self, info: Info) -> Plan | None:
        """The plan as it is now; null when the request was refused."""
        plan: Plan | None = await info.context.read_one(Plan, self.id)
        return plan


@object_type
class WorkoutPayload(Payload):
    """A workout that was written."""

    @resolved
    async def workout(self, info: Info) -> Workout | None:
        """The workout as it is now; null when the request was refused."""
        workout: Workout | None = await info.context.read_one(Workout, self.id)
        return workout


@object_type
class WorkoutsPayload(Payload):
    """Workouts that were added; the payload's own id is their plan's."""

    workout_ids: strawberry.Private[list[UUID]] = field(default_factory=list)

    @resolved
    async def workouts(self, info: Info) -> list[Workout]:
        """The new workouts, in the order they were given; none when the request was refused."""
        workouts: list[Workout] = await info.context.read_several(Workout, self.workout_ids)
        return workouts

    @resolved
    async def plan(self, info: Info) -> Plan | None:
        """Their plan as it is now; null when the request was refused."""
        plan: Plan | None = await info.context.read_one(Plan, self.id)
        return plan


@strawberry.type
class PlanMutations:
    """Root fields that write plans."""

    @mutation
    async def create_plan(self, info: Info, input: CreatePlanInput) -> PlanPayload:
        """Draft a plan."""
        viewer = info.context.viewer
        plans, ids = await info.context.services.aget(PlanRepository, Ids)
        plan_id = await use_cases.create_plan(
            name=input.name,
            start_date=input.start_date,
            end_date=input.end_date,
            description=input.description,
            goal_race_date=input.goal_race_date,
            viewer=viewer,
            once=info.context.once(input),
            plans=plans,
            ids=ids,
        )
        return PlanPayload(id=plan_id)

    @mutation
    async def update_plan(self, info: Info, input: UpdatePlanInput) -> PlanPayload:
        """Change a plan's name, description or dates."""
        viewer, once = info.context.viewer, info.context.once(input)
        plans = await info.context.services.aget(PlanRepository)
        plan_id, version = _plan_id(input.id), input.expected_version
        await use_cases.update_plan(
            plan_id, input.changes(), expected_version=version, viewer=viewer, once=once, plans=plans
        )
        return PlanPayload(id=plan_id)

    @mutation
    async def activate_plan(self, info: Info, input: PlanIdInput) -> PlanPayload:
        """Begin to follow a draft."""
        return await _on_plan(use_cases.activate_plan, info, input)

    @mutation
    async def complete_plan(self, info: Info, input: PlanIdInput) -> PlanPayload:
        """Carry an active plan through to its end."""
        return await _on_plan(use_cases.complete_plan, info, input)

    @mutation
    async def abandon_plan(self, info: Info, input: PlanIdInput) -> PlanPayload:
        """Give up a draft or an active plan."""
        return await _on_plan(use_cases.abandon_plan, info, input)

    @mutation
    async def delete_plan(self, info: Info, input: PlanIdInput) -> DeletedPayload:
        """Delete a plan with its workouts; the runs stay, linked to none."""
        gone = await _on_plan(use_cases.delete_plan, info, input)
        assert gone.id is not None
        return DeletedPayload(deleted_id=strawberry.ID(node_id("Plan", gone.id)))

    @mutation
    async def add_workouts(self, info: Info, input: AddWorkoutsInput) -> WorkoutsPayload:
        """Add a whole block of workouts: all of them, or none."""
        viewer, once = info.context.viewer, info.context.once(input)
        plans, ids = await info.context.services.aget(PlanRepository, Ids)
        plan_id = PlanId(_required("Plan", input.plan_id, PlanNotFound(field=("planId",))))
        prescriptions = [workout.as_prescription() for workout in input.workouts]
        workout_ids = await use_cases.add_workouts(
            plan_id, prescriptions, viewer=viewer, once=once, plans=plans, ids=ids
        )
        return WorkoutsPayload(id=plan_id, workout_ids=list(workout_ids))

    @mutation
    async def update_workout(self, info: Info, input: UpdateWorkoutInput) -> WorkoutPayload:
        """Change a workout."""
        viewer, once = info.context.viewer, info.context.once(input)
        plans = await info.context.services.aget(PlanRepository)
        workout_id = _workout_id(input.id)
        await use_cases.update_workout(workout_id, input.changes(), viewer=viewer, once=once, plans=plans)
        return WorkoutPayload(id=workout_id)

    @mutation
    async def reschedule_workout(self, info: Info, input: RescheduleWorkoutInput) -> WorkoutPayload:
        """Move one workout to another day of its plan."""
        viewer, once = info.context.viewer, info.context.once(input)
        plans = await info.context.services.aget(PlanRepository)
        workout_id = _workout_id(input.id)
        await use_cases.reschedule_workout(workout_id, input.to, viewer=viewer, once=once, plans=plans)
        return WorkoutPayload(id=workout_id)

    @mutation
    async def delete_workout(self, info: Info, input: WorkoutIdInput) -> DeletedPayload:
        """Take one workout out of its plan; its run stays, linked to none."""
        viewer, once = info.context.viewer, info.context.once(input)
        plans = await info.context.services.aget(PlanRepository)
        workout_id = _workout_id(input.id)
        await use_cases.delete_workout(workout_id, viewer=viewer, once=once, plans=plans)
        return DeletedPayload(deleted_id=strawberry.ID(node_id("Workout", workout_id)))


async def _on_plan(use_case: Callable[..., Awaitable[PlanId]], info: Info, input: PlanIdInput) -> PlanPayload:
    viewer, once = info.context.viewer, info.context.once(input)
    plans = await info.context.services.aget(PlanRepository)
    plan_id = await use_case(_plan_id(input.id), viewer=viewer, once=once, plans=plans)
    return PlanPayload(id=plan_id)


def _plan_id(text: str) -> PlanId:
    return PlanId(_required("Plan", text, PlanNotFound()))


def _workout_id(text: str) -> WorkoutId:
    return WorkoutId(_required("Workout", text, WorkoutNotFound()))


def _required(type_name: str, text: str, refusal: PlanNotFound | WorkoutNotFound) -> UUID:
    id = id_of(type_name, text)
    if id is None:
        raise refusal
    return id
