"""From a flight to its solution, whatever the strategy."""

import numpy as np

from domain.throttle.bounds import lower_bounds
from domain.throttle.flight import FULL, MOST_TICKS, Flight
from domain.throttle.model import Found, Solution, ThrottleStrategy
from domain.throttle.ports import Solver


def solve(flight: Flight, strategy: ThrottleStrategy, solver: Solver, seed: int) -> Solution:
    """What the solver finds, its score, and a bound that no throttles can beat.

    A goal out of reach is not looked for: full throttle for MOST_TICKS comes nearest, and what remains is told.
    """
    found = solver(flight, seed) if flight.within_reach else Found((FULL,) * MOST_TICKS)
    score = flight.score(found.throttles)
    bound = float(np.min(lower_bounds(flight))) if found.bound is None else found.bound
    return Solution(
        throttles=found.throttles,
        remaining=flight.distance - flight.covered(found.throttles),
        strategy=strategy,
        score=score,
        bound=min(bound, score),
        within_reach=flight.within_reach,
        seed=seed if strategy.takes_chances else None,
        generations=found.generations,
        fuse_blown=found.fuse_blown,
    )
