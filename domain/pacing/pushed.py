"""How hard a runner was to push, and has pushed, told from the time that the ground took."""

import math
from collections.abc import Sequence

import numpy as np

from domain.pacing.legs import edges_of
from domain.pacing.model import Legs, Runner, ThrottleStep
from domain.pacing.speeds import speeds_for
from domain.pacing.toll import toll_of
from domain.runs.recording import Floats

# What a runner may have been easier or harder on themselves than planned; beyond, something else has happened.
SCALES = (0.4, 1.6)
THROTTLES = (0.05, 3.0)
HALVINGS = 26
EXACT = 1e-6


def planned_throttle(steps: Sequence[ThrottleStep], legs: Legs, runner: Runner) -> Floats:
    """The throttle of each step of the legs, shape (m,), that takes as long as the plan's steps say.

    A step tells the mean of what is used, which is less than its throttle where a cap binds within it: what the plan
    was solved with is found from the time, by bisection. Where a cap binds all along it is the least that is as fast.
    """
    passed_s = np.concatenate(([0.0], np.cumsum([step.end_s - step.start_s for step in steps])))
    first = np.flatnonzero(np.diff(legs.step, prepend=-1))
    borders_m = np.append(edges_of(legs)[first], edges_of(legs)[-1])
    wanted_s = np.diff(np.interp(borders_m, [steps[0].start_m, *(step.end_m for step in steps)], passed_s))
    toll = toll_of(legs, runner)
    low, high = (np.full(first.size, math.log(end)) for end in THROTTLES)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        speeds = speeds_for(toll, runner, np.exp(middle)[legs.step])
        slow = np.add.reduceat(legs.length_m / speeds.speed_m_per_s, first) > wanted_s * (1 + EXACT)
        low, high = np.where(slow, middle, low), np.where(slow, high, middle)
    return np.asarray(np.exp(high))


def scale_of(legs: Legs, runner: Runner, throttle: Floats, moving_s: float) -> float:
    """How many times its throttle (m,) takes so many seconds on foot over the legs: 0.4 to 1.6.

    The ratio nearest to 1 where several do, and where a cap lets none, the nearest to 1 that comes closest.
    """
    toll = toll_of(legs, runner)

    def seconds(log_scale: float) -> float:
        speeds = speeds_for(toll, runner, (throttle * math.exp(log_scale))[legs.step])
        return float((legs.length_m / speeds.speed_m_per_s).sum())

    planned_s = seconds(0.0)
    far = math.log(SCALES[1] if moving_s < planned_s else SCALES[0])
    reachable_s = sorted((planned_s, seconds(far)))
    wanted_s = min(max(moving_s, reachable_s[0]), reachable_s[1])
    faster, near = far > 0, 0.0
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        off_s = seconds(middle) - wanted_s
        short = (off_s if faster else -off_s) > EXACT * wanted_s
        near, far = (middle, far) if short else (near, middle)
    return math.exp(near)
