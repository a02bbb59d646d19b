"""The game state: how near OPTIMAL comes to the bound and how soon, and what GENETIC comes to with its full second."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from benchmarks.zoning.figures import Figure
from domain.throttle.flight import FULL, Flight
from domain.throttle.genetic import genetic
from domain.throttle.optimal import optimal

STATES, SEED = 1000, 20261121
MOST_GAP, MOST_GAP_OF_MOST = 0.05, 0.02
MOST_P50_MS, MOST_P99_MS = 10.0, 50.0
BRED_S = 1.0


@dataclass(frozen=True, slots=True)
class Solved:
    """One state with what OPTIMAL made of it."""

    flight: Flight
    score: float
    gap: float
    took_ms: float


class Bench:
    """The Clock port, on the processor's own time: what else runs does not shorten GENETIC's second."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=time.process_time())


def seeded_states(count: int, seed: int = SEED) -> list[Flight]:
    """Reachable states: masses of 1 to 100, all kinds of friction and speed, half of the goals near, half anywhere."""
    rng = np.random.default_rng(seed)
    return [_state(rng) for _ in range(count)]


def measure(states: int = STATES, bred: int = 60) -> list[Figure]:
    """The rows of the table; `bred` states, evenly among all, are also solved by GENETIC in a second each."""
    flights = seeded_states(states)
    optimal(flights[0])  # what is made at first use is made
    solved = [_solved(flight) for flight in flights]
    gaps, took = np.array([one.gap for one in solved]), np.array([one.took_ms for one in solved])
    figures = [
        Figure(f"OPTIMAL over {states:,} states: score over bound, median", [float(np.median(gaps))]),
        Figure("  95 of 100 are within", [float(np.quantile(gaps, 0.95))], most=MOST_GAP_OF_MOST),
        Figure("  all of them are within", [float(gaps.max())], most=MOST_GAP),
        Figure("  processor's time at the median, ms", [float(np.median(took))], most=MOST_P50_MS),
        Figure("  processor's time at p99, ms", [float(np.quantile(took, 0.99))], most=MOST_P99_MS),
    ]
    return figures + (_beside_breeding(solved[:: max(1, states // bred)]) if bred else [])


def _state(rng: np.random.Generator) -> Flight:
    mass, friction = float(10 ** rng.uniform(0, 2)), float(rng.choice([0.0, rng.uniform(0, 0.1), rng.uniform(0, 0.9)]))
    speed = float(rng.choice([0.0, rng.uniform(0, 20)]))
    still = Flight(0.0, speed, mass, friction)
    reach = float(speed * still.carried[-1] + FULL * still.carried.sum() / mass)
    near = float(10 ** rng.uniform(0, 3))
    return Flight(min(reach, near) if rng.uniform() < 0.5 else reach * rng.uniform(), speed, mass, friction)


def _solved(flight: Flight) -> Solved:
    begun = time.thread_time()  # which does not count what else runs
    found = optimal(flight)
    took_ms = (time.thread_time() - begun) * 1000
    score = flight.score(found.throttles)
    assert found.bound is not None
    return Solved(flight, score, score - found.bound, took_ms)


def _beside_breeding(solved: list[Solved]) -> list[Figure]:
    more = []
    for number, one in enumerate(solved):
        more.append(_bred_score(one.flight, number) - one.score)
    return [
        Figure(f"GENETIC, a second for each of {len(more):,} states: score over OPTIMAL's", more),
        Figure("  least, which is never below 0", [min(more)], least=-1e-9),
    ]


def _bred_score(flight: Flight, seed: int) -> float:
    """The best of as many seeds as a second has time for: 300 generations end before it."""
    clock, best = Bench(), np.inf
    begun = clock.now()
    while (clock.now() - begun).total_seconds() < BRED_S:
        best = min(best, flight.score(genetic(flight, seed, clock=clock).throttles))
        seed += STATES
    return float(best)
