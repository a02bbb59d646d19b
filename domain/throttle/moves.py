"""Moves of push to later ticks, which change how far a flight carries a little and the sum of its throttles not at all.

"Fill earliest first" leaves full throttles, the last one, and nothing behind it. Units move from a full throttle to the
last one, or from the last one to a later tick, which is one more throttle that is not 0. Sums of two of the former are
sorted, and for each sum of a third and one of the latter the nearest is looked up: millions of ways in milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.throttle.flight import FULL, THRUST_COST, Flight, Floats, Whole

STEP = 1.0  # the most that one unit takes by working one tick less: to take too much by that may be nearer
MOST_EARLY, MOST_LATE, MOST_LATE_TWICE, MOST_LATE_THEN = 96, 4_000, 400, 100
Move = tuple[int, int]  # units taken from the last throttle, and the ticks to go of the one they go to


@dataclass(frozen=True, slots=True)
class _Moves:
    """Moves in a list, the first of which moves nothing; units are negative where they come to the last throttle."""

    takes: Floats
    units: Whole
    place: Whole

    @classmethod
    def of(cls, takes: Floats, places: Whole, sign: int, excess: float, most: int) -> "_Moves":
        """The first moves, by units, that take the excess or less, or hardly more; `takes` is [units − 1, place]."""
        fitting = np.flatnonzero(takes <= excess + STEP)[:most]
        units, column = np.divmod(fitting, max(len(places), 1))
        none = np.zeros(1, dtype=np.int64)
        return cls(
            np.concatenate(([0.0], takes.ravel()[fitting])),
            np.concatenate((none, sign * (units + 1))),
            np.concatenate((none, places[column])),
        )

    def chosen(self, *which: int) -> list[Move]:
        """Moves by their places in the list."""
        return [(int(self.units[at]), int(self.place[at])) for at in which if self.units[at]]


def moves_that_take(flight: Flight, n: int, full: int, last: int, excess: float) -> Sequence[Move]:
    """Moves that take about `excess` of what `full` throttles and the `last` one behind them carry, times the mass.

    Of n ticks; `last` is 1 to FULL, or 0 where there are no full ones. No move where there is no excess.
    """
    if excess <= 0 or last == 0:
        return []
    here = n - full
    later = np.arange(1, here)
    by_late = np.outer(np.arange(1, last + 1), flight.carried[here] - flight.carried[later])
    late = _Moves.of(by_late, later, 1, excess, MOST_LATE)
    room = FULL - last
    if not (full and room):
        return _two_late(flight, late, last, excess)
    earlier = np.arange(here + 1, n + 1)
    by_early = np.outer(np.arange(1, room + 1), flight.carried[earlier] - flight.carried[here])
    return _early_and_late(flight, _Moves.of(by_early, earlier, -1, excess, MOST_EARLY), late, room, excess)


def _two_late(flight: Flight, late: _Moves, last: int, excess: float) -> list[Move]:
    takes, units = late.takes[:MOST_LATE_TWICE], late.units[:MOST_LATE_TWICE]
    costs = np.abs(excess - takes[:, None] - takes) / flight.mass
    costs = costs + THRUST_COST * ((takes[:, None] > 0).astype(np.float64) + (takes > 0))
    costs[units[:, None] + units > last] = np.inf
    one, other = divmod(int(costs.argmin()), len(takes))
    return late.chosen(one, other)


def _early_and_late(flight: Flight, early: _Moves, late: _Moves, room: int, excess: float) -> list[Move]:
    pairs, taken = _pairs(early, room, excess)
    units = early.units[pairs // len(early.takes)] + early.units[pairs % len(early.takes)]
    later = late.takes[:MOST_LATE_THEN]
    by_both = (later[:, None] + early.takes).ravel()  # a third early move beside each late one
    after = np.minimum(np.searchsorted(taken, excess - by_both), len(taken) - 1)
    nearest = np.stack((after, np.maximum(after - 1, 0)))
    costs = np.abs(excess - by_both - taken[nearest]) / flight.mass
    costs += THRUST_COST * np.repeat(later > 0, len(early.takes))
    costs[units[nearest] + np.tile(early.units, len(later)) < -room] = np.inf
    which, both = np.unravel_index(int(costs.argmin()), costs.shape)
    at, third = divmod(int(both), len(early.takes))
    return early.chosen(*divmod(int(pairs[nearest[which, both]]), len(early.takes)), third) + late.chosen(at)


def _pairs(early: _Moves, room: int, excess: float) -> tuple[Whole, Floats]:
    """Pairs of moves, as places in the square of the list, by what they take; there is always the one of no moves."""
    sums = (early.takes[:, None] + early.takes).ravel()
    fits = (sums <= excess + STEP) & ((early.units[:, None] + early.units).ravel() >= -room)
    pairs = np.flatnonzero(fits)
    pairs = pairs[np.argsort(sums[pairs])]
    return pairs, sums[pairs]
