"""Units of push change places until a flight ends as near to the goal as can be, and nothing else of it changes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.throttle.flight import Flight
from domain.throttle.polish import polished
from tests.factories.flights import a_flight

THROTTLES = st.lists(st.one_of(st.just(0), st.just(300), st.integers(1, 300)), min_size=1, max_size=100)


def missed(flight: Flight, throttles: np.ndarray) -> float:
    return abs(flight.distance - float(flight.covered(throttles.tolist())[-1]))


@settings(max_examples=40, deadline=None)
@given(THROTTLES, st.floats(0, 0.95), st.floats(-30, 30))
def test_the_sum_and_the_throttles_that_are_0_stay_and_the_miss_never_grows(
    throttles: list[int], friction: float, off: float
) -> None:
    before = np.array(throttles)
    still = a_flight(distance=0.0, friction=friction)
    flight = a_flight(distance=max(0.0, float(still.covered(throttles)[-1]) + off), friction=friction)

    after = polished(flight, before)

    assert after.sum() == before.sum()
    assert ((after > 0) == (before > 0)).all()
    assert after.min() >= 0
    assert after.max() <= 300
    assert missed(flight, after) <= missed(flight, before) + 1e-9


@pytest.mark.parametrize("moved", [(0, 4, 3), (7, 2, 11)])
def test_a_move_and_another_that_hit_the_goal_are_found(moved: tuple[int, int, int]) -> None:
    start = np.array([150, 140, 130, 120, 110, 100, 90, 80])
    goal = start.copy()
    for giving, taking, units in (moved, (1, 6, 5)):
        goal[giving] -= units
        goal[taking] += units
    still = a_flight(distance=0.0, friction=0.13)
    flight = a_flight(distance=float(still.covered(goal.tolist())[-1]), friction=0.13)

    assert missed(flight, polished(flight, start)) < 1e-6


def test_one_throttle_alone_has_nowhere_to_go() -> None:
    assert polished(a_flight(distance=1.0), np.array([0, 7])).tolist() == [0, 7]
