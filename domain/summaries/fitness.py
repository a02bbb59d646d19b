"""Fitness, fatigue and form: how the loads of many days add up in a runner, and fade."""

from dataclasses import dataclass
from itertools import accumulate
from math import exp

import numpy as np

from domain.runs.recording import Floats

FITNESS_DAYS = 42.0
FATIGUE_DAYS = 7.0


@dataclass(frozen=True, slots=True, eq=False)
class Fitness:
    """Per day, in the unit of the loads, shape (n,) each.

    `ctl` (chronic training load) is fitness, `atl` (acute training load) is fatigue, both at the day's end; `tsb`
    (training stress balance) is form at the day's beginning.
    """

    ctl: Floats
    atl: Floats
    tsb: Floats


def fitness(daily_loads: Floats) -> Fitness:
    """CTL, ATL and TSB from the loads of consecutive days of the runner's own calendar, shape (n,), finite and ≥ 0.

    The first day is that of the runner's first run, before which all are 0; a day without a run has load 0. CTL and ATL
    are exponentially weighted means with time constants of 42 and 7 days, each day by α = 1 − e^(−1/τ); TSB is
    yesterday's CTL − yesterday's ATL. Banister's impulse response in Coggan's form (performance manager, 2003), valid
    for loads of one scale; the first 42 days or so are too low, because nothing is known of the days before.
    """
    ctl, atl = _faded(daily_loads, FITNESS_DAYS), _faded(daily_loads, FATIGUE_DAYS)
    tsb = np.zeros(daily_loads.size)
    tsb[1:] = ctl[:-1] - atl[:-1]
    return Fitness(ctl, atl, tsb)


def _faded(daily_loads: Floats, days: float) -> Floats:
    alpha = 1 - exp(-1 / days)
    levels = accumulate(daily_loads.tolist(), lambda level, load: level + alpha * (load - level), initial=0.0)
    return np.fromiter(levels, dtype=np.float64, count=daily_loads.size + 1)[1:]
