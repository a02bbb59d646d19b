"""The optimal strategy finds the best throttles, or nearly so, and says how nearly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.throttle.flight import Flight
from domain.throttle.optimal import optimal
from tests.factories.flights import a_flight, least_score, reachable, seeded_flights

FRICTIONS = st.one_of(st.just(0.0), st.floats(0, 0.1), st.floats(0, 0.99))
SHARES = st.floats(0, 1).map(lambda share: share**3)
SPEEDS = st.one_of(st.just(0.0), st.floats(0, 20))


def gap(flight: Flight) -> float:
    """What the score is more than the bound."""
    found = optimal(flight)
    assert found.bound is not None
    return flight.score(found.throttles) - found.bound


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2), SHARES, st.floats(-2, 2).map(lambda power: 10**power), FRICTIONS, SPEEDS)
def test_of_few_ticks_no_throttles_at_all_are_better(
    ticks: int, share: float, mass: float, friction: float, speed: float
) -> None:
    flight = reachable(share, speed, mass, friction, ticks)
    found = optimal(flight, ticks=ticks)

    assert flight.score(found.throttles) == pytest.approx(least_score(flight, ticks), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_of_three_ticks_no_throttles_at_all_are_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    flight = reachable(rng.uniform(), rng.uniform(0, 5), 10 ** rng.uniform(0, 1), rng.uniform(0, 0.2), 3)
    found = optimal(flight, ticks=3)

    assert flight.score(found.throttles) == pytest.approx(least_score(flight, 3), rel=1e-6)


def test_a_light_unit_does_not_lose_a_tick_or_a_throttle_to_the_bound() -> None:
    assert gap(Flight(25.674591038708783, 0, 0.4172840785781815, 0.014240321522931856)) == pytest.approx(0, abs=1e-9)


def test_the_last_millionths_of_what_can_be_bred_are_not_missed() -> None:
    flight = Flight(7.058844125543699, 0.0, 60.267837325404585, 0.8313321821409133)
    bred = (232, 270, 279, 279, 279, 269, 272, 272)

    assert flight.score(optimal(flight).throttles) <= flight.score(bred)


def test_the_score_is_near_the_bound_for_all_and_nearer_for_most() -> None:
    gaps = np.array([gap(flight) for flight in seeded_flights(1, 150)])

    assert gaps.max() <= 0.05
    assert np.mean(gaps <= 0.02) >= 0.95
    assert gaps.min() >= 0


@settings(max_examples=50, deadline=None)
@given(SHARES, SPEEDS, st.floats(0, 3).map(lambda power: 10**power), FRICTIONS)
def test_from_a_mass_of_one_up_the_score_is_within_a_twentieth_of_the_bound(
    share: float, speed: float, mass: float, friction: float
) -> None:
    assert 0 <= gap(reachable(share, speed, mass, friction)) <= 0.05


@settings(max_examples=50, deadline=None)
@given(SHARES, st.floats(0, 1e9), st.floats(-6, 9).map(lambda power: 10**power), FRICTIONS)
def test_throttles_are_whole_numbers_of_0_to_300_for_at_most_100_ticks(
    share: float, speed: float, mass: float, friction: float
) -> None:
    flight = reachable(share, speed, mass, friction)
    found = optimal(Flight(min(flight.distance, 1e9), speed, mass, friction)).throttles

    assert 1 <= len(found) <= 100
    assert all(type(throttle) is int and 0 <= throttle <= 300 for throttle in found)


def test_chance_has_no_part_in_it() -> None:
    assert optimal(a_flight(distance=812.3), 1) == optimal(a_flight(distance=812.3), 2)


def test_a_unit_that_is_there_already_does_as_little_as_can_be_done() -> None:
    assert optimal(a_flight(distance=0)).throttles == (0,)


def test_a_unit_that_drifts_to_the_goal_needs_no_throttle() -> None:
    assert optimal(a_flight(distance=20, speed=4, friction=0)).throttles == (0,) * 5
