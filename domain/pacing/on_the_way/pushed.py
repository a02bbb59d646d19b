"""How hard a runner was to push, and has pushed, told from the time that the ground took."""

import math
from collections.abc import Sequence

import numpy as np

from domain.pacing.legs import edges_of
from domain.pacing.model import Legs, Runner, ThrottleStep
from domain.pacing.running.speeds import speeds_for
from domain.pacing.running.toll import toll_of
from domain.runs.recording import Floats

# What a runner may have been easier or harder on themselves than planned; beyond, something else has happened.
SCALES = (0.4, 1.6)
THROTTLES = (0.05, 3.0)
# Over so long a stretch the ground is off by as much as runners are: what it takes then is half their doing.
SETTLES_S = 300.0
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


def scale_of(told_s: float, moving_s: float) -> float:
    """How many times as hard as told a runner has pushed who took `moving_s` on foot where they were told `told_s`: 0.4
    to 1.6.

    Where neither caps nor the fastest walk bind, time falls as the throttle rises, so that this is exact. Where they
    do, throttles beyond belief would be needed for seconds: there the ground is off, and not the runner.
    """
    return min(max(told_s / max(moving_s, told_s / SCALES[1]), SCALES[0]), SCALES[1])


def settled(scale: float, over_s: float) -> float:
    """How many times its throttle a runner has pushed who took the time of `scale` over a stretch of so many seconds.

    The shorter it is, the more of it is the ground and where they were taken to be: half of the scale's logarithm over
    five minutes, nearly all over an hour. Fatigue rises so steeply with throttle that noise would be read as fatigue.
    """
    return float(scale ** (max(over_s, 0.0) / (max(over_s, 0.0) + SETTLES_S)))
