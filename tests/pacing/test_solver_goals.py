"""What each goal makes of a course and a tired runner."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.late import Missed
from domain.pacing.model import Goal, GoalKind, Legs, Standing
from domain.pacing.running.forward import follow
from domain.pacing.solving.solver import solve
from domain.pacing.solving.task import LEAST_THROTTLE
from tests.factories.legs import EVEN, LEAST_TIME, a_free_runner, a_stop, legs_of, search, target
from tests.factories.slopes import a_runner

STEPS = ((8_000.0, 0.0), (6_000.0, 0.08), (8_000.0, -0.06), (9_000.0, 0.02))


def with_cutoff(cutoff_s: float, after_cell: int = 0) -> Legs:
    return legs_of(*STEPS, stops=[a_stop(after_cell, cutoff_s=cutoff_s)])


def arrival_s(throttle: float, cells: int = 1) -> float:
    return float(follow(legs_of(*STEPS), a_free_runner(), np.full(4, throttle)).end_s[cells - 1])


@settings(max_examples=20, deadline=None)
@given(throttle=st.floats(0.4, 0.85))
def test_a_target_time_is_met_by_the_one_throttle_that_just_does(throttle: float) -> None:
    """Any pacing with a lower peak is slower than the even one at that peak, which is late."""
    pacing = solve(legs_of(*STEPS), a_free_runner(), target(arrival_s(throttle, 4)))

    assert pacing.late == ()
    np.testing.assert_allclose(pacing.throttle, throttle, rtol=1e-6)


def test_a_target_a_walker_can_reach_is_met_without_ever_going_harder() -> None:
    runner = a_runner()
    seconds = follow(legs_of(*STEPS), runner, np.full(4, 0.55)).finish_s

    pacing = solve(legs_of(*STEPS), runner, target(seconds))

    assert pacing.finish_s <= seconds + 1e-3
    assert pacing.throttle.max() <= 0.55 + 1e-6


def test_a_target_beyond_a_stroll_is_strolled_to() -> None:
    pacing = solve(legs_of(*STEPS), a_runner(), target(1e6))

    np.testing.assert_array_equal(pacing.throttle, LEAST_THROTTLE)


def test_a_target_out_of_reach_is_said_with_the_soonest_finish() -> None:
    soonest = solve(legs_of(*STEPS), a_free_runner(), LEAST_TIME).finish_s

    pacing = solve(legs_of(*STEPS), a_free_runner(), target(soonest - 300))

    assert [(late.name, late.cutoff_s) for late in pacing.late] == [(None, soonest - 300)]
    assert pacing.late[0].late_s == pytest.approx(300, abs=0.6)
    assert pacing.finish_s == pytest.approx(soonest, abs=0.6)


def test_a_target_that_d_prime_stands_in_the_way_of_is_met_at_about_the_least_peak() -> None:
    legs, runner = legs_of((300.0, 0.08), (1_200.0, -0.1), (1_200.0, 0.08), cells=3), a_runner(fatigue_budget_s=1e6)
    soonest, even = solve(legs, runner, LEAST_TIME), solve(legs, runner, EVEN)
    target_s = (soonest.finish_s + even.finish_s) / 2

    pacing = solve(legs, runner, target(target_s))

    found = search(legs, runner, np.geomspace(0.4, 2.0, 50))
    assert pacing.late == ()
    assert pacing.d_prime_left_m.min() > -1e-6
    assert pacing.throttle.max() <= found.peak[found.allowed & (found.end_s[-1] <= target_s)].min() * 1.01


def test_even_effort_is_one_throttle_and_uses_up_the_budget() -> None:
    pacing = solve(legs_of(*STEPS), a_free_runner(), EVEN)

    assert np.ptp(pacing.throttle) == 0
    assert pacing.budget_used_s == pytest.approx(a_free_runner().fatigue_budget_s)


def test_an_even_effort_that_is_given_is_run_whatever_comes_of_it() -> None:
    pacing = solve(with_cutoff(1_000.0), a_runner(), Goal(kind=GoalKind.EVEN_EFFORT, throttle=1.2))

    np.testing.assert_array_equal(pacing.throttle, 1.2)
    assert pacing.budget_used_s > a_runner().fatigue_budget_s
    assert pacing.d_prime_left_m.min() < 0
    assert [late.name for late in pacing.late] == ["Hut"]


@pytest.mark.parametrize("goal", [LEAST_TIME, EVEN, target(5_000.0)])
def test_a_runner_with_nothing_left_goes_on_at_a_stroll(goal: Goal) -> None:
    tired = Standing(elapsed_s=9_000.0, d_prime_left_m=0.0, budget_used_s=5_000.0)

    pacing = solve(legs_of(*STEPS, stops=[a_stop(1, stop_s=60.0, cutoff_s=9_500.0)]), a_runner(), goal, tired)

    np.testing.assert_array_equal(pacing.throttle, LEAST_THROTTLE)
    assert np.isfinite(pacing.end_s).all()
    assert (np.diff(pacing.end_s, prepend=9_000.0) > 0).all()


def test_what_is_used_already_leaves_less_for_the_rest() -> None:
    fresh, used = (
        solve(legs_of(*STEPS), a_runner(), LEAST_TIME, Standing(budget_used_s=budget_s)) for budget_s in (0.0, 2_000.0)
    )

    assert used.finish_s > fresh.finish_s
    assert used.budget_used_s <= a_runner().fatigue_budget_s * (1 + 1e-6)


def test_the_least_time_is_a_target_that_can_be_met_where_some_steps_are_held_back_for_it() -> None:
    """Walls that are hardly run faster than walked: a quicker whole by holding back on them, not by one throttle."""
    steps = [(700.0, 0.02), (400.0, 0.24), (900.0, -0.1)] * 5
    least_s = solve(legs_of(*steps), a_runner(), LEAST_TIME).finish_s

    for more_s in (0.0, 1.0):
        pacing = solve(legs_of(*steps), a_runner(), target(least_s + more_s))
        assert pacing.late == ()
        assert pacing.finish_s <= least_s + more_s + 1e-3


def test_a_target_out_of_reach_is_told_with_the_least_time_and_run_in_it() -> None:
    steps = [(2_000.0, 0.02), (2_000.0, -0.05)]
    least_s = solve(legs_of(*steps), a_runner(), LEAST_TIME).finish_s

    pacing = solve(legs_of(*steps), a_runner(), target(least_s - 100))

    assert pacing.finish_s == pytest.approx(least_s)
    assert [(late.name, late.why) for late in pacing.late] == [(None, Missed.OUT_OF_REACH)]
    assert pacing.late[0].late_s == pytest.approx(100)


def test_a_target_that_only_a_cut_off_stands_against_is_missed_by_what_that_costs() -> None:
    steps = [(4_000.0, 0.0), (8_000.0, 0.0)]
    free = solve(legs_of(*steps), a_free_runner(), LEAST_TIME)
    early = a_stop(0, cutoff_s=float(free.end_s[0]) - 60)

    pacing = solve(legs_of(*steps, stops=[early]), a_free_runner(), target(free.finish_s + 1))

    assert [(late.name, late.why) for late in pacing.late] == [(None, Missed.NOT_TOGETHER)]
    assert pacing.end_s[0] == pytest.approx(early.cutoff_s, abs=1e-3)
