"""Flights with a handful of units of push, where whole throttles are coarse: all of them are looked at."""

from dataclasses import dataclass
from math import comb

import numpy as np

from domain.throttle.bounds import NEARLY, landing
from domain.throttle.flight import FULL, LANDING_SPEED, SPEED_COST, THRUST_COST, TICK_COST, Flight, Floats, Whole

MOST_AT_ONCE = 60_000  # flights of one number of ticks


@dataclass(frozen=True, slots=True)
class FewUnits:
    """All flights of n ticks that can cost less than `score`, as far as that is decided by their sums of throttles."""

    flight: Flight
    n: int
    score: float

    @property
    def ways(self) -> int:
        """How many flights there are; where they are more than MOST_AT_ONCE, any number past it."""
        least, most = self._sums()
        ways = 0
        for push in range(least, most + 1):
            ways += comb(self.n + push - 1, push)
            if ways > MOST_AT_ONCE or push > FULL:
                return MOST_AT_ONCE + 1
        return ways

    def best(self) -> tuple[float, Whole]:
        """The least score of all flights there are, infinite for none, and the flight that has it."""
        flight, n = self.flight, self.n
        least, most = self._sums()
        needed = np.array(flight.mass * (flight.distance - flight.speed * flight.carried[n]))
        score, best = np.inf, np.zeros(n, dtype=np.int64)
        places = np.zeros((1, 0), dtype=np.int64)  # of each unit of push, by ticks to go, the earliest first
        for push in range(most + 1):
            if push:
                places = _with_one_more(places, n)
            if push >= least:
                costs = landing(flight, np.array(n), needed, np.array(float(push)), _carried(flight, places))
                costs = costs + TICK_COST * n + THRUST_COST * _distinct(places)
                at = int(costs.argmin())
                if costs[at] < score:
                    score, best = float(costs[at]), np.bincount(n - places[at], minlength=n)
        return score, best

    def _sums(self) -> tuple[int, int]:
        """The least and the greatest sum with which missing the goal or landing too fast costs no more than `score`."""
        flight, n = self.flight, self.n
        left = flight.distance - flight.speed * flight.carried[n]
        least = (left - self.score) * flight.mass / flight.carried[n] - NEARLY
        most_carried = max(left + self.score, 0.0) * flight.mass
        speed = LANDING_SPEED + self.score / SPEED_COST - flight.speed * flight.kept[n]
        slow_enough = speed * flight.mass + most_carried * flight.friction / (1 - flight.friction)
        not_too_far = most_carried / (1 - flight.friction)  # all in the last tick
        most = np.floor(min(slow_enough, not_too_far) + NEARLY)
        return int(np.ceil(np.clip(least, 0, MOST_AT_ONCE))), int(np.clip(most, -1, FULL if n == 1 else MOST_AT_ONCE))


def _with_one_more(places: Whole, n: int) -> Whole:
    """Each way with one more unit, which works no earlier than the others: so each way comes once."""
    last = places[:, -1] if places.shape[1] else np.full(len(places), n)
    parent = np.repeat(np.arange(len(places)), last)
    place = np.arange(len(parent)) - np.repeat(np.cumsum(last) - last, last) + 1
    return np.column_stack((places[parent], place))


def _carried(flight: Flight, places: Whole) -> Floats:
    carried: Floats = flight.carried[places].sum(axis=1)
    return carried


def _distinct(places: Whole) -> Whole:
    """How many throttles are not 0."""
    distinct: Whole = (places.shape[1] > 0) + np.count_nonzero(np.diff(places, axis=1), axis=1)
    return distinct
