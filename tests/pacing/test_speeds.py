"""What a throttle gets a runner over the ground."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.grade_cost import minetti_running_cost, minetti_walking_cost
from domain.pacing.model import Knots
from domain.pacing.running.speeds import Speeds, speeds_at
from tests.factories.legs import NEVER_WALKS, NO_CAPS, a_free_runner, legs_of
from tests.factories.slopes import a_runner


def at(throttle: float, grade: float, *, terrain: float = 1.0, **figures: object) -> Speeds:
    return speeds_at(legs_of((1_000.0, grade), terrain=terrain), a_runner(**figures), np.array([throttle]))


def test_throttle_one_is_critical_speed_on_the_level() -> None:
    assert at(1.0, 0.0).speed_m_per_s == pytest.approx(4.0)


def test_half_the_throttle_is_half_the_speed_for_one_who_never_walks() -> None:
    assert at(0.5, 0.0, walking_m_per_s=NEVER_WALKS).speed_m_per_s == pytest.approx(2.0)


def test_a_climb_is_as_much_slower_as_minetti_says_it_costs_along_the_slope() -> None:
    cost = minetti_running_cost(np.array([0.1]))[0] / 3.6 * np.sqrt(1.01)

    assert at(0.9, 0.1, walking_m_per_s=NEVER_WALKS).speed_m_per_s == pytest.approx(3.6 / cost)


def test_rough_ground_slows_by_its_factor() -> None:
    smooth, rough = (at(0.9, 0.02, terrain=factor).speed_m_per_s[0] for factor in (1.0, 1.25))

    assert rough == pytest.approx(smooth / 1.25)


def test_what_a_grade_costs_this_runner_alone_slows_them() -> None:
    own = Knots((0.0, 0.1), (0.0, np.log(1.2)))
    usual, dear = (at(0.9, 0.1, own_cost=cost, walking_m_per_s=NEVER_WALKS) for cost in (Knots((0.0,), (0.0,)), own))

    assert dear.speed_m_per_s == pytest.approx(usual.speed_m_per_s / 1.2)


def test_a_steep_climb_is_walked_where_that_is_faster() -> None:
    steep = at(0.8, 0.25)
    cost = minetti_walking_cost(np.array([0.25]))[0] / 3.6 * np.sqrt(1.0625)

    assert steep.walking.all()
    assert steep.speed_m_per_s == pytest.approx(3.2 / cost)
    assert steep.used_throttle == pytest.approx(0.8)


def test_the_fastest_walk_takes_less_than_the_throttle() -> None:
    stroll = at(0.45, 0.0)

    assert stroll.speed_m_per_s == pytest.approx(1.9)
    assert stroll.used_throttle == pytest.approx(1.9 * 2.5 / 3.6 / 4.0)


def test_a_cap_binds_and_takes_less_than_the_throttle() -> None:
    downhill = at(1.0, -0.1)

    assert downhill.speed_m_per_s == pytest.approx(4.5)
    assert downhill.used_throttle < 0.8


def test_ground_too_rough_to_pass_a_walk_is_walked() -> None:
    rough = at(1.0, -0.2, fastest_m_per_s=Knots((0.0,), (1.2,)))

    assert rough.walking.all()
    assert rough.speed_m_per_s == pytest.approx(1.2)


@settings(max_examples=50, deadline=None)
@given(grade=st.floats(-0.6, 0.6), low=st.floats(0.3, 3.9), more=st.floats(0, 0.5))
def test_more_throttle_is_never_slower_and_never_uses_less(grade: float, low: float, more: float) -> None:
    slow, fast = at(low, grade), at(low + more, grade)

    assert fast.speed_m_per_s >= slow.speed_m_per_s - 1e-12
    assert fast.used_throttle >= slow.used_throttle - 1e-12
    assert fast.used_throttle <= low + more + 1e-12


def test_many_throttles_at_once_are_as_one_after_the_other() -> None:
    legs, runner = legs_of((500.0, 0.1), (500.0, -0.2), (500.0, 0.0)), a_free_runner(fastest_m_per_s=NO_CAPS)
    throttles = np.array([0.5, 0.9, 1.3])

    together = speeds_at(legs, runner, throttles[:, None]).speed_m_per_s

    apart = [speeds_at(legs, runner, np.full(3, throttle)).speed_m_per_s for throttle in throttles]
    np.testing.assert_allclose(together, apart)
