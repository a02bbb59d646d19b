"""The game state: how near OPTIMAL comes to the bound and how soon, and what GENETIC breeds for the same states."""

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
    """The Clock port, by the wall: GENETIC's fuse of a second is what it is in service."""

    def now(self) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=time.perf_counter())


def seeded_states(count: int, seed: int = SEED) -> list[Flight]:
    """Reachable states: masses of 1 to 100, all kinds of friction and speed, half of the goals near, half anywhere."""
    rng = np.random.default_rng(seed)
    return [_state(rng) for _ in range(count)]


def measure(states: int = STATES, *, for_a_second: bool = False) -> list[Figure]:
    """The rows of the table. GENETIC solves all states too: each by one run, which ends by its generations after a
    quarter of a second, or by as many seeds as a second has time for.
    """
    flights = seeded_states(states)
    optimal(flights[0])  # what is made at first use is made
    solved = [_solved(flight) for flight in flights]
    gaps, took = np.array([one.gap for one in solved]), np.array([one.took_ms for one in solved])
    figures = [
        Figure(f"OPTIMAL over {states:,} states: score over bound, median", [float(np.median(gaps))]),
        Figure("  95 of 100 are within", [float(np.quantile(gaps, 0.95))], most=MOST_GAP_OF_MOST),
        Figure("  all of them are within", [float(gaps.max())], most=MOST_GAP),
        Figure("  by the wall at the median, ms", [float(np.median(took))], most=MOST_P50_MS),
        Figure("  by the wall at p99, ms", [float(np.quantile(took, 0.99))], most=MOST_P99_MS),
    ]
    return figures + _beside_breeding(solved, for_a_second=for_a_second)


def _state(rng: np.random.Generator) -> Flight:
    mass, friction = float(10 ** rng.uniform(0, 2)), float(rng.choice([0.0, rng.uniform(0, 0.1), rng.uniform(0, 0.9)]))
    speed = float(rng.choice([0.0, rng.uniform(0, 20)]))
    still = Flight(0.0, speed, mass, friction)
    reach = float(speed * still.carried[-1] + FULL * still.carried.sum() / mass)
    near = float(10 ** rng.uniform(0, 3))
    return Flight(min(reach, near) if rng.uniform() < 0.5 else reach * rng.uniform(), speed, mass, friction)


def _solved(flight: Flight) -> Solved:
    begun = time.perf_counter()
    found = optimal(flight)
    took_ms = (time.perf_counter() - begun) * 1000
    score = flight.score(found.throttles)
    assert found.bound is not None
    return Solved(flight, score, score - found.bound, took_ms)


def _beside_breeding(solved: list[Solved], *, for_a_second: bool) -> list[Figure]:
    more, whole, seeds, begun = [], 0, 0, time.perf_counter()
    for number, one in enumerate(solved):
        bred = _bred(one.flight, number, for_a_second=for_a_second)
        more.append(bred.score - one.score)
        whole, seeds = whole + bred.whole, seeds + bred.seeds
    mean_ms = (time.perf_counter() - begun) / seeds * 1000
    name = "GENETIC, seeds for a second each" if for_a_second else "GENETIC, one run each"
    return [
        Figure(f"{name}: score over OPTIMAL's, median", [float(np.median(more))]),
        Figure("  least, which is never below 0", [min(more)], least=-1e-9),
        Figure("  most", [max(more)]),
        Figure(f"  runs of all 300 generations, of {seeds:,}", [float(whole)]),
        Figure("  a run in the mean by the wall, ms", [mean_ms]),
    ]


@dataclass(frozen=True, slots=True)
class Bred:
    """The best of some seeds; of so many of them the fuse did not blow."""

    score: float
    seeds: int
    whole: int


def _bred(flight: Flight, seed: int, *, for_a_second: bool) -> Bred:
    clock, found = Bench(), []
    begun = clock.now()
    while not found or (for_a_second and (clock.now() - begun).total_seconds() < BRED_S):
        found.append(genetic(flight, seed + STATES * len(found), clock=clock))
    return Bred(
        score=min(flight.score(one.throttles) for one in found),
        seeds=len(found),
        whole=sum(not one.fuse_blown for one in found),
    )
