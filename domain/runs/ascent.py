"""Ascent and descent by turning points: a climb counts once the track has turned back far enough to believe it."""

from itertools import pairwise

import numpy as np

from domain.runs.recording import Floats

THRESHOLD_M = 3.0


def ascent_and_descent(altitude_m: Floats, threshold_m: float = THRESHOLD_M) -> tuple[float, float] | None:
    """Metres up and down over a whole track: (ascent, descent), both ≥ 0; None when no altitude is known.

    `altitude_m` has shape (n,), NaN where missing. Method: see `turning_points`. A track and its reverse swap the two
    numbers. Device totals agree with 3 m on most barometric recordings; raw summing overshoots by 10–70 %.
    """
    known = altitude_m[np.isfinite(altitude_m)]
    if known.size == 0:
        return None
    legs = np.diff(known[turning_points(known, threshold_m)])
    return float(legs[legs > 0].sum()), float(np.abs(legs[legs < 0]).sum())


def as_stored(altitude_m: Floats) -> Floats:
    """Altitudes (n,) to the decimetre, finer than any watch measures: what is kept of a recording.

    Whether a track has turned back by the threshold may hang on a centimetre: a run and its stretches add up only when
    both look at the same altitudes.
    """
    return np.asarray(np.round(altitude_m, 1))


def cumulative_ascent_and_descent(altitude_m: Floats, threshold_m: float = THRESHOLD_M) -> tuple[Floats, Floats] | None:
    """Metres climbed and descended up to each point: two arrays of shape (n,) that start at 0 and never fall.

    Their last values are those of `ascent_and_descent`, so the ascent of a stretch is a difference of two values and
    stretches add up to the run. Inside a leg the height gained is the highest point so far. A missing altitude carries
    the value of the point before it. None when no altitude is known.
    """
    known = np.flatnonzero(np.isfinite(altitude_m))
    if known.size == 0:
        return None
    altitude = altitude_m[known]
    up, down = np.zeros(known.size), np.zeros(known.size)
    turns = turning_points(altitude, threshold_m)
    for start, end in pairwise(turns):
        leg = altitude[start : end + 1] - altitude[start]
        total = up if leg[-1] > 0 else down
        total[start : end + 1] = total[start] + np.maximum.accumulate(np.abs(np.clip(leg, *sorted((0.0, leg[-1])))))
        total[end:] = total[end]
    carried = np.searchsorted(known, np.arange(altitude_m.size), side="right") - 1
    carried = np.maximum(carried, 0)
    return up[carried], down[carried]


def turning_points(altitude_m: Floats, threshold_m: float = THRESHOLD_M) -> list[int]:
    """Indices of the tops and bottoms between which the track never turned back by more than `threshold_m`.

    `altitude_m` has shape (n,) and no NaN. The zigzag of technical surveying: a top is believed once the track has
    fallen by more than the threshold below it, a bottom once it has risen by more than that above it. The first and the
    last turning point are extremes too, not the ends of the track, which is what makes it the same backwards. Fewer
    than two indices mean that the track never left the threshold.
    """
    turns: list[int] = []
    low = high = 0
    rising: bool | None = None
    values = altitude_m.tolist()
    for i, value in enumerate(values):
        if value > values[high]:
            high = i
        if value < values[low]:
            low = i
        if rising is not False and values[high] - value > threshold_m:
            turns.append(high)
            rising, low = False, i
        elif rising is not True and value - values[low] > threshold_m:
            turns.append(low)
            rising, high = True, i
    if rising is not None:
        turns.append(high if rising else low)
    return turns
