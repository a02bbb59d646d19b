"""How throttles move a unit, and what a flight costs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.throttle.flight import Flight
from tests.factories.flights import a_flight

THROTTLES = st.lists(st.integers(0, 300), min_size=1, max_size=100)
FLIGHTS = st.builds(
    Flight, st.floats(0, 1e5), st.floats(0, 100), st.floats(1, 1000), st.one_of(st.just(0.0), st.floats(0, 0.99))
)


def test_a_throttle_pushes_before_friction_brakes_and_the_unit_moves() -> None:
    flight = a_flight(speed=2, mass=10, friction=0.1)

    assert flight.covered([100, 0]).tolist() == pytest.approx([12 * 0.9, 12 * 0.9 + 12 * 0.81])


def test_without_friction_a_push_lasts() -> None:
    assert a_flight(mass=10, friction=0).covered([10, 0, 0]).tolist() == [1, 2, 3]


def test_a_score_is_what_misses_the_goal_and_a_hundredth_for_each_tick_and_throttle() -> None:
    assert a_flight(distance=4, mass=10, friction=0).score([10, 0, 0]) == pytest.approx(1 + 0.03 + 0.01)


def test_to_fly_past_the_goal_costs_as_much_as_to_fall_short() -> None:
    assert a_flight(distance=2, mass=10, friction=0).score([10, 0, 0]) == pytest.approx(1 + 0.03 + 0.01)


def test_half_of_the_speed_past_five_at_the_end_is_added() -> None:
    assert a_flight(distance=8, mass=10, friction=0).score([80]) == pytest.approx(0.5 * 3 + 0.01 + 0.01)


def test_five_is_not_too_fast() -> None:
    assert a_flight(distance=5, mass=10, friction=0).score([50]) == pytest.approx(0.02)


@settings(max_examples=50)
@given(FLIGHTS, THROTTLES)
def test_what_a_throttle_carries_adds_up_to_the_distance(flight: Flight, throttles: list[int]) -> None:
    n = len(throttles)
    bought = sum(flight.carried[n - at] * throttle / flight.mass for at, throttle in enumerate(throttles))

    assert flight.covered(throttles)[-1] == pytest.approx(flight.speed * flight.carried[n] + bought, rel=1e-9, abs=1e-9)


@settings(max_examples=50)
@given(FLIGHTS, THROTTLES)
def test_the_speed_at_the_end_is_all_push_less_what_friction_took_of_the_distance(
    flight: Flight, throttles: list[int]
) -> None:
    covered = flight.covered([*throttles, 0])
    end = (covered[-1] - covered[-2]) / (1 - flight.friction)
    lost = covered[-2] * flight.friction / (1 - flight.friction)

    assert end == pytest.approx(flight.speed + sum(throttles) / flight.mass - lost, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(("distance", "within"), [(1515.0, True), (1516.0, False)])
def test_what_full_throttle_does_not_cover_in_a_hundred_ticks_is_out_of_reach(distance: float, within: bool) -> None:
    assert a_flight(distance=distance, mass=1000, friction=0).within_reach is within
