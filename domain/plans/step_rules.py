"""What makes the steps of a workout something that a runner can follow and a watch can count."""

from collections.abc import Mapping, Sequence

from domain.plans.bounds import TARGET_PACE, Bounds, Field
from domain.plans.steps import StepKind, TargetKind, WorkoutStep
from domain.plans.wording import MAX_NOTE_LENGTH, check_text
from domain.shared.errors import Invalid, LimitExceeded

MAX_DEPTH = 3
MAX_STEPS = 200
TARGETS: Mapping[TargetKind, Bounds] = {
    TargetKind.PACE: TARGET_PACE,
    TargetKind.HEART_RATE: Bounds("A target heart rate", 30, 240, "beats/min"),
    TargetKind.EFFORT: Bounds("A target effort", 1, 10, "on the RPE scale"),
}
REPETITIONS = Bounds("The number of repetitions", 2, 100)
STEPS_IN_A_REPEAT = Bounds("The number of steps in a REPEAT", 1, 20)
STEP_DISTANCE = Bounds("The distance of a step", 1, 300_000, "m")
STEP_DURATION = Bounds("The duration of a step", 1, 48 * 3_600, "s")


class TooManySteps(LimitExceeded):
    """A workout has more steps than anybody runs."""

    def __init__(self, count: int, *, field: Field) -> None:
        super().__init__(
            f"A workout has at most {MAX_STEPS} steps, those within a REPEAT included; this one has {count:,}.",
            field=field,
        )


class StepsTooDeep(Invalid):
    """Repeats hold repeats beyond what a watch can follow."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(
            f"Steps go at most {MAX_DEPTH} levels deep; a REPEAT on the last level has no room.", field=field
        )


class RepeatWithoutCount(Invalid):
    """A REPEAT does not say how often."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(
            f"A REPEAT says how often: give repetitions, {REPETITIONS.low} to {REPETITIONS.high}.", field=field
        )


class RepeatIsNotRun(Invalid):
    """A REPEAT has a distance, a duration or a target, which belong to the steps it holds."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(
            f"A REPEAT has no {field[-1]} of its own: give it to the steps that are repeated.",
            field=field,
        )


class StepDoesNotRepeat(Invalid):
    """A step other than a REPEAT has repetitions or further steps."""

    def __init__(self, kind: StepKind, *, field: Field) -> None:
        super().__init__(f"Only a REPEAT has {field[-1]}; this step is a {kind}.", field=field)


class StepEndsTwice(Invalid):
    """A step has both a distance and a duration, so nobody knows which ends it."""

    def __init__(self, *, field: Field) -> None:
        super().__init__(
            "A step ends after its distanceM or after its durationS, not after both: leave one out.", field=field
        )


def check_steps(steps: Sequence[WorkoutStep], field: Field = ("steps",)) -> None:
    """Check the whole tree of a workout's steps; `field` is where it stands in the input.

    Raises TooManySteps, StepsTooDeep, RepeatWithoutCount, RepeatIsNotRun, StepDoesNotRepeat, StepEndsTwice,
    OutOfBounds, RangeReversed, TextTooLong, TextUnstorable, each with the path of the step it speaks of.
    """
    if (count := _count(steps)) > MAX_STEPS:
        raise TooManySteps(count, field=field)
    _check_level(steps, field, depth=1)


def _count(steps: Sequence[WorkoutStep]) -> int:
    waiting, count = list(steps), 0
    while waiting:
        waiting.extend(waiting.pop().steps)
        count += 1
    return count


def _check_level(steps: Sequence[WorkoutStep], field: Field, *, depth: int) -> None:
    for index, step in enumerate(steps):
        here = (*field, str(index))
        if step.kind is StepKind.REPEAT:
            _check_repeat(step, here, depth=depth)
        else:
            _check_run(step, here)
        check_text(step.note, (*here, "note"), longest=MAX_NOTE_LENGTH)


def _check_repeat(step: WorkoutStep, here: Field, *, depth: int) -> None:
    own = {"distanceM": step.distance_m, "durationS": step.duration_s, "target": step.target}
    for name, value in own.items():
        if value is not None:
            raise RepeatIsNotRun(field=(*here, name))
    if step.repetitions is None:
        raise RepeatWithoutCount(field=(*here, "repetitions"))
    REPETITIONS.check(step.repetitions, (*here, "repetitions"))
    if depth == MAX_DEPTH:
        raise StepsTooDeep(field=here)
    STEPS_IN_A_REPEAT.check(len(step.steps), (*here, "steps"))
    _check_level(step.steps, (*here, "steps"), depth=depth + 1)


def _check_run(step: WorkoutStep, here: Field) -> None:
    if step.repetitions is not None:
        raise StepDoesNotRepeat(step.kind, field=(*here, "repetitions"))
    if step.steps:
        raise StepDoesNotRepeat(step.kind, field=(*here, "steps"))
    if step.distance_m is not None and step.duration_s is not None:
        raise StepEndsTwice(field=here)
    if step.distance_m is not None:
        STEP_DISTANCE.check(step.distance_m, (*here, "distanceM"))
    if step.duration_s is not None:
        STEP_DURATION.check(step.duration_s, (*here, "durationS"))
    if step.target is not None:
        ends = (step.target.minimum, step.target.maximum)
        TARGETS[step.target.kind].check_range(ends, (*here, "target"), ("minimum", "maximum"))
