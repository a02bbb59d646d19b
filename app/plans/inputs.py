"""What clients give to make and change plans, and how it becomes what the domain takes."""

from dataclasses import fields
from datetime import date
from typing import Any

import strawberry

from app.edge.declaring.fields import input_type, says
from domain.plans.changes import PlanChanges, WorkoutChanges
from domain.plans.steps import StepKind, StepTarget, TargetKind, WorkoutStep
from domain.plans.workouts import PaceRange, Prescription, WorkoutType
from domain.shared.unchanged import UNCHANGED

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."


@input_type
class CreatePlanInput:
    """A new plan; it begins as a DRAFT."""

    name: str = says("1 to 255 characters.")
    start_date: date = says("Its first day.")
    end_date: date = says("Its last day: after the first, at most 365 days later.")
    description: str | None = says("What it is about.", default=None)
    goal_race_date: date | None = says("Within the plan, or up to 14 days after its end.", default=None)
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class UpdatePlanInput:
    """What to change in a plan; what is left out stays, and null clears a description or a goal race."""

    id: strawberry.ID = says("The plan.")
    expected_version: int | None = says("Refuse with a CONFLICT if the plan is at another version.", default=None)
    name: str | None = says("1 to 255 characters.", default=strawberry.UNSET)
    description: str | None = says("What it is about.", default=strawberry.UNSET)
    start_date: date | None = says("Its first day.", default=strawberry.UNSET)
    end_date: date | None = says("Its last day.", default=strawberry.UNSET)
    goal_race_date: date | None = says("The day of its race.", default=strawberry.UNSET)
    idempotency_key: str | None = says(KEY, default=None)

    def changes(self) -> PlanChanges:
        """What is given, for the domain."""
        return PlanChanges(**_given(self, PlanChanges))


@input_type
class PlanIdInput:
    """A plan."""

    id: strawberry.ID = says("The plan.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class WorkoutIdInput:
    """A workout."""

    id: strawberry.ID = says("The workout.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class PaceRangeInput:
    """Both ends, or none; 120 to 1,200 s/km."""

    min_s_per_km: float | None = says("The faster end.", default=None)
    max_s_per_km: float | None = says("The slower end.", default=None)

    def as_range(self) -> PaceRange:
        """For the domain."""
        return PaceRange(self.min_s_per_km, self.max_s_per_km)


@input_type
class StepTargetInput:
    """What a step is steered by."""

    kind: TargetKind = says("What the values measure.")
    minimum: float = says("PACE: 120 to 1,200 s/km; HEART_RATE: 30 to 240 bpm; EFFORT: 1 to 10.")
    maximum: float = says("In the same unit; not below the minimum.")


@input_type
class WorkoutStepInput:
    """A step: by distance, by duration, or until the lap button; or a REPEAT of steps."""

    kind: StepKind = says("What the step is for.")
    repetitions: int | None = says("For a REPEAT: 2 to 100.", default=None)
    distance_m: float | None = says("How far.", default=None)
    duration_s: int | None = says("How long.", default=None)
    target: StepTargetInput | None = says("What to keep to.", default=None)
    note: str | None = says("A word to the runner.", default=None)
    steps: list["WorkoutStepInput"] | None = says("For a REPEAT: 1 to 20 steps.", default=None)

    def as_step(self) -> WorkoutStep:
        """For the domain."""
        given = self.target
        target = None if given is None else StepTarget(given.kind, given.minimum, given.maximum)
        return WorkoutStep(
            kind=self.kind,
            repetitions=self.repetitions,
            distance_m=self.distance_m,
            duration_s=self.duration_s,
            target=target,
            note=self.note,
            steps=_steps(self.steps),
        )


@input_type
class WorkoutInput:
    """A new workout."""

    name: str = says("1 to 255 characters.")
    type: WorkoutType = says("What it trains.")
    description: str | None = says("What to say of it.", default=None)
    scheduled_date: date | None = says("Its day, within the plan.", default=None)
    planned_distance_m: float | None = says("100 to 300,000 m; a REST has none.", default=None)
    planned_duration_s: int | None = says("At most 48 hours.", default=None)
    target_pace: PaceRangeInput | None = says("The pace to keep within.", default=None)
    steps: list[WorkoutStepInput] | None = says("Its structure.", default=None)

    def as_prescription(self) -> Prescription:
        """For the domain."""
        return Prescription(
            name=self.name,
            type=self.type,
            description=self.description,
            scheduled_date=self.scheduled_date,
            planned_distance_m=self.planned_distance_m,
            planned_duration_s=self.planned_duration_s,
            target_pace=None if self.target_pace is None else self.target_pace.as_range(),
            steps=_steps(self.steps),
        )


@input_type
class AddWorkoutsInput:
    """A block of workouts: all of them are added, or none."""

    plan_id: strawberry.ID = says("The plan.")
    workouts: list[WorkoutInput] = says("1 to 200 workouts.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class UpdateWorkoutInput:
    """What to change in a workout; what is left out stays, null clears. A pace and steps are replaced as a whole."""

    id: strawberry.ID = says("The workout.")
    name: str | None = says("1 to 255 characters.", default=strawberry.UNSET)
    type: WorkoutType | None = says("What it trains.", default=strawberry.UNSET)
    description: str | None = says("What to say of it.", default=strawberry.UNSET)
    scheduled_date: date | None = says("Its day, within the plan.", default=strawberry.UNSET)
    planned_distance_m: float | None = says("100 to 300,000 m; a REST has none.", default=strawberry.UNSET)
    planned_duration_s: int | None = says("At most 48 hours.", default=strawberry.UNSET)
    target_pace: PaceRangeInput | None = says("The pace to keep within.", default=strawberry.UNSET)
    steps: list[WorkoutStepInput] | None = says("Its structure.", default=strawberry.UNSET)
    idempotency_key: str | None = says(KEY, default=None)

    def changes(self) -> WorkoutChanges:
        """What is given, for the domain."""
        values = _given(self, WorkoutChanges)
        if isinstance(self.target_pace, PaceRangeInput):
            values["target_pace"] = self.target_pace.as_range()
        if self.steps not in (None, strawberry.UNSET):
            values["steps"] = _steps(self.steps)
        return WorkoutChanges(**values)


@input_type
class RescheduleWorkoutInput:
    """Another day for a workout."""

    id: strawberry.ID = says("The workout.")
    to: date = says("The day, within the plan.")
    idempotency_key: str | None = says(KEY, default=None)


def _steps(steps: list[WorkoutStepInput] | None) -> tuple[WorkoutStep, ...]:
    return tuple(step.as_step() for step in steps or ())


def _given(input: Any, changes: type[PlanChanges] | type[WorkoutChanges]) -> dict[str, Any]:
    values = {field.name: getattr(input, field.name) for field in fields(changes)}
    return {name: UNCHANGED if value is strawberry.UNSET else value for name, value in values.items()}
