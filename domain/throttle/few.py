"""Flights with a handful of units of push, where whole throttles are coarse: all of them are looked at."""

from dataclasses import dataclass

import numpy as np

from domain.throttle.bounds import NEARLY, landing
from domain.throttle.flight import FULL, LANDING_SPEED, SPEED_COST, THRUST_COST, TICK_COST, Flight, Floats, Whole


@dataclass(frozen=True, slots=True)
class FewUnits:
    """All flights of n ticks that can cost less than `score`, unit by unit of push."""

    flight: Flight
    n: int
    score: float

    def best(self, most_ways: int) -> "Tried | None":
        """The best of all there are; None where they are more than `most_ways`.

        A sum that is too fast at the end is not tried, nor are places from which a unit would carry too far.
        """
        flight, n = self.flight, self.n
        needed = flight.mass * (flight.distance - flight.speed * flight.carried[n])
        least, most, most_carried = self._bounds(needed)
        score, best, tried = np.inf, np.zeros(n, dtype=np.int64), 0
        ways = _Ways(np.zeros((1, 0), dtype=np.int64), np.zeros(1), np.full(1, n))
        for push in range(most + 1):
            tried += len(ways.carried)
            if tried > most_ways or push > FULL:
                return None
            if push >= least and len(ways.carried):
                costs = landing(flight, np.array(n), np.array(needed), np.array(float(push)), ways.carried)
                costs = costs + TICK_COST * n + THRUST_COST * _distinct(ways.places)
                at = int(costs.argmin())
                if costs[at] < score:
                    score, best = float(costs[at]), np.bincount(n - ways.places[at], minlength=n)
            ways = ways.with_one_more(flight, most_carried, most_ways)
        return Tried(score, best, tried)

    def _bounds(self, needed: float) -> tuple[int, int, float]:
        """The least and the greatest sum, and the most that is carried, where neither alone costs `score`."""
        flight, n, slack = self.flight, self.n, self.score * self.flight.mass
        least = max(needed - slack, 0.0) / flight.carried[n] - NEARLY
        most_carried = max(needed + slack, 0.0)
        speed = LANDING_SPEED + self.score / SPEED_COST - flight.speed * flight.kept[n]
        slow_enough = speed * flight.mass + most_carried * flight.friction / (1 - flight.friction)
        not_too_far = most_carried / (1 - flight.friction)  # all in the last tick
        most = np.floor(min(slow_enough, not_too_far) + NEARLY)
        return int(np.ceil(min(least, FULL + 1))), int(np.clip(most, -1, FULL + 1)), most_carried


@dataclass(frozen=True, slots=True)
class Tried:
    """The flight with the least score, infinite where there was none to try, and how many ways were tried."""

    score: float
    throttles: Whole
    ways: int


@dataclass(frozen=True, slots=True)
class _Ways:
    """Ways to place units of push: the ticks to go of each, the earliest first, and what they carry together."""

    places: Whole
    carried: Floats
    last: Whole  # the ticks to go of the latest

    def with_one_more(self, flight: Flight, most_carried: float, most_ways: int) -> "_Ways":
        """Each with one more unit, no earlier than the others, so that each way comes once, and not too far."""
        left = most_carried - self.carried + NEARLY
        room = np.searchsorted(flight.carried[1:], left, side="right")  # this many ticks to go and no more
        count = np.minimum(self.last, room)
        before = np.cumsum(count) - count
        count = np.where(before <= most_ways, count, 0)  # so many show already that they are too many
        parent = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count) + 1
        places = np.column_stack((self.places[parent], place))
        return _Ways(places, self.carried[parent] + flight.carried[place], place)


def _distinct(places: Whole) -> Whole:
    """How many throttles are not 0."""
    distinct: Whole = (places.shape[1] > 0) + np.count_nonzero(np.diff(places, axis=1), axis=1)
    return distinct
