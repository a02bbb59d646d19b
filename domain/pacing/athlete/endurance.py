"""For how long an athlete holds how much: the line that their hardest runs lie on, by how long they lasted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.pacing.athlete.ran import Ran
from domain.pacing.athlete.usual import RIEGEL, Habits
from domain.physiology.critical_speed import Effort
from domain.runs.recording import Floats

SHORTEST_S = 1200.0
RIEGEL_EXPONENT = RIEGEL / (RIEGEL - 1)
RIEGEL_SLOPE = 1 / RIEGEL_EXPONENT
# By how much of the throttle a run may lie under the line and still be taken for a hard one.
NEAR = 0.05
ROUNDS = 6
# One standard deviation: of runs about the line (days differ), and of how sure Riegel's slope and the usual height are.
SCATTER = 0.06
SLOPE_SCATTER = 0.03
HEIGHT_SCATTER = 0.05
SLOPE_BOUNDS = (0.03, 0.12)
BUDGET_BOUNDS_S = (900.0, 10_800.0)


@dataclass(frozen=True, slots=True, eq=False)
class Sustained:
    """Runs and efforts of 20 minutes and more: how long each was held (s), and how fast its power runs on the level
    (m/s): shape (n,) each."""

    held_s: Floats
    level_m_per_s: Floats


@dataclass(frozen=True, slots=True)
class Endurance:
    """Throttle u can be held for budget / u^exponent seconds; `runs` is how many hard runs say so beside Riegel."""

    exponent: float
    budget_s: float
    runs: int

    @property
    def slower(self) -> float:
        """By what share the throttle falls when a run takes twice as long."""
        return float(1 - 2 ** (-1 / self.exponent))


def sustained(ran: Ran, habits: Habits, efforts: Sequence[Effort], d_prime_m: float) -> Sustained:
    """What was held for how long. A run counts at the power at which it takes its time, for as long as no cap took the
    load off: Σ seconds · (used / that power)^17.7. A best effort counts as run on the level, less D′."""
    took = np.bincount(ran.run, weights=ran.time_s)
    level = habits.level_m_per_s[: took.size]
    at = level[ran.run]
    used = habits.ways.speeds(habits.ways.toll(ran), at).used_throttle
    loaded = np.bincount(ran.run, weights=ran.time_s * (used / at) ** RIEGEL_EXPONENT)
    long = np.flatnonzero((took > 0) & (loaded >= SHORTEST_S))
    further = [(one.time_s, (one.distance_m - d_prime_m) / one.time_s) for one in efforts if one.time_s >= SHORTEST_S]
    by_efforts = np.array(further).reshape(-1, 2)
    return Sustained(np.append(loaded[long], by_efforts[:, 0]), np.append(level[long], by_efforts[:, 1]))


def critical_speed_behind(hard: Sustained, budget_s: float) -> float | None:
    """The critical speed (m/s) that the hardest of these runs takes by Riegel's rule, if throttle 1 is held for
    `budget_s`; the second hardest of five or more, for one may be a fault of the recording. None without any."""
    if not hard.held_s.size:
        return None
    speeds = np.sort(hard.level_m_per_s * (hard.held_s / budget_s) ** RIEGEL_SLOPE)
    return float(speeds[-2] if speeds.size >= 5 else speeds[-1])


def endurance_of(hard: Sustained, speed_m_per_s: float, budget_s: float) -> Endurance:
    """Exponent p and budget K (s) of T · u^p = K, where throttle 1 runs `speed_m_per_s` on the level.

    A training run says only that so much can be held, not that no more can. So the line starts at Riegel's slope
    (T ∝ length^1.06 gives p = 1.06 / 0.06 = 17.7) through the hardest run, as `critical_speed_behind` has it, and goes,
    round by round, through all above it and those at most 5 % of throttle below: log u = height − slope · log(T /
    budget), by least squares of a scatter of 6 %, drawn to Riegel's slope (± 0.03) and to a height of 0 (± 5 %), its
    beginning too: where even the hardest runs lie some 9 % below Riegel's line through `budget_s`, none was hard, and
    that line stands.
    """
    behind = critical_speed_behind(hard, budget_s)
    if behind is None:
        return Endurance(RIEGEL_EXPONENT, budget_s, 0)
    x, y = np.log(hard.held_s / budget_s), np.log(np.maximum(hard.level_m_per_s / speed_m_per_s, 1e-3))
    drawn = np.diag((HEIGHT_SCATTER**-2, SLOPE_SCATTER**-2)) * SCATTER**2
    height, slope = float(np.log(behind / speed_m_per_s)) / (1 + drawn[0, 0]), RIEGEL_SLOPE
    for _ in range(ROUNDS):
        near = y >= height - slope * x - NEAR
        terms = np.column_stack((np.ones(np.count_nonzero(near)), -x[near]))
        wanted = terms.T @ y[near] + drawn @ (0.0, RIEGEL_SLOPE)
        height, slope = np.linalg.solve(terms.T @ terms + drawn, wanted)
        slope = float(np.clip(slope, *SLOPE_BOUNDS))
    budget = float(np.clip(budget_s * np.exp(height / slope), *BUDGET_BOUNDS_S))
    return Endurance(1 / slope, budget, int(np.count_nonzero(near)))
