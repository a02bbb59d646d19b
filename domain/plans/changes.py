"""What a coach may change in a plan or in a workout; what is left out stays as it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.plans.steps import WorkoutStep
from domain.plans.workouts import PaceRange, WorkoutType
from domain.shared.errors import Invalid
from domain.shared.unchanged import UNCHANGED, Unchanged, given


class CannotBeCleared(Invalid):
    """Null is given for what every plan or workout has."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} can be changed but not cleared: leave it out to keep it as it is.", field=(name,))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChanges:
    """New values for a plan; None clears a description or a goal race."""

    name: str | Unchanged | None = UNCHANGED
    description: str | Unchanged | None = UNCHANGED
    start_date: date | Unchanged | None = UNCHANGED
    end_date: date | Unchanged | None = UNCHANGED
    goal_race_date: date | Unchanged | None = UNCHANGED

    def given(self) -> dict[str, Any]:
        """The new values by the plan's field names. Raises CannotBeCleared."""
        values = given(self)
        _check_kept(values, {"name": "name", "start_date": "startDate", "end_date": "endDate"})
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutChanges:
    """New values for a workout; None clears all but its name and type. A pace and steps are replaced as a whole."""

    name: str | Unchanged | None = UNCHANGED
    type: WorkoutType | Unchanged | None = UNCHANGED
    description: str | Unchanged | None = UNCHANGED
    scheduled_date: date | Unchanged | None = UNCHANGED
    planned_distance_m: float | Unchanged | None = UNCHANGED
    planned_duration_s: int | Unchanged | None = UNCHANGED
    target_pace: PaceRange | Unchanged | None = UNCHANGED
    steps: tuple[WorkoutStep, ...] | Unchanged | None = UNCHANGED

    def given(self) -> dict[str, Any]:
        """The new values by the workout's field names. Raises CannotBeCleared."""
        values = given(self)
        _check_kept(values, {"name": "name", "type": "type"})
        if values.get("steps", ()) is None:
            values["steps"] = ()
        return values


def _check_kept(values: dict[str, Any], contract_names: dict[str, str]) -> None:
    for name, contract_name in contract_names.items():
        if name in values and values[name] is None:
            raise CannotBeCleared(contract_name)
