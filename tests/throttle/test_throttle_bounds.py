"""No flight costs less than the bounds say."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.throttle.bounds import lower_bounds
from domain.throttle.flight import Flight
from tests.factories.flights import a_flight, least_score, reachable

SHARES = st.floats(0, 1).map(lambda share: share**3)
FRICTIONS = st.one_of(st.just(0.0), st.floats(0, 0.1), st.floats(0, 0.99))
MASSES = st.floats(-3, 3).map(lambda power: 10**power)
REACHABLE = st.builds(reachable, SHARES, st.one_of(st.just(0.0), st.floats(0, 20)), MASSES, FRICTIONS)
FEW = st.lists(st.one_of(st.just(0), st.integers(0, 300), st.integers(0, 3)), min_size=1, max_size=6)
EARLY = st.tuples(st.integers(0, 60), st.integers(0, 300), st.integers(0, 39)).map(
    lambda told: [300] * told[0] + [told[1]] + [0] * told[2]
)


def is_no_better(flight: Flight, throttles: Sequence[int]) -> bool:
    """Whether throttles keep the bound for their numbers of ticks and of throttles that are not 0."""
    bound = lower_bounds(flight)[len(throttles) - 1, np.count_nonzero(throttles)]
    return flight.score(throttles) >= bound - 1e-7 * (1 + bound)


@settings(max_examples=150)
@given(REACHABLE, st.one_of(FEW, EARLY))
def test_no_throttles_beat_the_bound_of_their_numbers(flight: Flight, throttles: list[int]) -> None:
    assert is_no_better(flight, throttles)


@settings(max_examples=150)
@given(st.one_of(FEW, EARLY), MASSES, FRICTIONS, st.floats(0, 20), st.floats(-1, 1))
def test_not_even_those_that_end_at_the_goal(
    throttles: list[int], mass: float, friction: float, speed: float, miss: float
) -> None:
    still = Flight(0.0, speed, mass, friction)
    goal = max(0.0, float(still.covered(throttles)[-1]) + miss * 1e-3 / mass)

    assert is_no_better(Flight(goal, speed, mass, friction), throttles)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 2), SHARES, MASSES, FRICTIONS, st.floats(0, 10))
def test_the_least_bound_is_no_more_than_the_best_of_all_flights(
    ticks: int, share: float, mass: float, friction: float, speed: float
) -> None:
    flight = reachable(share, speed, mass, friction, ticks)
    best = least_score(flight, ticks)

    assert lower_bounds(flight, ticks).min() <= best + 1e-7 * (1 + best)


def test_where_only_the_last_tick_is_not_full_the_bound_is_no_more_than_the_best_of_all_flights() -> None:
    flight = Flight(7.785111665725708, 0.0, 1.0, 0.984375)

    assert lower_bounds(flight, 2).min() <= least_score(flight, 2) + 1e-7


def test_whole_throttles_that_cannot_hit_the_goal_are_known_to_miss_it() -> None:
    halfway = a_flight(distance=10.05, mass=10, friction=0)  # without friction all flights end at tenths

    assert lower_bounds(halfway).min() >= 0.05


def test_there_are_no_more_throttles_than_ticks() -> None:
    assert np.isinf(lower_bounds(a_flight())[4, 6])


@pytest.mark.parametrize("friction", [0.0, 1e-12, 0.5, 1 - 1e-12])
@pytest.mark.parametrize("mass", [1e-6, 1.0, 1e9])
@pytest.mark.parametrize("distance", [0.0, 1e-9, 1e9])
@pytest.mark.parametrize("speed", [0.0, 1e9])
def test_bounds_are_numbers_for_the_strangest_flights(
    distance: float, speed: float, mass: float, friction: float
) -> None:
    assert np.isfinite(lower_bounds(Flight(distance, speed, mass, friction)).min())
