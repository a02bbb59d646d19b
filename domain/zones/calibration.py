"""A runner's own cost of slopes, learned from their runs: it takes out of a score what tables leave of steepness."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

KNOTS = np.arange(-30, 31, 5) / 100
LEVEL = int(np.flatnonzero(KNOTS == 0)[0])
RIDGE = 1.0
HUBER = 1.345
LEAST_SCATTER = 0.01
ROUNDS = 10

FIRST_SEGMENTS = 200
FEWEST_RUNS = 3
MORE_BY = 1.5
MORE_AT_MOST = 2_000
LATEST_SEGMENTS = 4_000


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a slope does to one runner's score: `log_gain` is g at each of `KNOTS`, 0 on the level.

    `drift_per_hour` is how the logarithm of the score changes with an hour of running; `segments` is how many stretches
    both were learned from.
    """

    log_gain: tuple[float, ...]
    drift_per_hour: float
    segments: int

    def calibrated(self, score: Floats, mean_grade: Floats) -> Floats:
        """Scores as if each stretch had been level: score · e^g(grade), shape (m,); beyond ±30 % the g of the end."""
        return np.asarray(score * np.exp(np.interp(mean_grade, KNOTS, self.log_gain)))

    def detrended(self, score: Floats, mean_grade: Floats, time_s: Floats) -> Floats:
        """Calibrated scores without the usual drift, as if run at the start: `time_s` in the run, shape (m,) each."""
        return self.calibrated(score, mean_grade) * np.exp(-self.drift_per_hour * time_s / 3600)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The calibration that `as_dict` was taken of."""
        return cls(tuple(plain["log_gain"]), float(plain["drift_per_hour"]), int(plain["segments"]))


def fit_calibration(score: Floats, mean_grade: Floats, time_s: Floats, run_index: NDArray[np.int64]) -> Calibration:
    """Learn g from stretches in the order of time, shape (m,) each; the latest 4,000 count, and no NaN.

    log score = how the day was + drift · hours − g(grade), with a level for each run (`run_index`, any whole numbers),
    so that good days are not taken for the slopes they were run on. g is linear between knots every 5 % and 0 on the
    level. Least squares with Huber's weights (1964, doi 10.1214/aoms/1177703732; 1.345 of the scatter), refitted ten
    times, and a ridge of one observation at each knot towards g = 0: where a runner seldom went, the table stands.
    """
    told = np.flatnonzero(np.isfinite(score) & (score > 0))[-LATEST_SEGMENTS:]
    if told.size == 0:
        return Calibration((0.0,) * KNOTS.size, 0.0, 0)
    _, run = np.unique(run_index[told], return_inverse=True)
    wanted = np.log(score[told])
    terms = np.column_stack((_hats(mean_grade[told]), time_s[told] / 3600))
    weight = np.ones(told.size)
    for _ in range(ROUNDS):
        centred = terms - _means_of_runs(terms, weight, run)[run]
        missing = wanted - _means_of_runs(wanted[:, None], weight, run)[run, 0]
        weighted = centred.T * weight
        solution = np.linalg.solve(weighted @ centred + RIDGE * np.eye(terms.shape[1]), weighted @ missing)
        rest = np.abs(missing - centred @ solution)
        scatter = max(1.4826 * float(np.median(rest)), LEAST_SCATTER)
        weight = np.minimum(1.0, HUBER * scatter / np.maximum(rest, LEAST_SCATTER * HUBER))
    gain = np.insert(-solution[:-1], LEVEL, 0.0)
    return Calibration(tuple(gain.tolist()), float(solution[-1]), int(told.size))


def calibration_runs(counts: Sequence[int] | NDArray[np.int64]) -> int:
    """How many of the first runs the calibration is fitted on, 0 for none yet; `counts` are scored segments by run.

    Runs are in the order of their starts. The fit is made anew where the segments so far reach 200, then half as many
    again, but never more than 2,000 more, and not before the third run that has any. So it hangs on the history alone,
    not on when it is computed, and a new run seldom changes it.
    """
    so_far = np.cumsum(np.asarray(counts, dtype=np.int64))
    scored = np.flatnonzero(np.diff(so_far, prepend=0) > 0)
    if scored.size < FEWEST_RUNS or so_far[-1] < FIRST_SEGMENTS:
        return 0
    threshold = float(FIRST_SEGMENTS)
    while (further := min(threshold * MORE_BY, threshold + MORE_AT_MOST)) <= so_far[-1]:
        threshold = further
    reached = int(np.searchsorted(so_far, threshold))
    return max(reached, int(scored[FEWEST_RUNS - 1])) + 1


def _hats(grade: Floats) -> Floats:
    """How near each grade is to each knot, 1 on it to 0 at the next: shape (m, knots − 1), the level one left out."""
    inside = np.clip(grade, KNOTS[0], KNOTS[-1])
    hats = np.maximum(0.0, 1 - np.abs(inside[:, None] - KNOTS) / (KNOTS[1] - KNOTS[0]))
    return np.delete(hats, LEVEL, axis=1)


def _means_of_runs(columns: Floats, weight: Floats, run: NDArray[np.intp]) -> Floats:
    """Weighted mean of each column in each run: shape (runs, columns)."""
    total = np.bincount(run, weights=weight)
    return np.column_stack([np.bincount(run, weights=weight * column) / total for column in columns.T])
