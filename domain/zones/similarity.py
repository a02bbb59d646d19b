"""What makes stretches alike: length, slope, what lies behind them, height and the hour of the day."""

import numpy as np

from domain.runs.recording import Floats
from domain.zones.history import Rows, Stretches

ALTITUDE = 5
FLOORS = np.array([50.0, 0.01, 10.0, 10.0, 500.0, 10.0])  # of the scales: metres and, of grades, a ratio

# Six hours apart is one unit. The hour is read off to the minute, so that it has the same place to the last bit in
# whatever array it stands: numpy grants that of its sine no more than of its sums.
_ANGLES = np.arange(1440) * (2 * np.pi / 1440)
CLOCK_FACE = np.sqrt(0.5) * np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])


def likeness(stretches: Stretches) -> Floats:
    """What makes m stretches alike, shape (8, m): six measures, NaN for an unknown altitude, and the hour's place.

    The ground is not among them: recordings do not tell it. Source: Cairn's native method.
    """
    minute = np.rint(stretches.hour_of_day * 60).astype(np.int64) % 1440
    measures = (
        stretches.length_m,
        stretches.mean_grade,
        stretches.ascent_before_m,
        stretches.descent_before_m,
        stretches.start_m,
        stretches.start_altitude_m,
    )
    return np.concatenate([np.stack(measures), CLOCK_FACE[:, minute]])


def yardstick(likeness: Floats) -> Rows:
    """What the n ≥ 1 stretches of a window, (8, n), are measured with, shape (7,): six scales, and a neutral altitude.

    A scale is the range between the window's quartiles, no less than FLOORS, rounded to the nearest power of √2 and
    told by its exponent: one run more seldom moves it, and distances stay as they were. The last entry is the median
    altitude in whole scales, 0 where none is known: there stand the stretches whose altitude is unknown.
    """
    ordered = np.sort(likeness[: len(FLOORS)], axis=1)  # NaN comes last
    known = len(ordered[0]) - np.isnan(ordered).sum(axis=1)
    low, middle, high = (_quantile(ordered, known, share) for share in (0.25, 0.5, 0.75))
    exponents = np.rint(2 * np.log2(np.maximum(high - low, FLOORS))).astype(np.int64)
    neutral = np.rint(middle[ALTITUDE] / scales(exponents)[ALTITUDE]).astype(np.int64)
    return np.append(exponents, neutral)


def scales(exponents: Rows) -> Floats:
    """Powers of √2 in the shape of their exponents, the same to the last bit on every machine."""
    return np.asarray(np.ldexp(np.where(exponents % 2, np.sqrt(2.0), 1.0), exponents // 2))


def places(likeness: Floats, yardstick: Rows) -> Floats:
    """The stretches (8, n) as points (n, 8), all finite: their Euclidean distance says how unlike they are."""
    points = likeness.T.copy()
    points[:, : len(FLOORS)] /= scales(yardstick[:-1])
    altitude = points[:, ALTITUDE]
    altitude[np.isnan(altitude)] = yardstick[-1]
    return points


def _quantile(ordered: Floats, known: Rows, share: float) -> Floats:
    """Of each row's first `known` values, between the two that are nearest to the share; 0 where there is none."""
    place = share * np.maximum(known - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    row = np.arange(len(ordered))
    value = ordered[row, below] + (place - below) * (ordered[row, above] - ordered[row, below])
    return np.where(known > 0, value, 0.0)
