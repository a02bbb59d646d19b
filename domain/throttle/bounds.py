"""What no flight can beat: a lower bound of the score for each number of ticks and each number of throttles.

All flights with the same number n of ticks and the same sum U of throttles go back to one, "fill earliest first", which
carries farthest. Any other comes of it by steps that have one unit of push work one tick less. The step to q − 1 ticks
takes r^q of what is carried; c steps take at least the c smallest that can be had and at most the c largest. So what
remains lies in stretches, with gaps between them where U is small, f is small or the goal lies near the farthest place.
"""

from dataclasses import dataclass

import numpy as np

from domain.throttle.flight import (
    FULL,
    LANDING_SPEED,
    MOST_TICKS,
    SPEED_COST,
    THRUST_COST,
    TICK_COST,
    Flight,
    Floats,
    Whole,
)

NEARLY = 1e-9  # a part of a unit of push: what floats may be off
HALF = 0.5  # with less friction it never pays to fly past the goal, only to be slower
FINEST = 1e9  # steps; where so many fit in, they are finer than floats tell


def lower_bounds(flight: Flight, ticks: int = MOST_TICKS) -> Floats:
    """Bounds of the score, shape (ticks, ticks + 1): row n − 1 is of n ticks, column k of k throttles that are not 0.

    Columns past n are infinite. The score is convex in U and D taken as real numbers, and no U is better than the least
    that covers the distance: so of whole ones the next below, which falls short, and those from the next above on.
    """
    field = _Field.of(flight, ticks)
    n, k = field.ticks, np.arange(ticks + 1)
    full = (field.filled[:, 1:] <= field.aim[:, None]).sum(axis=1)
    left = field.aim - field.filled[n - 1, np.minimum(full, n)]
    part = np.divide(left, flight.carried[n - full], out=np.zeros(ticks), where=full < n)
    below = FULL * full + np.floor(part + NEARLY)
    above = FULL * full + np.ceil(part - NEARLY)
    short = field.cost(below, _Fill.of(field, below).carried)
    best = np.minimum.reduce([short, field.stepped(above), field.stepped(above + 1), field.smooth(above + 2)])
    best = np.where(full < n, best, np.inf)
    all_full = landing(
        flight,
        n[:, None],
        field.needed[:, None],
        FULL * k.astype(np.float64),
        np.where(k <= n[:, None], field.filled, 0.0),
    )
    costs = np.where(k >= (full + (part > NEARLY))[:, None], np.minimum(best[:, None], all_full), all_full)
    costs = costs + TICK_COST * n[:, None] + THRUST_COST * k
    return np.where(k <= n[:, None], costs, np.inf)


def landing(flight: Flight, n: Whole, needed: Floats, push: Floats, carried: Floats) -> Floats:
    """What missing the goal and landing too fast cost.

    Of n ticks, when `needed` had to be carried by the throttles and `carried` was, with the sum `push`.
    """
    lost = carried * (flight.friction / (1.0 - flight.friction))
    speed = flight.speed * flight.kept[n] + (push - lost) / flight.mass
    return np.abs(needed - carried) / flight.mass + SPEED_COST * np.maximum(0.0, speed - LANDING_SPEED)


def filled_first(flight: Flight, ticks: int) -> Floats:
    """What the k earliest of n throttles carry when they are full, [n − 1, k]; infinite for k > n."""
    sums = np.cumsum(flight.carried)
    n, k = np.arange(1, ticks + 1)[:, None], np.arange(ticks + 1)
    return np.where(k <= n, FULL * (sums[n] - sums[np.maximum(n - k, 0)]), np.inf)


