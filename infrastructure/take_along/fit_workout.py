"""The plan as a FIT workout: its steps, each with its length and a range to stay in, for a watch to call out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from garmin_fit_sdk import Encoder

from domain.analysis.model import Movement
from domain.pacing.model import ThrottleStep
from domain.pacing.take_along import NothingLeftToRun, PlanToTake
from domain.pictures.plan_look import MOVEMENT_WORDS, as_percent, as_slope
from domain.pictures.scale import as_duration, as_pace
from infrastructure.take_along.fit_course import DEVELOPMENT, NAME_BYTES, TITLE_BYTES, dated, put
from infrastructure.take_along.words import within

MOST_STEPS = 50  # more of them many watches refuse
NOTE_BYTES = 49
HEART_RANGE = 5
SPEED_RANGE = 0.05
BPM = 100  # a target up to 100 is percent of the maximum, above it is bpm + 100 (workout_hr in the FIT profile)
CAPABILITIES = {"speed": 128 | 512, "heart_rate": 256 | 512}


@dataclass(frozen=True, slots=True)
class Leg:
    """One or more steps of a plan that a watch calls out as one."""

    first: int
    last: int
    metres: float
    seconds: float
    climb_m: float
    movement: Movement
    throttle: float
    heart_rate: float | None
    stay_s: float = 0.0
    place: str | None = None

    @classmethod
    def of(cls, step: ThrottleStep) -> Self:
        """A step by itself."""
        return cls(
            step.ordinal,
            step.ordinal,
            step.end_m - step.start_m,
            step.end_s - step.start_s,
            step.ascent_m - step.descent_m,
            step.movement,
            step.throttle,
            None if step.expected_heart_rate is None else float(step.expected_heart_rate),
            step.stop_s,
            step.waypoint,
        )

    def with_next(self, other: "Leg") -> "Leg":
        """Both as one: times and metres add up, throttle and heart rate are means over the time."""
        whole = self.seconds + other.seconds
        own, others = self.seconds / whole, other.seconds / whole
        known = self.heart_rate is not None and other.heart_rate is not None
        longer = self if self.seconds >= other.seconds else other
        return replace(
            other,
            first=self.first,
            metres=self.metres + other.metres,
            seconds=whole,
            climb_m=self.climb_m + other.climb_m,
            movement=longer.movement,
            throttle=own * self.throttle + others * other.throttle,
            heart_rate=own * (self.heart_rate or 0.0) + others * (other.heart_rate or 0.0) if known else None,
            stay_s=other.stay_s,
        )


def workout_fit(taken: PlanToTake, *, by_heart_rate: bool) -> bytes:
    """The steps that are still to be run, and a rest for each stay.

    Where there are more than 50, neighbours that differ least are called out as one, and the workout says so. Raises
    NothingLeftToRun.
    """
    if not taken.steps:
        raise NothingLeftToRun
    legs = merged([Leg.of(step) for step in taken.steps], MOST_STEPS)
    legs = [*legs[:-1], *(replace(leg, stay_s=0.0) for leg in legs[-1:])]  # whoever stays at the finish is done
    steps = [message for leg in legs for message in _messages(leg, by_heart_rate=by_heart_rate)]
    encoder, made = Encoder(), dated(taken)
    put(encoder, "file_id", type="workout", manufacturer=DEVELOPMENT, product=0, serial_number=1, time_created=made)
    put(
        encoder,
        "workout",
        sport="running",
        capabilities=CAPABILITIES["heart_rate" if by_heart_rate else "speed"],
        num_valid_steps=len(steps),
        wkt_name=within(taken.course.name, TITLE_BYTES),
        wkt_description=_told(taken, legs),
    )
    for number, message in enumerate(steps):
        put(encoder, "workout_step", message_index=number, **message)
    return bytes(encoder.close())


def merged(legs: Sequence[Leg], most: int) -> list[Leg]:
    """At most `most` legs and rests: neighbours are made one, where that changes the throttle least, weighed by time.

    A rest stays as long as there are legs to merge between rests; then the shortest rests are dropped.
    """
    legs = list(legs)
    while sum(1 + (leg.stay_s > 0) for leg in legs) > most:
        joints = [at for at in range(len(legs) - 1) if legs[at].stay_s == 0]
        if joints:
            at = min(joints, key=lambda at: _difference(legs[at], legs[at + 1]))
            legs[at : at + 2] = [legs[at].with_next(legs[at + 1])]
        else:
            at = min(range(len(legs)), key=lambda at: (legs[at].stay_s == 0, legs[at].stay_s))
            legs[at] = replace(legs[at], stay_s=0.0)
    return legs


def _difference(one: Leg, other: Leg) -> tuple[bool, float]:
    """What a runner loses when two legs become one; what parts walking from running last of all."""
    return one.movement is not other.movement, abs(one.throttle - other.throttle) * min(one.seconds, other.seconds)


def _messages(leg: Leg, *, by_heart_rate: bool) -> list[dict[str, Any]]:
    span = str(leg.first) if leg.first == leg.last else f"{leg.first}-{leg.last}"
    note = f"{as_slope(leg.climb_m / leg.metres)}, {as_pace(leg.seconds / leg.metres * 1000)}/km"
    running = {
        "wkt_step_name": within(f"{span} {MOVEMENT_WORDS[leg.movement]} {as_percent(leg.throttle)}", NAME_BYTES),
        "duration_type": "distance",
        "duration_value": round(leg.metres * 100),
        **_target(leg, by_heart_rate=by_heart_rate),
        "intensity": "active",
        "notes": within(f"{note}, {as_duration(leg.seconds)}" + (f" to {leg.place}" if leg.place else ""), NOTE_BYTES),
    }
    resting = {
        "wkt_step_name": within(leg.place or "Rest", NAME_BYTES),
        "duration_type": "time",
        "duration_value": round(leg.stay_s * 1000),
        "target_type": "open",
        "target_value": 0,
        "intensity": "rest",
    }
    return [running, resting] if leg.stay_s > 0 else [running]


def _target(leg: Leg, *, by_heart_rate: bool) -> dict[str, Any]:
    """A range around what the plan expects, of heart rates as far as it expects one, else of speeds."""
    if by_heart_rate and leg.heart_rate is not None:
        kind, low, high = "heart_rate", *(round(leg.heart_rate) + BPM + off for off in (-HEART_RANGE, HEART_RANGE))
    else:
        speed = leg.metres / leg.seconds
        kind, low, high = "speed", *(round(speed * (1 + off) * 1000) for off in (-SPEED_RANGE, SPEED_RANGE))
    return {
        "target_type": kind,
        "target_value": 0,  # a range of one's own, and no zone of the watch's
        "custom_target_value_low": low,
        "custom_target_value_high": high,
    }


def _told(taken: PlanToTake, legs: Sequence[Leg]) -> str:
    told = f"{as_duration(taken.plan.now.predicted_time_s)} by {len(taken.steps)} steps"
    return told + (f", called out as {len(legs)}" if len(legs) < len(taken.steps) else "")
