"""What runners' bodies do at most: what runs faster, or beats otherwise, was a signal gone astray, or a vehicle."""

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

# Nobody has been timed faster than 12.4 m/s (Bolt, 60–80 m of the 100 m of Berlin 2009).
FASTEST_M_PER_S = 12.5
# Positions scatter by tens of metres in streets and gorges, and watches make up for a lost signal in one step.
LEAP_OVER_M = 50.0

# Hearts of athletes at rest and of children at their limit lie inside. Straps write 0 or 255 for "no heart rate".
PLAUSIBLE_HEART_BPM = (25.0, 250.0)

# World records of the flat (World Athletics, men, 2025), and a tenth on top: downhill, wind and the watch's own error.
RECORD_M = np.array([100.0, 400.0, 1000.0, 1609.344, 5000.0, 10_000.0, 21_097.5, 42_195.0])
RECORD_S = np.array([9.58, 43.03, 131.96, 223.13, 755.36, 1571.0, 3402.0, 7235.0])
ON_TOP = 1.1


def leaps(time_s: Floats, distance_m: Floats) -> NDArray[np.bool_]:
    """Which steps nobody ran: over 50 m, and faster than 12.5 m/s. Shapes (n,) and (n,) -> (n − 1,)."""
    steps = np.diff(distance_m)
    return np.asarray((steps > LEAP_OVER_M) & (steps > FASTEST_M_PER_S * np.diff(time_s)), dtype=np.bool_)


def shortest_time_s(distance_m: float) -> float:
    """The time under which nobody runs a distance: the world records with a tenth on top of their speed.

    Speed is interpolated over the logarithm of the distance; up to 100 m it is 12.5 m/s, beyond the marathon
    that of the marathon. Metres above 0, seconds.
    """
    if distance_m <= RECORD_M[0]:
        return distance_m / FASTEST_M_PER_S
    speed = float(np.interp(np.log(distance_m), np.log(RECORD_M), RECORD_M / RECORD_S))
    return distance_m / min(speed * ON_TOP, FASTEST_M_PER_S)
