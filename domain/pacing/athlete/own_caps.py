"""How fast an athlete goes at most: downhill, where footing and nerve end before the power does, and walking."""

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.ran import Ran, walking_metres
from domain.pacing.model import Knots
from domain.runs.recording import Floats

DOWN = np.arange(-45, 0, 5) / 100
UP = np.arange(0, 46, 5) / 100
# Times the critical speed: 4 m/s goes 4.0 down 10 % and 3.0 down 20 %. Runners left to themselves ran 14 % faster down
# than on the level, at four fifths of their threshold (Townshend et al. 2010, Med Sci Sports Exerc 42:160); how that
# goes on with the grade is Cairn's own choice, by two recorded trail runs.
DOWNHILL = np.array([0.3, 0.36, 0.43, 0.53, 0.64, 0.76, 0.88, 1.0, 1.2])
# On the level and uphill power is the bound: nobody plans with so much of it for longer than a sprint.
HIGHEST_THROTTLE = 1.7
# How many stretches it takes to go half the way from what is usual to what they say.
AS_STRETCHES = 5
TRIED = np.exp(np.arange(-40, 41) / 40)
MOST_IN_A_BAND = 300
# A cap moves away from the usual one only by what more stretches than these say: one or two slow ones are chance.
CHANCE = 2.0

WALKING_M_PER_S = 2.0
WALKING_BOUNDS = (1.4, 2.4)
WALKED_ON = (-0.10, 0.15)
WALKING_QUANTILE = 0.75


def usual_downhill(speed_m_per_s: float) -> Floats:
    """How fast runners of a critical speed go down at most, m/s at each of `DOWN`, shape (k,)."""
    return speed_m_per_s * DOWNHILL


def fastest(downhill_m_per_s: Floats, speed_m_per_s: float) -> Knots:
    """The whole curve: downhill as given at `DOWN`, and what 1.7 of the power at critical speed does uphill."""
    uphill = HIGHEST_THROTTLE * speed_m_per_s / np.maximum(walking_metres(UP), 1.0)
    return Knots((*DOWN.tolist(), *UP.tolist()), (*downhill_m_per_s.tolist(), *uphill.tolist()))


def own_downhill(ran: Ran, power_m_per_s: Floats, usual: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The athlete's own cap at each of `DOWN` (m/s), and how many capped stretches say so, shape (k,) each.

    `power_m_per_s`, shape (m,), is how fast each stretch would have been by the power of its run. A stretch goes at
    that speed or at the cap, whichever is less: the cap is the one that leaves the least sum of absolute differences of
    logarithms, which is the middle of the capped stretches: what is kept up for a stretch, not what was reached once.
    Tried every 2.5 %, and drawn to the `usual` one as by five stretches there. A cap that was never reached is the
    usual one, or as high as the power.
    """
    band = np.rint(np.clip(ran.grade, DOWN[0], 0.0) / 0.05).astype(np.int64) + DOWN.size
    to_knot = np.interp(ran.grade, DOWN, usual) / np.append(usual, np.nan)[band]
    caps, counts = usual.copy(), np.zeros(DOWN.size, dtype=np.int64)
    for k in range(DOWN.size):
        here = np.flatnonzero((band == k) & np.isfinite(power_m_per_s))
        if not here.size:
            continue
        here = here[:: -(-here.size // MOST_IN_A_BAND)]
        speed, power = ran.speed_m_per_s[here] / to_knot[here], power_m_per_s[here] / to_knot[here]
        cap, counts[k] = _cap_of(speed, power, usual[k])
        caps[k] = cap if not counts[k] else usual[k] * (cap / usual[k]) ** (counts[k] / (counts[k] + AS_STRETCHES))
    return caps, counts


def _cap_of(speed: Floats, power: Floats, usual: float) -> tuple[float, int]:
    """The cap that leaves least, and how many stretches it takes speed from."""
    tried = usual * TRIED
    left = np.abs(np.log(speed / np.minimum(power, tried[:, None]))).sum(axis=1)
    cap = float(tried[np.argmin(left + CHANCE * np.abs(np.log(TRIED)))])
    return cap, int(np.count_nonzero(power > cap))


def own_walking(ran: Ran) -> tuple[float, int]:
    """How fast they walk at most, m/s, and from how many stretches: three in four of those that they walked from −10 to
    +15 % were slower; with five stretches at 2.0 m/s, and from 1.4 to 2.4."""
    walked = ran.walked & (ran.grade >= WALKED_ON[0]) & (ran.grade <= WALKED_ON[1])
    count = int(np.count_nonzero(walked))
    if count == 0:
        return WALKING_M_PER_S, 0
    own = np.log(np.quantile(ran.speed_m_per_s[walked], WALKING_QUANTILE))
    speed = np.exp((count * own + AS_STRETCHES * np.log(WALKING_M_PER_S)) / (count + AS_STRETCHES))
    return float(np.clip(speed, *WALKING_BOUNDS)), count
