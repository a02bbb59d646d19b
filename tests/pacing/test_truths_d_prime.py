"""What is known exactly of a course that D′ holds a runner back on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.model import Knots, Standing
from domain.pacing.running.forward import follow
from domain.pacing.solving.solver import solve
from tests.factories.legs import EVEN, LEAST_TIME, PLENTY, a_free_runner, a_stop, legs_of
from tests.factories.slopes import a_runner


def test_five_kilometres_at_a_critical_speed_of_4_with_200_metres_of_d_prime_take_1200_seconds() -> None:
    runner = a_free_runner(d_prime_m=200.0, fatigue_budget_s=PLENTY)

    pacing = solve(legs_of((2_000.0, 0.0), (3_000.0, 0.0), cells=10), runner, LEAST_TIME)

    assert pacing.finish_s == pytest.approx(1_200.0)
    assert pacing.d_prime_left_m[-1] == pytest.approx(0.0, abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(
    grades=st.lists(st.floats(-0.3, 0.3), min_size=1, max_size=6),
    speed=st.floats(2, 6),
    d_prime_m=st.floats(20, 400),
)
def test_above_critical_speed_throughout_d_prime_is_what_is_saved(
    grades: list[float], speed: float, d_prime_m: float
) -> None:
    """T = (D − D′)/CS in level-equivalent metres, and even pace breaks the tie."""
    legs = legs_of(*((1_000.0, grade) for grade in grades))
    runner = a_free_runner(critical_speed_m_per_s=speed, d_prime_m=d_prime_m, fatigue_budget_s=PLENTY)
    level_m = follow(legs, runner, np.ones(len(grades))).finish_s * speed

    pacing = solve(legs, runner, LEAST_TIME)

    even = max(level_m / max(level_m - d_prime_m, 1.0), 1.0)
    if even <= 4.0:
        assert pacing.finish_s == pytest.approx((level_m - d_prime_m) / speed)
        np.testing.assert_allclose(pacing.throttle, even, rtol=1e-6)


def test_d_prime_that_comes_back_on_a_capped_descent_is_spent_on_the_climbs() -> None:
    legs = legs_of((300.0, 0.08), (1_200.0, -0.1), (1_200.0, 0.08))
    runner = a_runner(fastest_m_per_s=Knots((-0.1, 0.0), (3.0, 9.0)), fatigue_budget_s=PLENTY)

    pacing, even = solve(legs, runner, LEAST_TIME), solve(legs, runner, EVEN)

    assert pacing.d_prime_left_m[0] < pacing.d_prime_left_m[1]
    assert pacing.throttle[0] > even.throttle[0] * 1.2
    assert pacing.finish_s < even.finish_s - 10


def test_a_stop_gives_d_prime_back_as_standing_does() -> None:
    legs = legs_of((400.0, 0.0), (400.0, 0.0), stops=[a_stop(0, stop_s=60.0)])
    before, after = follow(legs, a_free_runner(d_prime_m=100.0), np.array([1.5, 1.0])).d_prime_left_m

    assert before == pytest.approx(100 - 400 * (1 - 1 / 1.5))
    assert after == pytest.approx(100 - (100 - before) * np.exp(-4.0 * 60 / 100))


def test_a_stop_costs_its_time_and_no_budget() -> None:
    steps = ((2_000.0, 0.0), (2_000.0, 0.0))
    through = follow(legs_of(*steps), a_runner(), np.ones(2))
    stopped = follow(legs_of(*steps, stops=[a_stop(0, stop_s=90.0), a_stop(1, stop_s=30.0)]), a_runner(), np.ones(2))

    assert stopped.finish_s == pytest.approx(through.finish_s + 90)
    assert stopped.budget_used_s == pytest.approx(through.budget_used_s)


def test_who_starts_without_d_prime_runs_no_faster_than_threshold() -> None:
    pacing = solve(legs_of((1_500.0, 0.0)), a_runner(), LEAST_TIME, Standing(d_prime_left_m=0.0))

    assert pacing.throttle[0] == pytest.approx(1.0, abs=1e-6)


def test_a_runner_without_d_prime_runs_at_threshold() -> None:
    pacing = solve(legs_of((1_500.0, 0.0)), a_runner(d_prime_m=0.0), LEAST_TIME)

    assert pacing.used_throttle[0] == pytest.approx(1.0, abs=1e-6)
