"""One unit on its way to one goal: how throttles move it, and what a way of getting there costs.

A unit of mass m and friction f has the speed v at the distance d from its goal and flies straight at it. Each tick has
a throttle u: v ← (v + u/m)·r with r = 1 − f, then the unit moves v. This is Keller's model of running (1974) in steps
of one tick: a push against a resistance that grows with speed.

A throttle with q ticks to go, its own among them, buys A_q·u/m of distance, A_q = r + r² + … + r^q, and leaves r^q·u/m
of speed at the end. As r^q = 1 − A_q·f/r, the speed at the end is v₀ + U/m − D·f/r: all that counts of a flight is
how many ticks it takes, how many throttles are not 0, their sum U, and the distance D that is covered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

MOST_TICKS = 100
FULL = 300
LANDING_SPEED = 5.0
SPEED_COST = 0.5  # of each unit of speed past LANDING_SPEED at the end
TICK_COST = 0.01
THRUST_COST = 0.01  # of each throttle that is not 0


@dataclass(frozen=True)
class Flight:
    """What is to be solved: `distance` ≥ 0 to the goal, `speed` ≥ 0 towards it, `mass` > 0, 0 ≤ `friction` < 1.

    Lengths are in the unit of the coordinates, times in ticks, throttles in units of push, masses in push per speed.
    """

    distance: float
    speed: float
    mass: float
    friction: float

    @cached_property
    def kept(self) -> Floats:
        """r^q for q of 0 to MOST_TICKS: what is left of a speed after q ticks."""
        return np.power(1.0 - self.friction, np.arange(MOST_TICKS + 1))

    @cached_property
    def carried(self) -> Floats:
        """A_q for q of 0 to MOST_TICKS: how far a push carries in q ticks, times the mass."""
        return np.concatenate(([0.0], np.cumsum(self.kept[1:])))

    @cached_property
    def within_reach(self) -> bool:
        """Whether full throttle for MOST_TICKS covers the distance."""
        return bool(self.distance <= self.speed * self.carried[-1] + FULL * self.carried.sum() / self.mass)

    def covered(self, throttles: Sequence[int]) -> Floats:
        """How far the unit has come after each tick. Throttles are 0 to FULL, one a tick."""
        speed, place = self.speed, 0.0
        places = []
        for throttle in throttles:
            speed = (speed + throttle / self.mass) * (1.0 - self.friction)
            place += speed
            places.append(place)
        return np.array(places)

    def score(self, throttles: Sequence[int]) -> float:
        """What a flight of 1 to MOST_TICKS throttles costs; less is better.

        |d − D| + 0.5·p + 0.01·n + 0.01·#{u ≠ 0}, p being how much the speed at the end exceeds 5.
        """
        places = self.covered(throttles)
        speed = places[-1] - (places[-2] if len(places) > 1 else 0.0)
        thrusts = sum(throttle != 0 for throttle in throttles)
        missed = abs(self.distance - places[-1])
        too_fast = max(0.0, speed - LANDING_SPEED)
        return float(missed + SPEED_COST * too_fast + TICK_COST * len(places) + THRUST_COST * thrusts)
