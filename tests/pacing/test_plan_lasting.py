"""Which fatigue a plan goes by: that of up to four hours, or the steeper one beyond."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.legs import legs_of
from domain.pacing.model import LONG_S, Goal, GoalKind, Pacing, Runner
from domain.pacing.plan import plan_course
from domain.pacing.solving.lasting import solve_lasting
from tests.factories.slopes import BASIS, LEAST_TIME, RUNNER, ground_of

HELD = (RUNNER.fatigue_budget_s / LONG_S) ** (1 / RUNNER.fatigue_exponent)
LASTING = replace(RUNNER, long_exponent=4.5, long_budget_s=LONG_S * HELD**4.5)
# What four hours come to on level ground.
FOUR_HOURS_M = LONG_S * HELD * RUNNER.critical_speed_m_per_s


def solved(*parts: tuple[float, float], runner: Runner = LASTING, goal: Goal = LEAST_TIME) -> tuple[Runner, Pacing]:
    return solve_lasting(legs_of(ground_of(*parts), (), 1.0), runner, goal)


def least_s(*parts: tuple[float, float], runner: Runner = LASTING) -> float:
    return solved(*parts, runner=runner)[1].finish_s


def test_up_to_four_hours_a_course_is_solved_by_riegels_line() -> None:
    runner, pacing = solved((30_000.0, 0.0))
    assert runner == LASTING
    assert not runner.holds_long
    assert pacing.finish_s == solved((30_000.0, 0.0), runner=RUNNER)[1].finish_s


def test_beyond_four_hours_throttle_falls_by_the_steeper_line() -> None:
    runner, pacing = solved((2 * FOUR_HOURS_M, 0.0))
    assert runner.holds_long
    assert pacing.throttle == pytest.approx(HELD * (LONG_S / pacing.finish_s) ** (1 / 4.5), rel=1e-3)


def test_a_plan_keeps_the_runner_that_it_was_solved_by() -> None:
    made = plan_course(ground_of((2 * FOUR_HOURS_M, 0.0)), [], LASTING, BASIS, LEAST_TIME, 1.0, None)
    assert made.runner.holds_long
    assert "fatigue beyond four hours, throttle 0.92 for these and 14.3 % less for twice as long" in made.planned.model


def test_who_has_no_line_beyond_four_hours_keeps_the_one_they_have() -> None:
    runner, _ = solved((2 * FOUR_HOURS_M, 0.0), runner=RUNNER)
    assert runner is RUNNER


def test_a_runner_of_more_than_four_hours_stays_one() -> None:
    runner, _ = solved((2 * FOUR_HOURS_M, 0.0))
    assert solved((20_000.0, 0.0), runner=runner)[0] is runner


@pytest.mark.parametrize("grade", [0.0, 0.12])
def test_a_longer_course_is_slower_throughout_and_no_time_jumps_at_four_hours(grade: float) -> None:
    shares = [0.6 + 0.02 * k for k in range(31)]
    half = FOUR_HOURS_M / 2 if grade == 0 else FOUR_HOURS_M / 1.9
    times = [least_s((share * half, grade), (share * half, -grade)) for share in shares]
    more = [later / sooner for sooner, later in pairwise(times)]
    kinds = {solved((share * half, grade), (share * half, -grade))[0].holds_long for share in (shares[0], shares[-1])}
    assert kinds == {False, True}
    assert min(more) > 1
    assert max(more) < 1 + 1.5 * 0.02 / 0.6


@given(
    faster=st.floats(1.0, 1.2),
    more=st.floats(1.0, 1.5),
    length_m=st.floats(30_000, 90_000),
    grade=st.sampled_from([0.0, 0.1]),
)
@settings(max_examples=15, deadline=None)
def test_more_of_a_runner_is_never_slower(faster: float, more: float, length_m: float, grade: float) -> None:
    held = (more * LASTING.fatigue_budget_s / LONG_S) ** (1 / LASTING.fatigue_exponent)
    fitter = replace(
        LASTING,
        critical_speed_m_per_s=faster * LASTING.critical_speed_m_per_s,
        fatigue_budget_s=more * LASTING.fatigue_budget_s,
        long_budget_s=LONG_S * held**4.5,
    )
    parts = ((length_m / 2, grade), (length_m / 2, -grade))
    assert least_s(*parts, runner=fitter) <= least_s(*parts) * (1 + 1e-4)


def test_an_easy_target_of_more_than_four_hours_is_planned_by_the_steeper_line() -> None:
    target = Goal(kind=GoalKind.TARGET_TIME, target_time_s=5 * 3600.0)
    runner, pacing = solved((45_000.0, 0.0), goal=target)
    assert runner.holds_long
    assert pacing.finish_s == pytest.approx(5 * 3600, abs=1)
