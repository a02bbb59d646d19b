"""How D′ goes and comes back: the metres that can be run beyond critical speed."""

from typing import NamedTuple

import numpy as np

from domain.pacing.model import Runner
from domain.runs.recording import Floats

# A runner without D′ has this instead: what is divided by stays above 0.
LEAST_D_PRIME_M = 1e-6


class Balance(NamedTuple):
    """What a stretch makes of the D′ that is left, both of any one shape: left ← left · kept + gained."""

    kept: Floats
    gained: Floats


def kept_and_gained(runner: Runner, used: Floats, seconds: Floats) -> Balance:
    """What so many seconds at a used throttle make of D′, exactly: shapes broadcast.

    Above throttle 1 the level-equivalent metres beyond critical speed are taken, (u − 1)·CS·Δt; below,
    left ← D′ − (D′ − left)·e^(−(1 − u)·CS·Δt / D′): Skiba & Clarke 2021, doi 10.1123/ijspp.2021-0205. Standing is
    throttle 0.
    """
    reserve = max(runner.d_prime_m, LEAST_D_PRIME_M)
    beyond = (used - 1) * runner.critical_speed_m_per_s * seconds
    kept = np.exp(np.minimum(beyond, 0.0) / reserve)
    return Balance(kept, np.where(beyond > 0, -beyond, reserve * (1 - kept)))


def after(second: Balance, first: Balance) -> Balance:
    """One stretch after another, as one."""
    return Balance(second.kept * first.kept, second.kept * first.gained + second.gained)
