"""One day's training: what is to be run, how far or how long, and at what pace."""

from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import NewType, Self
from uuid import UUID

from domain.plans.bounds import TARGET_PACE, Bounds, Field
from domain.plans.step_rules import check_steps
from domain.plans.steps import WorkoutStep
from domain.plans.wording import check_text, checked_name
from domain.shared.errors import Invalid

WorkoutId = NewType("WorkoutId", UUID)

PLANNED_DISTANCE = Bounds("A planned distance", 100, 300_000, "m")
PLANNED_DURATION = Bounds("A planned duration", 1, 48 * 3_600, "s")


class WorkoutType(StrEnum):
    """What a workout trains."""

    EASY_RUN = "EASY_RUN"
    TEMPO = "TEMPO"
    INTERVALS = "INTERVALS"
    LONG_RUN = "LONG_RUN"
    HILLS = "HILLS"
    RECOVERY = "RECOVERY"
    RACE = "RACE"
    CROSS_TRAINING = "CROSS_TRAINING"
    STRENGTH = "STRENGTH"
    REST = "REST"


class RestIsNotRun(Invalid):
    """A day of rest is given something to run."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(f"A REST carries no {field[-1]}: leave that out, or choose another type.", field=field)


class HalfPaceRange(Invalid):
    """A target pace has one end only."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(
            "A target pace has both ends, minSPerKm and maxSPerKm, or none; for one exact pace give it twice.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class PaceRange:
    """From the faster end to the slower one, in s/km. Input may lack an end; what a checked workout has does not."""

    min_s_per_km: float | None
    max_s_per_km: float | None

    def checked(self, field: Field) -> Self | None:
        """This range, or None when it has no ends. Raises HalfPaceRange, OutOfBounds, RangeReversed."""
        low, high = self.min_s_per_km, self.max_s_per_km
        if low is None and high is None:
            return None
        if low is None or high is None:
            raise HalfPaceRange(field=(*field, "minSPerKm" if low is None else "maxSPerKm"))
        TARGET_PACE.check_range((low, high), field, ("minSPerKm", "maxSPerKm"))
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """What a coach prescribes for a day, or for some day when `scheduled_date` is None."""

    name: str
    type: WorkoutType
    description: str | None = None
    scheduled_date: date | None = None
    planned_distance_m: float | None = None
    planned_duration_s: int | None = None
    target_pace: PaceRange | None = None
    steps: tuple[WorkoutStep, ...] = ()

    def checked(self, field: Field = ()) -> Self:
        """The same with its name trimmed; `field` is where it stands in the input. Its day is for its plan to check.

        Raises NameOutOfBounds, TextTooLong, TextUnstorable, OutOfBounds, HalfPaceRange, RangeReversed, RestIsNotRun and
        what `check_steps` raises.
        """
        name = checked_name(self.name, (*field, "name"))
        check_text(self.description, (*field, "description"))
        if self.type is WorkoutType.REST:
            self._check_rest(field)
        if self.planned_distance_m is not None:
            PLANNED_DISTANCE.check(self.planned_distance_m, (*field, "plannedDistanceM"))
        if self.planned_duration_s is not None:
            PLANNED_DURATION.check(self.planned_duration_s, (*field, "plannedDurationS"))
        pace = self.target_pace and self.target_pace.checked((*field, "targetPace"))
        check_steps(self.steps, (*field, "steps"))
        return replace(self, name=name, target_pace=pace)

    def as_workout(self, id: WorkoutId) -> "Workout":
        """The workout that this prescribes, under a new id."""
        return Workout(id=id, **{field.name: getattr(self, field.name) for field in fields(Prescription)})

    def _check_rest(self, field: Field) -> None:
        run = {"plannedDistanceM": self.planned_distance_m, "targetPace": self.target_pace, "steps": self.steps or None}
        for name, value in run.items():
            if value not in (None, PaceRange(None, None)):
                raise RestIsNotRun(field=(*field, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workout(Prescription):
    """A prescription that stands in a plan."""

    id: WorkoutId
