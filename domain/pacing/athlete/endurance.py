"""For how long an athlete holds how much: the line that their hardest runs lie on, by how long they lasted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.long_runs import long_slope_of
from domain.pacing.athlete.sustained import LONG_SLOPE, RIEGEL_EXPONENT, RIEGEL_SLOPE, Sustained, critical_speed_behind
from domain.pacing.model import LONG_S
from domain.runs.recording import Floats

# By how much of the throttle a run may lie under the line and still be taken for a hard one.
NEAR = 0.05
ROUNDS = 6
# One standard deviation: of runs about the line (days differ), and of how sure Riegel's slope and the usual height are.
SCATTER = 0.06
SLOPE_SCATTER = 0.03
HEIGHT_SCATTER = 0.05
SLOPE_BOUNDS = (0.03, 0.12)
BUDGET_BOUNDS_S = (900.0, 10_800.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """Throttle u can be held for budget / u^exponent seconds, up to four hours; beyond, log u falls by `long_slope` a
    log time from where it is there. So many `runs`, and `long_runs` of four hours and more, say so beside what is
    usual; the longest of both took `longest_s` (None: there are none)."""

    exponent: float
    budget_s: float
    runs: int = 0
    long_slope: float = LONG_SLOPE
    long_runs: int = 0
    longest_s: float | None = None

    @property
    def slower(self) -> float:
        """By what share the throttle falls when a run of up to four hours takes twice as long."""
        return float(1 - 2 ** (-1 / self.exponent))

    @property
    def long_slower(self) -> float:
        """The same beyond four hours."""
        return float(1 - 2**-self.long_slope)

    @property
    def at_four_hours(self) -> float:
        """The throttle that is held so long."""
        return float((self.budget_s / LONG_S) ** (1 / self.exponent))

    @property
    def long_exponent(self) -> float:
        """That of the line beyond four hours."""
        return 1 / self.long_slope

    @property
    def long_budget_s(self) -> float:
        """For how long the line beyond four hours, drawn out to throttle 1, would have that held."""
        return float(LONG_S * self.at_four_hours**self.long_exponent)


def endurance_of(hard: Sustained, speed_m_per_s: float, budget_s: float, *, raced: bool = True) -> Endurance:
    """The line of an athlete whose throttle 1 runs `speed_m_per_s` on the level, up to four hours and beyond.

    Where nobody knows whether any run was a hard one (`raced` is False) Riegel's line through `budget_s` stands up to
    four hours.
    """
    throttle = np.maximum(hard.level_m_per_s / speed_m_per_s, 1e-3)
    short = hard.held_s < LONG_S
    exponent, budget, near = RIEGEL_EXPONENT, budget_s, np.zeros(short.size, dtype=np.bool_)
    if raced and short.any():
        only_short = Sustained(hard.held_s[short], hard.level_m_per_s[short], hard.took_s[short])
        exponent, budget, near[short] = _short(only_short, throttle[short], speed_m_per_s, budget_s)
    line = Endurance(exponent=exponent, budget_s=budget)
    slope, long = long_slope_of(hard.held_s, throttle, line.at_four_hours, 1 / exponent)
    counted = hard.took_s[near | long]
    return Endurance(
        exponent=exponent,
        budget_s=budget,
        runs=int(np.count_nonzero(near)),
        long_slope=slope,
        long_runs=int(np.count_nonzero(long)),
        longest_s=float(counted.max()) if counted.size else None,
    )


def _short(
    hard: Sustained, throttle: Floats, speed_m_per_s: float, budget_s: float
) -> tuple[float, float, NDArray[np.bool_]]:
    """Exponent p and budget K (s) of T · u^p = K, and which runs say so, shape (n,).

    A training run says only that so much can be held, not that no more can. So the line starts at Riegel's slope
    (T ∝ length^1.06 gives p = 1.06 / 0.06 = 17.7) through the hardest run, as `critical_speed_behind` has it, and goes,
    round by round, through all above it and those at most 5 % of throttle below: log u = height − slope · log(T /
    budget), by least squares of a scatter of 6 %, drawn to Riegel's slope (± 0.03) and to a height of 0 (± 5 %), its
    beginning too: where even the hardest runs lie some 9 % below Riegel's line through `budget_s`, none was hard, and
    that line stands.
    """
    behind = critical_speed_behind(hard, budget_s)
    assert behind is not None
    x, y = np.log(hard.held_s / budget_s), np.log(throttle)
    drawn = np.diag((HEIGHT_SCATTER**-2, SLOPE_SCATTER**-2)) * SCATTER**2
    height, slope = float(np.log(behind.hardest_m_per_s / speed_m_per_s)) / (1 + drawn[0, 0]), RIEGEL_SLOPE
    for _ in range(ROUNDS):
        near = y >= height - slope * x - NEAR
        terms = np.column_stack((np.ones(np.count_nonzero(near)), -x[near]))
        wanted = terms.T @ y[near] + drawn @ (0.0, RIEGEL_SLOPE)
        height, slope = np.linalg.solve(terms.T @ terms + drawn, wanted)
        slope = float(np.clip(slope, *SLOPE_BOUNDS))
    return 1 / slope, float(np.clip(budget_s * np.exp(height / slope), *BUDGET_BOUNDS_S)), near
