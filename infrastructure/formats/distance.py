"""The distance of each point: as the watch counted it, else along the positions."""

import numpy as np

from domain.runs.recording import Floats, SetAside
from infrastructure.formats.leaps import haversine_m, without_leaps
from infrastructure.formats.rising import longest_rising

LONGEST_M = 2_000_000.0


def distance_stream(
    time_s: Floats, counted_m: Floats, latitude: Floats, longitude: Floats, part: Floats
) -> tuple[Floats, tuple[SetAside, ...]]:
    """Metres at each point, never falling: complete, or NaN throughout when neither a count nor positions tell.

    All of shape (n,). A count that falls back for a moment loses those points; what is missing is filled in evenly by
    time. A count that never moves although the positions do is not believed. Along the positions, the way
    between two parts does not count: the runner had paused, and devices count no metres in a pause. What leaps of
    either nobody ran is told beside the metres.
    """
    positions = np.isfinite(latitude) & np.isfinite(longitude)
    counted = np.flatnonzero((counted_m >= 0) & (counted_m <= LONGEST_M))
    counted = counted[longest_rising(counted_m[counted])]
    stood_still = counted.size < 2 or counted_m[counted[0]] == counted_m[counted[-1]]
    if counted.size and not (stood_still and positions.sum() > 1):
        metres, leapt = without_leaps(time_s[counted], counted_m[counted])
        return np.interp(time_s, time_s[counted], metres), leapt
    if positions.any():
        steps = haversine_m(latitude[positions], longitude[positions])
        steps[np.diff(part[positions]) > 0] = 0.0
        metres, leapt = without_leaps(time_s[positions], np.concatenate(([0.0], np.cumsum(steps))))
        return np.interp(time_s, time_s[positions], metres), leapt
    return np.full(time_s.size, np.nan), ()
