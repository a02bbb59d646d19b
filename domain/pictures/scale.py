"""From metres, heartbeats and minutes to places on a picture, with ticks that people can read."""

import math
from dataclasses import dataclass

import numpy as np

from domain.runs.recording import Floats

PACE_STEPS_S = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from `low` to `high`, high > low, laid evenly from the pixel `start_px` to `end_px`."""

    low: float
    high: float
    start_px: float
    end_px: float

    def place(self, values: Floats) -> Floats:
        """Pixels of values of any shape; what lies outside is put on the edge, NaN stays NaN."""
        share = (np.clip(values, self.low, self.high) - self.low) / (self.high - self.low)
        return np.asarray(self.start_px + share * (self.end_px - self.start_px), dtype=np.float64)

    def at(self, value: float) -> float:
        """The pixel of one value."""
        return float(self.place(np.array(value)))

    def ticks(self, step: float) -> list[float]:
        """The multiples of `step` on the scale."""
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that cuts `span` > 0 into at most `most` parts."""
    unit = float(10.0 ** math.floor(math.log10(span / most)))
    return next(step * unit for step in (1.0, 2.0, 5.0, 10.0, 20.0) if step * unit * most >= span * (1 - 1e-9))


def pace_step(span_s: float, most: int) -> float:
    """The step between paces, in seconds: one that a watch would show."""
    return next((step for step in PACE_STEPS_S if step * most >= span_s), PACE_STEPS_S[-1])


def around(values: Floats, *, least_span: float, step: float | None = None) -> tuple[float, float, float] | None:
    """The range of the finite values, at least `least_span` wide and ended at whole steps, and the step between ticks.

    None when no value is known. Without a `step` it is the round one that cuts the values' own range into at most five.
    """
    known = values[np.isfinite(values)]
    if known.size == 0:
        return None
    low, high = float(known.min()), float(known.max())
    short = max(least_span - (high - low), 0.0) / 2
    low, high = low - short, high + short
    step = step or round_step(high - low, 5)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def as_number(value: float, step: float = 1.0) -> str:
    """A tick's label with as many decimals as its step asks for, thousands apart."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{round(value, decimals) + 0.0:,.{decimals}f}".replace("-", "−")


def as_pace(seconds: float) -> str:
    """Minutes and seconds, such as 5:31."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def as_duration(seconds: float) -> str:
    """Hours, minutes and seconds, such as 1:02:03, or 2:03 under an hour."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}" if whole >= 3600 else as_pace(whole)


def as_distance(metres: float) -> str:
    """Kilometres with one decimal, or whole metres under a kilometre."""
    return f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:.0f} m"


def as_grade(band: int) -> str:
    """A grade category, a multiple of 2.5 %, in percent with its sign."""
    return f"{band * 2.5:+g} %".replace("-", "−") if band else "level"
