"""Single altitudes that no ground has: a signal lost for a moment writes 0 or the height of Everest."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats, Samples, SetAside

# 63°: as steep up and as steep down again within two points is no ground.
STEEPEST_TO_A_POINT = 2.0
# What a good recording is off by may well be steep over a metre or two, but never so high.
NOISE_M = 20.0
REASON = "single altitudes far above or below those on both sides of them"


def without_spikes(samples: Samples) -> tuple[Samples, tuple[SetAside, ...]]:
    """The samples without single altitudes that stand out, and how many these were.

    Such a one is more than 20 m from the known altitudes on both sides of it, by a grade of more than 200 %, while
    these two are not so far from each other, and stand out from nothing themselves. At an end, the one next to it
    decides, as far as that agrees with the one behind it.
    """
    known = np.flatnonzero(np.isfinite(samples.altitude_m))
    if not samples.has_distance or known.size < 3:
        return samples, ()
    lonely = known[_standing_out(samples.distance_m[known], samples.altitude_m[known])]
    if lonely.size == 0:
        return samples, ()
    altitude_m = samples.altitude_m.copy()
    altitude_m[lonely] = np.nan
    return replace(samples, altitude_m=altitude_m), (SetAside(REASON, lonely.size),)


def _standing_out(distance_m: Floats, altitude_m: Floats) -> NDArray[np.bool_]:
    """Which of n ≥ 3 altitudes; none of two neighbours, for nobody knows which of them is right."""
    steep = _steep(distance_m, altitude_m, 1)
    across = np.concatenate((steep[1:2], _steep(distance_m, altitude_m, 2), steep[-2:-1]))
    out = np.append(steep[:1], steep) & np.append(steep, steep[-1:]) & ~across
    beside = np.append(False, out[:-1]) | np.append(out[1:], False)
    return np.asarray(out & ~beside)


def _steep(distance_m: Floats, altitude_m: Floats, apart: int) -> NDArray[np.bool_]:
    """Between each altitude and the one so many places on: shape (n − apart,)."""
    metres = distance_m[apart:] - distance_m[:-apart]
    rise_m = np.abs(altitude_m[apart:] - altitude_m[:-apart])
    return np.asarray(rise_m > np.maximum(NOISE_M, STEEPEST_TO_A_POINT * metres))
