"""What each step takes at each throttle of a fine scale: looked up while a plan is searched for."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.pacing.running.speeds import speeds_for
from domain.pacing.solving.task import LEAST_THROTTLE, MOST_THROTTLE, Gate, Task
from domain.runs.recording import Floats

SCALE: Floats = np.geomspace(LEAST_THROTTLE, MOST_THROTTLE, 160)
# A walk that gives up more than this many notches of the scale is never worth its while: (p / (p − 1)), at p = 8, is 9.
NOTCHES = 10
# Worth holding back for: so much of what a step costs.
WORTH = 1e-3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Levels:
    """By pressure, the scale's u throttles: `held` (u, m), what a step is best held at, inf where at the pressure
    itself; and with that, moving seconds and budget up to each step's start and the finish, (u, m + 1)."""

    held: Floats
    until_s: Floats
    spent: Floats

    def pressure_for(self, moving_s: float, first: int, end: int) -> float:
        """The pressure that takes so long from step to step, to about a notch; inf past the scale."""
        return float(self._pressures(np.array([moving_s]), first, np.array([end]))[0])

    def soonest_s(self, budget_s: float, steps: int) -> float:
        """About the least moving seconds up to the end of a step where only the budget binds, the rest strolled."""
        spent = np.log(self.spent[:, steps])
        left_s = max(budget_s - float(self.spent[0, -1] - self.spent[0, steps]), float(self.spent[0, steps]))
        return float(np.interp(np.log(left_s), spent, self.until_s[:, steps]))

    def up_to(self, steps: int) -> Self:
        """The levels of the first steps."""
        return replace(
            self, held=self.held[:, :steps], until_s=self.until_s[:, : steps + 1], spent=self.spent[:, : steps + 1]
        )

    def held_at(self, pressure: float) -> Floats:
        """What each step is best held at, (m,), just below a pressure."""
        return np.asarray(self.held[max(int(np.searchsorted(SCALE, pressure)) - 1, 0)])

    def least_budget(self, gates: Iterable[Gate]) -> float:
        """About the least budget that meets the gates; inf where none does. See `domain.pacing.solving.taut`."""
        first, gone, spent, ahead = 0, 0.0, 0.0, list(gates)
        while ahead:
            moving_s = np.array([gate.moving_s for gate in ahead]) - gone
            asked = self._pressures(moving_s, first, np.array([gate.steps for gate in ahead]))
            gate, most = ahead[int(np.argmax(asked))], float(np.max(asked))
            if not np.isfinite(most):
                return np.inf
            gone += np.interp(most, SCALE, self.until_s[:, gate.steps] - self.until_s[:, first])
            spent += np.interp(most, SCALE, self.spent[:, gate.steps] - self.spent[:, first])
            first, ahead = gate.steps, [later for later in ahead if later.steps > gate.steps]
        return float(spent + self.spent[0, -1] - self.spent[0, first])

    def _pressures(self, moving_s: Floats, first: int, ends: NDArray[np.int64]) -> Floats:
        """`pressure_for` many ends at once: shapes (g,)."""
        seconds = self.until_s[:, ends] - self.until_s[:, first, None]
        enough = np.sum(seconds > moving_s, axis=0)
        quick, slow = np.clip(enough, 1, SCALE.size - 1), np.clip(enough, 1, SCALE.size - 1) - 1
        every = np.arange(ends.size)
        slower_s, quicker_s = seconds[slow, every], seconds[quick, every]
        share = np.clip((slower_s - moving_s) / np.maximum(slower_s - quicker_s, 1e-12), 0, 1)
        asked = 1 / ((1 - share) / SCALE[slow] + share / SCALE[quick])
        return np.where(enough == SCALE.size, np.inf, asked)


def levels_of(task: Task, *, holding: bool = True) -> Levels:
    """The levels of a course; without `holding`, every step is at the pressure itself.

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
    least, notches = (seconds + price * spent) * (1 - WORTH), np.zeros(seconds.shape, dtype=np.int64)
    for notch in range(1, NOTCHES + 1 if holding else 0):
        cost = seconds[:-notch] + price[notch:] * spent[:-notch]
        notches[notch:][cost < least[notch:]] = notch
        np.minimum(least[notch:], cost, out=least[notch:])
    best = np.arange(SCALE.size)[:, None] - notches
    return Levels(
        held=np.where(notches > 0, SCALE[best], np.inf),
        until_s=_cumulated(np.take_along_axis(seconds, best, axis=0)),
        spent=_cumulated(np.take_along_axis(spent, best, axis=0)),
    )


def _cumulated(by_step: Floats) -> Floats:
    return np.pad(np.cumsum(by_step, axis=1), ((0, 0), (1, 0)))
