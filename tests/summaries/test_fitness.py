"""Loads of many days make fitness and fatigue, which fade; form is what is left between them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.summaries.fitness import fitness

loads = st.lists(st.floats(0, 1000), min_size=1, max_size=200).map(np.array)


def test_one_day_of_a_thousand_shows_in_fitness_and_in_fatigue() -> None:
    days = fitness(np.array([1000.0]))
    assert days.ctl == pytest.approx([23.53], abs=0.005)
    assert days.atl == pytest.approx([133.12], abs=0.005)


def test_six_weeks_of_a_hundred_a_day_make_two_thirds_of_it_fitness() -> None:
    days = fitness(np.full(42, 100.0))
    assert days.ctl[-1] == pytest.approx(63.21, abs=0.005)
    assert days.atl[-1] == pytest.approx(99.75, abs=0.005)


def test_form_is_yesterday_s_fitness_less_yesterday_s_fatigue() -> None:
    days = fitness(np.array([1000.0, 0.0, 50.0]))
    assert days.tsb[1:] == pytest.approx((days.ctl - days.atl)[:-1])


def test_on_the_first_day_form_is_zero() -> None:
    assert fitness(np.array([1000.0])).tsb.tolist() == [0.0]


def test_a_week_without_running_takes_fatigue_to_a_share_of_e() -> None:
    days = fitness(np.array([1000.0] + [0.0] * 7))
    assert days.atl[-1] / days.atl[0] == pytest.approx(np.exp(-1))


def test_no_days_have_no_fitness() -> None:
    days = fitness(np.zeros(0))
    assert (days.ctl.size, days.atl.size, days.tsb.size) == (0, 0, 0)


@given(loads)
@settings(max_examples=50)
def test_fitness_and_fatigue_never_leave_the_range_of_the_loads(daily: np.ndarray) -> None:
    days = fitness(daily)
    for levels in (days.ctl, days.atl):
        assert (levels >= 0).all()
        assert (levels <= daily.max() + 1e-9).all()


@given(loads)
@settings(max_examples=50)
def test_twice_the_load_is_twice_the_fitness(daily: np.ndarray) -> None:
    assert fitness(2 * daily).ctl == pytest.approx(2 * fitness(daily).ctl)
