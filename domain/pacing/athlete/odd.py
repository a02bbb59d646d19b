"""Runs that no model explains: rides, strolls uphill, and runs whose speeds or altitudes are not to be believed."""

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.ran import Ran
from domain.pacing.athlete.ways import SURELY_RUN_FROM
from domain.runs.recording import Floats

# Nobody holds more for 20 minutes: 10 km have been run at 6.4 m/s.
FASTEST_M_PER_S = 6.6
SHORTEST_S = 1200.0
# So many times as hard as the middle of so many runs nobody runs who has run those.
TOO_HARD = 1.6
FEWEST_RUNS = 5
# Walked all along, and with less power than this speed of running takes: a stroll, however steep.
WALKED = 0.95
STROLLED_M_PER_S = 2.0
# Nor does anybody run with less power than this: it is that of a stroll on level ground.
SLOWEST_M_PER_S = 1.0
# Half of the stretches are off by more than a factor of e^0.4 (recorded trail runs: e^0.13); or slopes explain clearly
# less of them than none would.
OFF = 0.4
OFF_BY_SLOPE = 0.2
WORSE = 1.5


def odd_runs(ran: Ran) -> NDArray[np.bool_]:
    """Whether each run is one, shape (runs,). A run without stretches is none."""
    took = np.bincount(ran.run, weights=ran.time_s)
    there = took > 0
    level = np.bincount(ran.run, weights=ran.time_s * ran.level_m_per_s) / np.maximum(took, 1.0)
    odd = (level < SLOWEST_M_PER_S) | ((level > FASTEST_M_PER_S) & (took >= SHORTEST_S))
    if np.count_nonzero(there) >= FEWEST_RUNS:
        odd |= level > TOO_HARD * np.median(level[there])
    walked = np.bincount(ran.run, weights=ran.time_s * ran.walked)
    odd |= (walked >= WALKED * took) & (level < STROLLED_M_PER_S)
    return np.asarray(there & (odd | _unexplained(ran, took.size)), dtype=np.bool_)


def _unexplained(ran: Ran, runs: int) -> NDArray[np.bool_]:
    """Whether speeds follow neither an even power by Minetti nor an even speed; or follow the even speed so much better
    that the slopes must be wrong. Descents say nothing, where nerve is the bound."""
    told = ran.only(ran.grade >= SURELY_RUN_FROM)
    by_slope = _scatter(told.run, np.log(told.level_m_per_s), runs)
    by_none = _scatter(told.run, np.log(told.speed_m_per_s), runs)
    wrong_slopes = (by_slope > OFF_BY_SLOPE) & (by_slope > WORSE * by_none)
    return np.asarray((np.minimum(by_slope, by_none) > OFF) | wrong_slopes)


def _scatter(run: NDArray[np.int64], values: Floats, runs: int) -> Floats:
    """The median distance from the median of each run, shape (runs,); 0 without any."""
    return _medians(run, np.abs(values - _medians(run, values, runs)[run]), runs)


def _medians(run: NDArray[np.int64], values: Floats, runs: int) -> Floats:
    """The median of each run, shape (runs,): the lower one of two; 0 without any."""
    count = np.bincount(run, minlength=runs)
    ends = np.cumsum(count)
    ordered = values[np.lexsort((values, run))]
    middle = np.zeros(runs)
    some = count > 0
    middle[some] = ordered[(ends - count + (count - 1) // 2)[some]]
    return middle
