"""Fitness, fatigue and form from day to day, worked out from the athlete's first run on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from domain.shared.errors import BadUserInput
from domain.summaries.fitness import fitness
from domain.summaries.model import Window

MOST_DAYS = 3_660
# What was run four years before a day weighs 1e-15 of what is run on it, in the slower of the two means.
MEMORY_DAYS = 1_461


class TooManyDays(BadUserInput):
    """More days one by one than anybody looks at."""

    def __init__(self, days: int) -> None:
        super().__init__(
            f"From `from` to `to` are {days:,} days, and at most {MOST_DAYS:,} are told at once. "
            "Ask for some years at a time."
        )


@dataclass(frozen=True, slots=True)
class DailyLoad:
    """What the runs of one day came to: their load (an hour at threshold is 100), and how many have none."""

    load: float
    runs_without_load: int


REST_DAY = DailyLoad(0.0, 0)


@dataclass(frozen=True, slots=True)
class FitnessDay:
    """One day's load and what it leaves behind, all in points of load; see `fitness` for CTL, ATL and TSB."""

    date: date
    load: float
    runs_without_load: int
    ctl: float
    atl: float
    tsb: float


@dataclass(frozen=True, slots=True)
class DaysInRow:
    """The days from `first` to `last`, both included. Raises DaysReversed, TooManyDays."""

    first: date
    last: date

    def __post_init__(self) -> None:
        Window(self.first, self.last)
        days = (self.last - self.first).days + 1
        if days > MOST_DAYS:
            raise TooManyDays(days)

    @property
    def remembered(self) -> Window:
        """The days whose runs can be told from the fitness of these days."""
        return Window(self.first - min(timedelta(days=MEMORY_DAYS), self.first - date.min), self.last)

    def fitness(self, loads: Mapping[date, DailyLoad]) -> list[FitnessDay]:
        """Fitness on every one of these days; `loads` holds the days with runs, those before the first too.

        Days before the first run are zeros.
        """
        begin = min((self.first, *loads))
        daily = np.zeros((self.last - begin).days + 1)
        for day, of_day in loads.items():
            daily[(day - begin).days] = of_day.load
        state = fitness(daily)
        days = []
        for at in range((self.first - begin).days, len(daily)):
            day = begin + timedelta(days=at)
            of_day = loads.get(day, REST_DAY)
            ctl, atl, tsb = (round(float(values[at]), 2) + 0.0 for values in (state.ctl, state.atl, state.tsb))
            load = round(of_day.load, 1)
            days.append(FitnessDay(day, load, of_day.runs_without_load, ctl, atl, tsb))
        return days
