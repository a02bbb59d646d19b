"""What an athlete's heart does at throttle 1: as set, else as their runs tell."""

from dataclasses import dataclass

import numpy as np

from domain.analysis.model import WARM_UP_S
from domain.pacing.athlete.ran import Ran
from domain.physiology.model import ASSUMED_RESTING_HEART_RATE, Physiology
from domain.runs.recording import Floats

FEWEST_STRETCHES = 30
THROTTLES = (0.5, 1.2)
GENTLE_DOWN = -0.05
BELIEVED_BPM = (100.0, 220.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """Heart rates, bpm, None where not known: either both of rest and threshold are, or neither; and where from."""

    resting: float | None
    threshold: float | None
    maximum: float | None
    told: str


def heart_of(figures: Physiology | None, ran: Ran, throttle: Floats) -> Heart:
    """The figures set for the day; a threshold that is not among them as the stretches have it; rest 50 where a
    threshold is known and rest is not. `throttle` is that of each stretch, shape (m,)."""
    maximum = None if figures is None else figures.max_heart_rate
    rest = resting_heart_rate(figures)
    assumed = "" if figures and figures.resting_heart_rate else f"; at rest {rest:.0f} bpm, which is assumed"
    if figures is not None and figures.threshold_heart_rate is not None:
        threshold: float | None = figures.threshold_heart_rate
        told = f"{threshold:.0f} bpm at throttle 1, as set from {figures.valid_from} on{assumed}"
    else:
        threshold, count = _at_threshold(ran, throttle, rest, maximum)
        told = f"{threshold or 0:.0f} bpm at throttle 1, by {count} stretches{assumed}"
    if threshold is None:
        told = "not known: no threshold is set, and too few stretches have a heart rate"
    return Heart(resting=None if threshold is None else rest, threshold=threshold, maximum=maximum, told=told)


def resting_heart_rate(figures: Physiology | None) -> float:
    """As set, else 50 bpm."""
    return float((figures and figures.resting_heart_rate) or ASSUMED_RESTING_HEART_RATE)


def _at_threshold(ran: Ran, throttle: Floats, rest: float, maximum: float | None) -> tuple[float | None, int]:
    """The median of rest + (heart rate − rest) / throttle, and of how many stretches; None under 30 of them.

    Of running after the first five minutes, above −5 % (further down, caps take the load off the heart) and at
    throttles of 0.5 to 1.2. Heart rate above rest goes with power: Swain & Leutholtz 1997, Med Sci Sports Exerc 29:410.
    """
    asked = (
        np.isfinite(ran.heart_rate)
        & (ran.hours * 3600 >= WARM_UP_S)
        & ~ran.walked
        & (ran.grade > GENTLE_DOWN)
        & (throttle >= THROTTLES[0])
        & (throttle <= THROTTLES[1])
    )
    count = int(np.count_nonzero(asked))
    if count < FEWEST_STRETCHES:
        return None, count
    beats = rest + float(np.median((ran.heart_rate[asked] - rest) / throttle[asked]))
    below = BELIEVED_BPM[1] if maximum is None else maximum - 1
    return float(np.clip(beats, BELIEVED_BPM[0], max(below, BELIEVED_BPM[0]))), count