@dataclass(frozen=True, slots=True)
class _Field:
    """One flight for each number of ticks at once: what throttles must carry, at full throttle can, and at least do."""

    flight: Flight
    ticks: Whole
    needed: Floats
    aim: Floats  # as needed, or 0 where the speed alone carries too far
    filled: Floats

    @classmethod
    def of(cls, flight: Flight, ticks: int) -> "_Field":
        n = np.arange(1, ticks + 1)
        needed = flight.mass * (flight.distance - flight.speed * flight.carried[n])
        return cls(flight, n, needed, np.maximum(needed, 0.0), filled_first(flight, ticks))

    def cost(self, push: Floats, carried: Floats) -> Floats:
        """See landing."""
        return landing(self.flight, self.ticks, self.needed, push, carried)

    def stepped(self, push: Floats) -> Floats:
        """The least cost with exactly this sum, at least what carries far enough: of the ends of the stretches."""
        fill = _Fill.of(self, push)
        excess = np.maximum(fill.carried - self.aim, 0.0)
        near, far = fill.gap(self, excess)
        return self._around(push, fill.carried - far, fill.carried - near, fill.carried)

    def smooth(self, push: Floats) -> Floats:
        """The least cost with this sum or more: of the stretches that all flights of n ticks lie in."""
        flight, r = self.flight, 1.0 - self.flight.friction
        steps = self.aim / r
        whole = np.minimum(np.ceil(steps - NEARLY), FINEST)
        rest = flight.carried[(whole % self.ticks).astype(np.int64)]
        least = np.floor(whole / self.ticks) * flight.carried[self.ticks] + rest
        apart = (least > self.aim) & (steps < FINEST)
        before = np.where(apart, np.floor(steps + NEARLY) * r, self.aim)
        behind = np.where(apart, least, self.aim)
        return self._around(push, before, behind, _Fill.of(self, push).carried)

    def _around(self, push: Floats, before: Floats, behind: Floats, farthest: Floats) -> Floats:
        """Of places up to `before` and from `behind` on; the score is convex, and with much friction falls past it."""
        flight, r = self.flight, 1.0 - self.flight.friction
        slowest = push * r * (1.0 - NEARLY)  # all in the last tick
        behind = np.maximum(behind, slowest)
        costs = self.cost(push, behind)
        if flight.friction > HALF:
            speed = flight.speed * flight.kept[self.ticks] - LANDING_SPEED + push / flight.mass
            slow = np.clip(speed * flight.mass * r / flight.friction, behind, np.maximum(farthest, behind))
            costs = np.minimum(costs, self.cost(push, slow))
        return np.minimum(costs, np.where(before >= slowest, self.cost(push, before), np.inf))


@dataclass(frozen=True, slots=True)
class _Fill:
    """Sums of throttles, one for each number of ticks, filled in from the earliest on."""

    full: Whole  # throttles before the last that is not 0
    last: Whole  # ticks to go with that one
    carried: Floats

    @classmethod
    def of(cls, field: _Field, push: Floats) -> "_Fill":
        full = np.clip(np.ceil(push / FULL).astype(np.int64) - 1, 0, field.ticks - 1)
        last = field.ticks - full
        carried = field.filled[field.ticks - 1, full] + (push - FULL * full) * field.flight.carried[last]
        return cls(full, last, carried)

    def gap(self, field: _Field, excess: Floats) -> tuple[Floats, Floats]:
        """Of what steps can take, the most that is no more than `excess`, and the least that is no less."""
        carried, kept = field.flight.carried, field.flight.kept
        # In the last tick of all a unit has nowhere to go: then what moves is a unit that comes to it.
        top = np.where(self.full > 0, np.maximum(self.last, 2), self.last)
        row = carried[top] - carried[1]  # one unit from there to the last tick of all
        rows = np.floor(np.divide(excess, row, out=np.zeros_like(row), where=row > 0))
        rest = excess - rows * row
        taken = carried[top][:, None] - carried[np.maximum(top[:, None] - np.arange(MOST_TICKS), 1)]
        steps = (taken < rest[:, None] - NEARLY).sum(axis=1)  # the fewest whose most is as much as `rest`
        before = rows * row + np.where(
            steps > 0, np.take_along_axis(taken, np.maximum(steps - 1, 0)[:, None], 1)[:, 0], 0.0
        )
        count = rows * (top - 1) + steps
        length = np.maximum(field.ticks - self.last, 1)
        rest_of_row = carried[self.last + np.minimum(count % length, field.ticks - self.last).astype(np.int64)]
        early = (
            np.floor(count / length) * (carried[field.ticks] - carried[self.last]) + rest_of_row - carried[self.last]
        )
        behind = np.where(self.full > 0, early, count * kept[self.last])
        return np.where(behind > excess, before, excess), np.maximum(behind, excess)
