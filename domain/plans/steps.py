"""What a workout asks for, step by step: warm-up, repeats, recoveries and their targets."""

from dataclasses import dataclass
from enum import StrEnum


class StepKind(StrEnum):
    """What a step is for; REPEAT alone holds further steps."""

    WARM_UP = "WARM_UP"
    WORK = "WORK"
    RECOVERY = "RECOVERY"
    COOL_DOWN = "COOL_DOWN"
    REPEAT = "REPEAT"


class TargetKind(StrEnum):
    """What a target is measured by: pace in s/km, heart rate in beats/min, or effort as RPE on Borg's CR10 scale."""

    PACE = "PACE"
    HEART_RATE = "HEART_RATE"
    EFFORT = "EFFORT"


@dataclass(frozen=True, slots=True)
class StepTarget:
    """The range to stay in, in the unit of its kind."""

    kind: TargetKind
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkoutStep:
    """One step. It ends after a distance or a duration; with neither, when the runner presses the lap button."""

    kind: StepKind
    repetitions: int | None = None
    distance_m: float | None = None
    duration_s: int | None = None
    target: StepTarget | None = None
    note: str | None = None
    steps: tuple["WorkoutStep", ...] = ()
