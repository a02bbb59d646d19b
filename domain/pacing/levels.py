"""What each step takes at each throttle of a fine scale: looked up while a plan is searched for."""

from dataclasses import dataclass

import numpy as np

from domain.pacing.speeds import speeds_for
from domain.pacing.task import LEAST_THROTTLE, MOST_THROTTLE, Task
from domain.runs.recording import Floats

SCALE: Floats = np.geomspace(LEAST_THROTTLE, MOST_THROTTLE, 160)
# A walk that gives up more than this many notches of the scale is never worth its while: (p / (p − 1)), at p = 8, is 9.
NOTCHES = 10
# Worth holding back for: so much of what a step costs.
WORTH = 1e-3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Levels:
    """On the scale's u throttles: `until_s` (u, m + 1), moving seconds until each step's start and the finish, and
    `held` (u, m), the throttle each step is best held at where all others run at that of the scale; inf: none lower."""

    until_s: Floats
    held: Floats

    def throttle_for(self, moving_s: float, first: int, end: int) -> float:
        """The even throttle that takes so long from step to step, to about 1e-5 of it; inf past the scale."""
        seconds = self.until_s[::-1, end] - self.until_s[::-1, first]
        if moving_s < seconds[0]:
            return np.inf
        return float(1 / np.interp(moving_s, seconds, 1 / SCALE[::-1]))

    def held_at(self, throttle: float) -> Floats:
        """What each step is best held at, (m,), at about this throttle."""
        return np.asarray(self.held[min(int(np.searchsorted(SCALE, throttle)), SCALE.size - 1)])


def levels_of(task: Task) -> Levels:
    """The levels of a course.

    The best throttle of a step at a pressure R minimises seconds + ν·budget with ν = 1 / ((p − 1)·R^p), which is R
    itself where speed follows power. It is lower where running at R is hardly faster than the fastest walk, and costs
    much more.
    """
    exponent = task.runner.fatigue_exponent
    speeds = speeds_for(task.toll, task.runner, SCALE[:, None])
    by_cell = task.legs.length_m / speeds.speed_m_per_s
    seconds = np.add.reduceat(by_cell, task.starts[:-1], axis=1)
    spent = np.add.reduceat(by_cell * speeds.used_throttle**exponent, task.starts[:-1], axis=1)
    price = 1 / ((exponent - 1) * SCALE[:, None] ** exponent)
    least = (seconds + price * spent) * (1 - WORTH)
    held = np.full(seconds.shape, np.inf)
    for notch in range(1, NOTCHES + 1):
        cost = seconds[:-notch] + price[notch:] * spent[:-notch]
        better = cost < least[notch:]
        held[notch:][better] = np.broadcast_to(SCALE[:-notch, None], cost.shape)[better]
        np.minimum(least[notch:], cost, out=least[notch:])
    return Levels(until_s=np.pad(np.cumsum(seconds, axis=1), ((0, 0), (1, 0))), held=held)
