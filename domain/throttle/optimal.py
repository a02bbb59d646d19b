"""The best throttles, or ones that are provably all but the best: search in the order of the bounds."""

import numpy as np

from domain.throttle.bounds import filled_first, lower_bounds
from domain.throttle.completions import Completions, one_throttle
from domain.throttle.few import FewUnits
from domain.throttle.flight import FULL, MOST_TICKS, Flight, Floats, Whole
from domain.throttle.model import Found
from domain.throttle.polish import polished

NEAR_ENOUGH = 1e-9  # of the score: what is this near to the bound is not worth a further look
MOST_LOOKS = 24  # at pairs of ticks and throttles; past three or four they only ever help where masses are tiny
MOST_WAYS = 60_000  # of those that are tried one by one


def optimal(flight: Flight, seed: int = 0, *, ticks: int = MOST_TICKS) -> Found:
    """Throttles for a flight within reach, and the bound that shows how much better others could be at most.

    Chance has no part in it: `seed` is there because strategies have one. At most `ticks` are looked at.
    """
    del seed
    search = _Search(flight, one_throttle(flight, ticks), lower_bounds(flight, ticks))
    search.in_order_of_bounds()
    search.one_by_one()
    search.to_the_last()
    return Found(tuple(search.best.tolist()), bound=min(search.score, float(search.bounds.min())))


class _Search:
    """The best flight so far, and what is known of all flights: bounds by ticks and throttles (see lower_bounds)."""

    def __init__(self, flight: Flight, best: Whole, bounds: Floats) -> None:
        self._flight, self._ticks = flight, len(bounds)
        self.best, self.score = best, flight.score(best.tolist())
        self.bounds = bounds
        self.bounds[:, :2] = np.maximum(bounds[:, :2], self.score)  # nothing with one throttle or none is better

    def in_order_of_bounds(self) -> None:
        """Look for whole throttles where the bound leaves most hope."""
        filled = filled_first(self._flight, self._ticks)
        for place in np.argsort(self.bounds, axis=None, kind="stable")[:MOST_LOOKS]:
            row, throttles = divmod(int(place), self._ticks + 1)
            if self.bounds[row, throttles] >= self.score - NEAR_ENOUGH:
                break
            for found in _with(Completions(self._flight, row + 1, filled[row]), throttles):
                self._keep(found)

    def one_by_one(self) -> None:
        """Where a gap is left and few units do, look at all flights of a number of ticks: its bound is exact."""
        left = MOST_WAYS
        for row in np.argsort(self.bounds.min(axis=1), kind="stable"):
            if self.bounds[row].min() >= self.score - NEAR_ENOUGH:
                break
            tried = FewUnits(self._flight, int(row) + 1, self.score).best(left)
            if tried is None:
                break
            left -= tried.ways
            self._keep(tried.throttles)
            self.bounds[row] = np.maximum(self.bounds[row], min(tried.score, self.score))

    def to_the_last(self) -> None:
        """Without friction all flights end at the same few places; else units of push can be placed finer."""
        if self._flight.friction > 0 and self.bounds.min() < self.score - NEAR_ENOUGH:
            self._keep(polished(self._flight, self.best))

    def _keep(self, found: Whole) -> None:
        score = self._flight.score(found.tolist())
        if score < self.score:
            self.best, self.score = found, score


def _with(completions: Completions, throttles: int) -> list[Whole]:
    """Candidates with so many throttles that are not 0, or about so many."""
    sums = [completions.least_sum() + more for more in range(3)]
    found = [completions.of_two(max(throttles - 2, 0))]
    found += [completions.of_sum(one) for one in sums if one <= FULL * throttles]
    return [one for one in found if one is not None]
