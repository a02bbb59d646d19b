"""The throttles of a course where D′ and cut-offs bind together, drawn a little closer to the best that there is."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from domain.pacing.solving.rations import choices_of
from domain.pacing.solving.task import CLOSE_S, LEAST_THROTTLE, MOST_THROTTLE, Task
from domain.pacing.solving.taut import highest
from domain.runs.recording import Floats

# By how much throttles differ that a slope is measured between, as a ratio.
NUDGE = 1e-6
# A second late anywhere counts for so many seconds of the finish: more than being late could ever save.
LATE_COUNTS = 30.0
# So many rounds, fewer the more steps there are beyond twenty: each takes longer by the cube of them.
ROUNDS = 30
FEW_STEPS = 20
PRECISION = 1e-10
# Aimed so far inside of what is allowed, for rounding: a ratio, and s.
INSIDE = 1e-8
INSIDE_S = 5e-4


def polished(task: Task, throttle: Floats, otherwise: Floats | None = None) -> Floats:
    """Throttles (m,) within budget and D′ that are late by less than those given, or as little late and sooner there.

    Where no gate need be missed none is; else the largest lateness is about the least. Sequential quadratic programming
    (Kraft 1988, DFVLR-FB 88-28) over the logarithms of all throttles and the lateness that is common to all gates; the
    best near by, which need not be the best of all. Those given, or `otherwise`, are answered where they are no worse.
    """
    otherwise = throttle if otherwise is None else otherwise
    search = _Search(task=task, whole_s=task.totals(throttle, 0, task.steps)[0])
    begin = np.append(np.log(throttle), max(0.0, _latest_s(task, throttle)) / search.whole_s)
    bounds = [(np.log(LEAST_THROTTLE), np.log(MOST_THROTTLE))] * task.steps + [(0.0, np.inf)]
    found = minimize(
        search.cost,
        begin,
        jac=True,
        bounds=bounds,
        method="SLSQP",
        constraints=[{"type": "ineq", "fun": search.room, "jac": search.room_slope}],
        options={"maxiter": min(ROUNDS, ROUNDS * FEW_STEPS // task.steps + 1), "ftol": PRECISION},
    )
    if not np.isfinite(found.x).all():
        return otherwise
    sought = np.clip(np.exp(found.x[:-1]), LEAST_THROTTLE, MOST_THROTTLE)
    times = highest(lambda times: task.allows(np.clip(sought * times, LEAST_THROTTLE, MOST_THROTTLE)))
    better = np.clip(sought * times, LEAST_THROTTLE, MOST_THROTTLE)
    return min(otherwise, better, key=lambda one: _merit(task, one)) if task.allows(better) else otherwise


def _merit(task: Task, throttle: Floats) -> tuple[float, float]:
    return max(_latest_s(task, throttle), CLOSE_S), task.totals(throttle, 0, task.steps)[0]


def _latest_s(task: Task, throttle: Floats) -> float:
    until_s = task.until_s(throttle)
    return float(max((until_s[gate.steps] - gate.moving_s for gate in task.gates), default=0.0))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Search:
    """What the quadratic programme asks, all as ratios: x (m + 1,) are logarithms of throttles, and the lateness."""

    task: Task
    whole_s: float

    def cost(self, x: Floats) -> tuple[float, Floats]:
        """The time that the course takes, with what the lateness counts for, and how it changes with x."""
        seconds = self._nudged(x)[0] / self.whole_s
        slope = np.append((seconds[1] - seconds[0]) / NUDGE, LATE_COUNTS)
        return float(np.sum(seconds[0]) + LATE_COUNTS * x[-1]), slope

    def room(self, x: Floats) -> Floats:
        """How much budget is left; D′ before every step beyond what it needs; and time to every gate: (1 + m + g,)."""
        seconds, spent, kept, gained, needed = (part[0] for part in self._nudged(x))
        lefts = self._lefts(kept, gained)
        used = (np.sum(spent) / self.task.budget_s) ** (1 / self.task.runner.fatigue_exponent)
        until_s, late_s = np.cumsum(seconds), x[-1] * self.whole_s
        gates = [gate.moving_s - INSIDE_S + late_s - until_s[gate.steps - 1] for gate in self.task.gates]
        return np.concatenate(
            ([1 - INSIDE - used], (lefts - needed) / self._reserve_m - INSIDE, np.array(gates) / self.whole_s)
        )

    def room_slope(self, x: Floats) -> Floats:
        """How `room` changes with x, (1 + m + g, m + 1)."""
        parts = self._nudged(x)
        by_seconds, by_spent, by_kept, by_gained, by_needed = ((part[1] - part[0]) / NUDGE for part in parts)
        kept, steps = parts[2][0], self.task.steps
        lefts = self._lefts(kept, parts[3][0])
        slope = np.zeros((1 + steps + len(self.task.gates), steps + 1))
        spent = float(np.sum(parts[1][0]))
        used = (spent / self.task.budget_s) ** (1 / self.task.runner.fatigue_exponent)
        slope[0, :-1] = -used / self.task.runner.fatigue_exponent * by_spent / spent
        carried = np.zeros(steps)
        for step in range(steps):
            slope[1 + step, :-1] = carried / self._reserve_m
            slope[1 + step, step] -= by_needed[step] / self._reserve_m
            carried *= kept[step]
            carried[step] += by_kept[step] * lefts[step] + by_gained[step]
        for place, gate in enumerate(self.task.gates, start=1 + steps):
            slope[place, : gate.steps] = -by_seconds[: gate.steps] / self.whole_s
            slope[place, -1] = 1.0
        return slope

    def _nudged(self, x: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Seconds, budget, what D′ becomes, and needs, by step, at the throttles and at a nudge more: (2, m) each."""
        logs = np.clip(x[:-1], np.log(LEAST_THROTTLE), np.log(MOST_THROTTLE))
        choices = choices_of(self.task, np.exp(np.stack((logs, logs + NUDGE))))
        needed = np.maximum(choices.needed_m, -self._reserve_m)
        return choices.seconds, choices.spent, choices.balance.kept, choices.balance.gained, needed

    def _lefts(self, kept: Floats, gained: Floats) -> Floats:
        """The D′ left before each step, (m,)."""
        lefts = np.empty(self.task.steps)
        left = self.task.d_prime_at_start
        for step in range(self.task.steps):
            lefts[step] = left
            left = left * kept[step] + gained[step]
        return lefts

    @property
    def _reserve_m(self) -> float:
        return max(self.task.runner.d_prime_m, 1.0)
