"""For how long an athlete holds how much: the line that their hardest runs lie on, by how long they lasted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.pacing.ran import Ran
from domain.pacing.usual import RIEGEL, Habits
from domain.physiology.critical_speed import Effort
from domain.runs.recording import Floats

SHORTEST_S = 1200.0
RIEGEL_EXPONENT = RIEGEL / (RIEGEL - 1)
# By how much of the throttle a run may lie under the line and still be taken for a hard one, round by round.
NEAR = (0.08, 0.08, 0.07, 0.06, 0.05, 0.04, 0.04)
SCATTER = 0.03
# How sure Riegel's rule and the usual budget are, one standard deviation: of 1 / p (1.06 ± 0.02), and of throttle.
SLOPE_SCATTER = 0.02
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
    speed, own = habits.ways.speed_m_per_s(ran, at), habits.ways.cost.at(ran.grade)
    walked = at / (ran.walking * own) > at / (ran.running * own)
    used = np.minimum(speed * own * np.where(walked, ran.walking, ran.running) / at, 1.0)
    loaded = np.bincount(ran.run, weights=ran.time_s * used**RIEGEL_EXPONENT)
    long = np.flatnonzero((took > 0) & (loaded >= SHORTEST_S))
    further = [(one.time_s, (one.distance_m - d_prime_m) / one.time_s) for one in efforts if one.time_s >= SHORTEST_S]
    by_efforts = np.array(further).reshape(-1, 2)
    return Sustained(np.append(loaded[long], by_efforts[:, 0]), np.append(level[long], by_efforts[:, 1]))


def critical_speed_behind(hard: Sustained, budget_s: float) -> float | None:
    """The critical speed (m/s) that the hardest of these runs takes by Riegel's rule, if throttle 1 is held for
    `budget_s`; the second hardest of five or more, for one may be a fault of the recording. None without any."""
    if not hard.held_s.size:
        return None
    speeds = np.sort(hard.level_m_per_s * (hard.held_s / budget_s) ** (1 / RIEGEL_EXPONENT))
    return float(speeds[-2] if speeds.size >= 5 else speeds[-1])


def endurance_of(hard: Sustained, speed_m_per_s: float, budget_s: float) -> Endurance:
    """Exponent p and budget K (s) of T · u^p = K, where throttle 1 runs `speed_m_per_s` on the level.

    A training run says only that so much can be held, not that no more can. So the line starts as Riegel's through
    `budget_s` (T ∝ length^1.06 gives p = 1.06 / 0.06 = 17.7), and takes up, round by round, the runs that none outdid
    both in time and power and that lie at most 8 %, then less down to 4 %, of throttle below it: log u = height − slope · log(T / budget), by
    least squares of a scatter of 3 %, drawn to Riegel's slope (± 0.02) and height (± 5 %). An easy run
    never pulls it down.
    """
    x, y = np.log(hard.held_s / budget_s), np.log(np.maximum(hard.level_m_per_s / speed_m_per_s, 1e-3))
    outer = np.array([not np.any((x > one) & (y > other)) for one, other in zip(x, y, strict=True)], dtype=np.bool_)
    height, slope, runs = 0.0, 1 / RIEGEL_EXPONENT, 0
    for by in NEAR:
        near = outer & (y >= height - slope * x - by)
        runs = int(np.count_nonzero(near))
        terms = np.column_stack((np.ones(runs), -x[near])) / SCATTER
        drawn = np.diag((HEIGHT_SCATTER**-2, SLOPE_SCATTER**-2))
        wanted = terms.T @ y[near] / SCATTER + drawn @ (0.0, 1 / RIEGEL_EXPONENT)
        height, slope = np.linalg.solve(terms.T @ terms + drawn, wanted)
        slope = float(np.clip(slope, *SLOPE_BOUNDS))
    budget = float(np.clip(budget_s * np.exp(height / slope), *BUDGET_BOUNDS_S))
    return Endurance(1 / slope, budget, runs)
