"""Whole throttles that come as near to a bound as they can: of one, of two beside full ones, or of a given sum."""

from dataclasses import dataclass

import numpy as np

from domain.throttle.bounds import NEARLY, landing
from domain.throttle.flight import (
    FULL,
    LANDING_SPEED,
    SPEED_COST,
    THRUST_COST,
    TICK_COST,
    Flight,
    Floats,
    Whole,
)
from domain.throttle.moves import moves_that_take

LEAST_KEPT = 1e-30  # of a speed: where less is left, no throttle makes it too fast, or it does not matter when


def one_throttle(flight: Flight, ticks: int) -> Whole:
    """The best flight of at most `ticks` in which at most one throttle is not 0.

    Exact: with the tick given, the score is convex in a throttle that is not 0, and bends where the goal is hit and
    where the speed at the end is just not too fast.
    """
    n, q = np.arange(1, ticks + 1)[:, None], np.arange(1, ticks + 1)
    needed = flight.mass * (flight.distance - flight.speed * flight.carried[n])
    own = flight.speed * flight.kept[n]
    hits = needed / flight.carried[q]
    slow = (LANDING_SPEED - own) * flight.mass / np.maximum(flight.kept[q], LEAST_KEPT)
    bends = np.stack([np.zeros_like(hits), np.floor(hits), np.ceil(hits), np.floor(slow), np.ceil(slow)])
    throttle = np.clip(np.nan_to_num(bends), 0, FULL)
    missed = np.abs(needed - throttle * flight.carried[q]) / flight.mass
    too_fast = np.maximum(0.0, own + throttle * flight.kept[q] / flight.mass - LANDING_SPEED)
    costs = missed + SPEED_COST * too_fast + TICK_COST * n + THRUST_COST * (throttle > 0)
    costs[:, q > n] = np.inf
    which, row, column = np.unravel_index(int(costs.argmin()), costs.shape)
    throttles = np.zeros(row + 1, dtype=np.int64)
    throttles[row - column] = throttle[which, row, column]
    return throttles


@dataclass(frozen=True, slots=True)
class Completions:
    """Flights of n ticks, begun with full throttles; `filled` is what k of those carry (see filled_first)."""

    flight: Flight
    n: int
    filled: Floats

    @property
    def needed(self) -> float:
        """What all throttles together have to carry, times the mass."""
        return float(self.flight.mass * (self.flight.distance - self.flight.speed * self.flight.carried[self.n]))

    def least_sum(self) -> int:
        """The greatest whole sum of throttles that does not go too far; one more covers the distance."""
        full = int((self.filled[1 : self.n + 1] <= self.needed).sum())
        left = max(self.needed - self.filled[full], 0.0)
        return FULL * full + (int(left / self.flight.carried[self.n - full] + NEARLY) if full < self.n else 0)

    def of_two(self, full: int) -> Whole | None:
        """So many full throttles and then the best two, the first of them next after the full ones.

        Exact for `full` and that place. None where the full ones go too far.
        """
        first, rest = self.n - full, self.needed - self.filled[full]
        if rest < 0:
            return None
        one, other, place = self._two(first, rest, full)
        throttles = np.zeros(self.n, dtype=np.int64)
        throttles[:full] = FULL
        throttles[full] = one
        if other:
            throttles[self.n - place] = other
        return throttles

    def _two(self, first: int, rest: float, full: int) -> tuple[int, int, int]:
        carried = self.flight.carried
        place, other = np.arange(first)[:, None], np.arange(FULL + 1)
        by_other = carried[place] * other
        one = np.floor((rest - by_other) / carried[first]) + np.arange(2)[:, None, None]
        fits = one >= 0
        one = np.clip(one, 0, FULL)
        sum_carried = self.filled[full] + one * carried[first] + by_other
        sums = FULL * full + one + other
        costs = landing(self.flight, np.array(self.n), np.array(self.needed), sums, sum_carried)
        costs = costs + THRUST_COST * ((one > 0).astype(float) + (other > 0))
        costs[~fits] = np.inf
        which, row, column = np.unravel_index(int(costs.argmin()), costs.shape)
        return int(one[which, row, column]), int(column), int(row)

    def of_sum(self, push: int) -> Whole | None:
        """Throttles of this sum that carry about what is needed; None where the sum does not fit.

        "Fill earliest first" carries farthest; moves of push to later ticks take what is too much of it.
        """
        full, last = divmod(push, FULL)
        if last == 0 and full > 0:
            full, last = full - 1, FULL
        if full >= self.n:
            return None
        throttles = np.zeros(self.n, dtype=np.int64)
        throttles[:full], throttles[full] = FULL, last
        excess = float(self.filled[full] + last * self.flight.carried[self.n - full] - self.needed)
        for units, place in moves_that_take(self.flight, self.n, full, last, excess):
            throttles[full] -= units
            throttles[self.n - place] += units
        return throttles
