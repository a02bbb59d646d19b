"""Plans, workouts and steps that keep every rule, so that a test states only what matters to it."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.plans.model import Plan, PlanId
from domain.plans.status import PlanStatus
from domain.plans.steps import StepKind, WorkoutStep
from domain.plans.workouts import Prescription, Workout, WorkoutId, WorkoutType
from domain.shared.viewer import Scope, Viewer

ATHLETE = UUID(int=1)
PLAN = PlanId(UUID(int=2))
FIRST_DAY = date(2026, 3, 2)
LAST_DAY = date(2026, 5, 24)


def a_viewer(athlete_id: UUID = ATHLETE, scopes: frozenset[str] = frozenset(Scope)) -> Viewer:
    return Viewer(athlete_id=athlete_id, scopes=scopes)


def a_plan(**given: Any) -> Plan:
    """A draft of twelve weeks at version 1, made past the rules: what is `given` stands as if it were stored."""
    stored: dict[str, Any] = {
        "id": PLAN,
        "athlete_id": ATHLETE,
        "name": "Spring half marathon",
        "description": None,
        "status": PlanStatus.DRAFT,
        "start_date": FIRST_DAY,
        "end_date": LAST_DAY,
        "goal_race_date": None,
        "version": 1,
    }
    given["workouts"] = tuple(given.get("workouts", ()))
    return Plan(**stored | given)


def a_plan_with(**given: Any) -> Plan:
    """A plan with one workout, of which `given` is said."""
    return a_plan(workouts=[a_workout(1, **given)])


def a_prescription(**given: Any) -> Prescription:
    return Prescription(**{"name": "Easy hour", "type": WorkoutType.EASY_RUN} | given)


def a_workout(number: int = 1, **given: Any) -> Workout:
    """A workout; another `number` is another id."""
    return a_prescription(**given).as_workout(workout_id(number))


def workout_id(number: int) -> WorkoutId:
    return WorkoutId(UUID(int=1_000 + number))


def a_step(kind: StepKind = StepKind.WORK, **given: Any) -> WorkoutStep:
    return WorkoutStep(kind=kind, **given)


def a_repeat(*steps: WorkoutStep, **given: Any) -> WorkoutStep:
    """Four times the steps, or four times one step that ends with the lap button."""
    return WorkoutStep(kind=StepKind.REPEAT, steps=steps or (a_step(),), **{"repetitions": 4} | given)
