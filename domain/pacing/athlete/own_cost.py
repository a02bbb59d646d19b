"""What slopes cost an athlete beside what they cost the people whom Minetti measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.ran import Ran
from domain.pacing.model import Knots
from domain.runs.recording import Floats

KNOTS = np.arange(-30, 31, 5) / 100
LEVEL = int(np.flatnonzero(KNOTS == 0)[0])
# How many stretches it takes at a knot to go half the way from Minetti to what they say.
RIDGE = 10.0
# A run's own drift is held to about 5 % an hour.
DRIFT_RIDGE = 2.0
HUBER = 1.345
LEAST_SCATTER = 0.01
# No slope costs anybody e^0.35 times what it cost those whom Minetti measured, or that part of it: wrong altitudes do.
MOST_LOG_COST = 0.35
ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class OwnCost:
    """h at each of `KNOTS`, shape (k,), 0 on the level, learned from so many `stretches`; in so many runs the heart
    rate told the effort. `level_m_per_s`, shape (m,): how fast the power of each stretch's run, at that time, runs on
    the level; NaN where the run tells nothing."""

    log_cost: Floats
    level_m_per_s: Floats
    stretches: int
    runs_by_heart: int = 0

    def at(self, grade: Floats) -> Floats:
        """e^h: how many times Minetti's cost a slope has; beyond ±30 % as there. Any shape in, the same out."""
        return np.asarray(np.exp(np.interp(grade, KNOTS, self.log_cost)))

    @property
    def knots(self) -> Knots:
        """h as a plan's runner has it."""
        return Knots(tuple(KNOTS.tolist()), tuple(self.log_cost.tolist()))


def fit_own_cost(ran: Ran, told: NDArray[np.bool_]) -> OwnCost:
    """Learn h from the stretches `told`, shape (m,), whose speed was up to their power and not to a cap.

    log(speed · Minetti's cost) = how the run was + its drift with time + β · log effort by heart rate − h(grade). Each
    run has a level, and a drift that a ridge holds to some 5 % an hour, so that good days and tired hours are not taken
    for the slopes they were run on. Where a run's heart rate follows its effort (`log_effort`) it tells who pushes up
    and rests on the way down, and β is learned along; elsewhere even effort is assumed. h is linear between knots every
    5 % and 0 on the level. Least squares with Huber's weights (1964, doi 10.1214/aoms/1177703732; 1.345 of the
    scatter), four rounds, and a ridge of ten stretches at each knot towards h = 0: where an athlete seldom went,
    Minetti stands. |h| is at most 0.35.
    """
    if not told.any():
        return OwnCost(np.zeros(KNOTS.size), np.full(told.size, np.nan), 0)
    known = ran.only(told)
    solution, runs = _robust(np.column_stack((-_hats(known.grade), known.effort)), known)
    by_heart = int(np.unique(known.run[known.effort != 0]).size)
    return OwnCost(np.insert(solution[:-1], LEVEL, 0.0), np.exp(runs.level_at(ran)), int(known.run.size), by_heart)


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """How each run was, shape (runs,): a level at an hour, and a drift an hour; NaN for those that tell nothing."""

    level: Floats
    hour: Floats
    drift: Floats

    def level_at(self, ran: Ran) -> Floats:
        """By stretch, shape (m,)."""
        inside = ran.run < self.level.size
        run = np.where(inside, ran.run, 0)
        level = self.level[run] + self.drift[run] * (ran.hours - self.hour[run])
        return np.where(inside, level, np.nan)


def _robust(terms: Floats, known: Ran) -> tuple[Floats, _Runs]:
    """The weights of the terms, shape (k,), and what they leave to each run."""
    wanted = np.log(known.level_m_per_s)
    # The heart's weight needs no ridge worth the name: it is one number, from all stretches.
    ridge = np.diag(np.where(np.arange(terms.shape[1]) < KNOTS.size - 1, RIDGE, 1e-6))
    columns = np.column_stack((terms, wanted))
    weight = np.ones(wanted.size)
    for _ in range(ROUNDS):
        products = _products(columns, weight, known)
        solution = np.linalg.solve(products[:-1, :-1] + ridge, products[:-1, -1])
        solution[:-1] = np.clip(solution[:-1], -MOST_LOG_COST, MOST_LOG_COST)
        missing = wanted - terms @ solution
        runs = _runs(missing, weight, known)
        rest = np.abs(missing - runs.level_at(known))
        scatter = max(1.4826 * float(np.median(rest)), LEAST_SCATTER)
        weight = np.minimum(1.0, HUBER * scatter / np.maximum(rest, LEAST_SCATTER * HUBER))
    return solution, runs


def _products(columns: Floats, weight: Floats, known: Ran) -> Floats:
    """Sums of the products of every two columns, less what the runs' own levels and drifts explain: shape (k, k)."""
    begins = np.flatnonzero(np.diff(known.run, prepend=-1))
    weighted = columns * weight[:, None]
    total = np.add.reduceat(weight, begins)
    sums = np.add.reduceat(weighted, begins, axis=0)
    hour = np.add.reduceat(weight * known.hours, begins) / total
    centre = known.hours - np.repeat(hour, np.diff(begins, append=known.run.size))
    along = np.add.reduceat(weighted * centre[:, None], begins, axis=0)
    spread = np.add.reduceat(weight * centre**2, begins) + DRIFT_RIDGE
    explained = sums.T @ (sums / total[:, None]) + along.T @ (along / spread[:, None])
    return np.asarray(columns.T @ weighted - explained)


def _runs(missing: Floats, weight: Floats, known: Ran) -> _Runs:
    with np.errstate(invalid="ignore"):
        total = np.bincount(known.run, weights=weight)
        level = np.bincount(known.run, weights=weight * missing) / total
        hour = np.bincount(known.run, weights=weight * known.hours) / total
    centre = weight * (known.hours - hour[known.run])
    spread = np.bincount(known.run, weights=centre * known.hours) + DRIFT_RIDGE
    return _Runs(level, hour, np.bincount(known.run, weights=centre * missing) / spread)


def _hats(grade: Floats) -> Floats:
    """How near each grade is to each knot, 1 on it to 0 at the next: shape (m, knots − 1), the level one left out."""
    inside = np.clip(grade, KNOTS[0], KNOTS[-1])
    hats = np.maximum(0.0, 1 - np.abs(inside[:, None] - KNOTS) / (KNOTS[1] - KNOTS[0]))
    return np.delete(hats, LEVEL, axis=1)
