"""The last millionths: units of push change places two by two, until a flight ends as near to the goal as can be."""

import numpy as np

from domain.throttle.flight import FULL, Flight, Floats, Whole

MOST_MOVES = 16_000
MOST_TRIED = 32  # pairs of moves, the nearest: two that meet in a throttle may not fit together


def polished(flight: Flight, throttles: Whole) -> Whole:
    """The same sum of throttles over the same ticks, none of them 0 that was not, nearer to the goal where it can be.

    A move takes units from one throttle to another and changes what is carried by their number times the difference of
    the two places. Moves are sorted, so that for each of them the one is looked up that best makes up what is missing.
    """
    n = len(throttles)
    by_ticks_left = flight.carried[n - np.arange(n)]
    needed = flight.mass * (flight.distance - flight.speed * flight.carried[n])
    missing = float(needed - throttles @ by_ticks_left)
    giving, taking, units, gains = _moves(throttles, by_ticks_left)
    for one, other in _pairs(gains, missing):
        changed = throttles.copy()
        for move in (one, other):
            changed[giving[move]] -= units[move]
            changed[taking[move]] += units[move]
        used = throttles > 0
        if changed[used].min(initial=FULL) >= 1 and changed.max(initial=0) <= FULL:
            return changed
    return throttles


def _moves(throttles: Whole, by_ticks_left: Floats) -> tuple[Whole, Whole, Whole, Floats]:
    """From which throttle, to which, how many units, and what that gains, by gain; the one of no units among them."""
    used = np.flatnonzero(throttles)
    giving, taking = (axis.ravel() for axis in np.meshgrid(used, used, indexing="ij"))
    most = np.where(giving == taking, 0, np.minimum(throttles[giving] - 1, FULL - throttles[taking]))
    units = np.arange(1, max(MOST_MOVES // max(len(giving), 1), 1) + 1)
    pair, count = np.nonzero(units <= most[:, None])
    none = np.zeros(1, dtype=np.int64)
    giving, taking = np.concatenate((none, giving[pair])), np.concatenate((none, taking[pair]))
    units = np.concatenate((none, units[count]))
    gains = units * (by_ticks_left[taking] - by_ticks_left[giving])
    order = np.argsort(gains)
    return giving[order], taking[order], units[order], gains[order]


def _pairs(gains: Floats, missing: float) -> list[tuple[int, int]]:
    """The pairs of moves that leave least missing, the best first, down to what is missing without any."""
    after = np.minimum(np.searchsorted(gains, missing - gains), len(gains) - 1)
    nearest = np.stack((after, np.maximum(after - 1, 0)))
    left, others = np.abs(missing - gains - gains[nearest]).ravel(), nearest.ravel()
    few = np.argpartition(left, min(MOST_TRIED, left.size - 1))[:MOST_TRIED]
    best = few[np.argsort(left[few])]
    return [(int(at % len(gains)), int(others[at])) for at in best if left[at] < abs(missing)]
