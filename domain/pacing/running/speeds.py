"""How fast a throttle gets a runner over the ground, running or walking, and what it really uses there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.model import Legs, Runner
from domain.pacing.running.toll import Toll, toll_of
from domain.runs.recording import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Speeds:
    """By cell, shape (..., n): speed on the map, m/s, the throttle really used, and whether it is walked."""

    speed_m_per_s: Floats
    used_throttle: Floats
    walking: NDArray[np.bool_]


def speeds_at(legs: Legs, runner: Runner, throttle: Floats) -> Speeds:
    """The speeds over the cells at a throttle above 0 for each: shape (n,), or (k, 1) for k throttles at once."""
    return speeds_for(toll_of(legs, runner), runner, throttle)


def speeds_for(toll: Toll, runner: Runner, throttle: Floats) -> Speeds:
    """`speeds_at` where the toll is known.

    Throttle 1 is the power of level running at critical speed. A runner takes the faster of running and walking, and
    walks where both are as fast: it costs less. Neither passes the fastest of the ground, nor walking the runner's
    fastest walk; where one of them binds, less than the throttle is used. Speed and use never fall as the throttle
    rises.
    """
    power = throttle * runner.critical_speed_m_per_s
    running = np.minimum(power / toll.running, toll.fastest_m_per_s)
    walking = np.minimum(power / toll.walking, np.minimum(runner.walking_m_per_s, toll.fastest_m_per_s))
    walks = walking >= running
    speed = np.where(walks, walking, running)
    used = speed * np.where(walks, toll.walking, toll.running) / runner.critical_speed_m_per_s
    return Speeds(speed_m_per_s=speed, used_throttle=used, walking=walks)
