"""A plan taken up on the way: what is still possible from where the runner is."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.model import Waypoint
from domain.pacing.model import Goal, GoalKind, Report, ThrottlePlan
from domain.pacing.on_the_way.replan import replan
from tests.factories.slopes import STARTS_AT, a_plan, a_runner, rolling_ground

HILLS = rolling_ground(20_000.0, waves_m=5_000.0)
HUTS = (
    Waypoint(name="Hut", distance_m=6_000.0, stop_s=120.0),
    Waypoint(name="Pass", distance_m=13_000.0, stop_s=60.0, cutoff_s=9_000.0),
)
PLAN = a_plan(HILLS, *HUTS)
BORDERS = st.integers(0, len(PLAN.planned_steps) - 2)


def at(distance_m: float, seconds: float, heart_rate: float | None = None) -> Report:
    return Report(distance_m=distance_m, at=STARTS_AT + timedelta(seconds=seconds), heart_rate=heart_rate)


def on_time(step: int, *, late: float = 0.0, plan: ThrottlePlan = PLAN) -> Report:
    """At the end of a step, so much later than planned, as a share of the time."""
    return at(plan.planned_steps[step].end_m, plan.planned_steps[step].end_s * (1 + late))


def replanned(report: Report, plan: ThrottlePlan = PLAN, huts: tuple[Waypoint, ...] = HUTS) -> ThrottlePlan:
    return replan(plan, HILLS, huts, report)


@given(step=BORDERS)
@settings(max_examples=12, deadline=None)
def test_who_is_on_schedule_keeps_the_plan(step: int) -> None:
    plan = replanned(on_time(step))

    assert plan.replan is not None
    assert plan.replan.behind_s == pytest.approx(0, abs=1)
    assert plan.now.predicted_time_s == pytest.approx(PLAN.now.predicted_time_s, rel=0.001)
    for now, before in zip(plan.now.steps, PLAN.planned_steps[step + 1 :], strict=True):
        assert now.throttle == pytest.approx(before.throttle, rel=0.01)
        assert now.end_s == pytest.approx(before.end_s, rel=0.001)


@given(step=BORDERS, share=st.floats(0, 0.95))
@settings(max_examples=12, deadline=None)
def test_the_steps_ahead_keep_their_borders_and_their_numbers(step: int, share: float) -> None:
    here = PLAN.planned_steps[step]
    distance_m = here.start_m + share * (here.end_m - here.start_m)

    plan = replanned(at(distance_m, 10 + distance_m / 2.5))

    assert plan.now.steps[0].start_m == pytest.approx(distance_m, abs=1)
    ahead = [one for one in PLAN.planned_steps if one.end_m > plan.now.steps[0].start_m + 1e-6]
    assert [one.end_m for one in plan.now.steps] == pytest.approx([one.end_m for one in ahead])
    assert [one.ordinal for one in plan.now.steps] == [one.ordinal for one in ahead]


@given(step=BORDERS, less=st.floats(-0.25, 0.25), more=st.floats(0.005, 0.2))
@settings(max_examples=20, deadline=None)
def test_who_is_late_never_arrives_before_one_on_schedule(step: int, less: float, more: float) -> None:
    late = replanned(on_time(step, late=abs(less) + more))

    assert late.now.predicted_time_s > replanned(on_time(step)).now.predicted_time_s


def test_half_of_being_late_is_put_down_to_the_day_and_the_rest_is_slower() -> None:
    step = len(PLAN.planned_steps) // 2
    late_s = on_time(step, late=0.06).at - on_time(step).at

    arrives_later_s = replanned(on_time(step, late=0.06)).now.predicted_time_s - PLAN.now.predicted_time_s

    assert late_s.total_seconds() < arrives_later_s < 2 * late_s.total_seconds()


def test_who_is_ahead_is_told_no_crawl_for_it() -> None:
    step = len(PLAN.planned_steps) // 2

    ahead = replanned(on_time(step, late=-0.12))

    assert ahead.now.predicted_time_s < PLAN.now.predicted_time_s
    for now, before in zip(ahead.now.steps, PLAN.planned_steps[step + 1 :], strict=True):
        assert now.speed_m_per_s > 0.88 * before.speed_m_per_s


def test_how_far_behind_the_plan_a_runner_is_is_said_against_the_first_schedule() -> None:
    late = replanned(on_time(2, late=0.05))
    later = replanned(on_time(6, late=0.1), late)

    assert late.replan is not None
    assert later.replan is not None
    assert late.replan.behind_s == pytest.approx(PLAN.planned_steps[2].end_s * 0.05, abs=1)
    assert later.replan.behind_s == pytest.approx(PLAN.planned_steps[6].end_s * 0.1, abs=1)
    assert later.planned_steps == PLAN.planned_steps


def test_the_first_steps_of_a_replan_begin_now() -> None:
    plan = replanned(on_time(3, late=0.02))

    assert plan.now.steps[0].start_s == pytest.approx(PLAN.planned_steps[3].end_s * 1.02)


def test_a_cut_off_that_is_lost_is_said_and_one_that_is_passed_is_forgotten() -> None:
    before, after = replanned(at(12_000.0, 8_900.0)), replanned(at(13_500.0, 9_500.0))

    assert before.now.reason is not None
    assert "The cut-off at Pass (2:30:00) cannot be met" in before.now.reason
    assert not before.now.feasible
    assert after.now.reason is None
    assert after.now.feasible


def test_a_tight_cut_off_makes_a_late_runner_push_for_it() -> None:
    tight = (HUTS[0], Waypoint(name="Pass", distance_m=13_000.0, cutoff_s=5_500.0))
    plan = a_plan(HILLS, *tight, goal=Goal(kind=GoalKind.TARGET_TIME, target_time_s=9_500.0))

    late = replanned(at(6_500.0, 3_300.0), plan, tight)

    to_the_pass = [step for step in late.now.steps if step.end_m <= 13_000.1]
    assert late.now.feasible
    assert to_the_pass[-1].end_s == pytest.approx(5_500, abs=5)
    assert min(step.throttle for step in to_the_pass) > late.now.steps[-1].throttle


def test_a_target_that_is_out_of_reach_now_is_said_and_the_least_late_plan_is_made() -> None:
    target_s = PLAN.now.predicted_time_s + 60
    plan = a_plan(HILLS, *HUTS, goal=Goal(kind=GoalKind.TARGET_TIME, target_time_s=target_s))

    late = replanned(on_time(8, late=0.15, plan=plan), plan)

    assert plan.now.feasible
    assert late.now.reason is not None
    assert late.now.reason.startswith("The target time of ")
    assert late.now.predicted_time_s > target_s


def test_a_target_that_can_still_be_met_is() -> None:
    target_s = PLAN.now.predicted_time_s + 900
    plan = a_plan(HILLS, *HUTS, goal=Goal(kind=GoalKind.TARGET_TIME, target_time_s=target_s))

    late = replanned(on_time(5, late=0.03, plan=plan), plan)

    assert late.now.feasible
    assert late.now.predicted_time_s == pytest.approx(target_s, abs=2)
    assert late.now.steps[3].throttle > plan.planned_steps[9].throttle


def test_the_uncertainty_is_that_of_the_rest() -> None:
    stays_s = sum(step.stop_s for step in PLAN.planned_steps[6:])
    plan = replanned(on_time(5))

    rest_s = plan.now.predicted_time_s - plan.now.steps[0].start_s - stays_s
    assert plan.now.uncertainty_s == pytest.approx(PLAN.basis.spread * rest_s, rel=0.001)


def test_a_runner_at_the_start_has_used_nothing_yet() -> None:
    plan = replanned(at(0.0, 90.0))

    assert plan.now.predicted_time_s == pytest.approx(PLAN.now.predicted_time_s + 90, rel=1e-6)


def test_at_the_finish_the_plan_is_over() -> None:
    plan = replanned(at(19_995.0, 9_876.0))

    assert plan.now.steps == ()
    assert (plan.now.predicted_time_s, plan.now.uncertainty_s, plan.now.reason) == (9_876.0, 0.0, None)
    assert plan.replan is not None
    assert plan.replan.behind_s == pytest.approx(9_876 - PLAN.planned_steps[-1].end_s)


def test_the_same_report_again_changes_nothing() -> None:
    report = at(8_000.0, 4_000.0, 150.0)
    once = replanned(report)

    again = replanned(report, once)

    assert again.replan == once.replan
    assert again.now.predicted_time_s == pytest.approx(once.now.predicted_time_s)


def test_d_prime_that_was_used_on_the_way_is_missing_ahead() -> None:
    climb = rolling_ground(4_000.0)
    plan = a_plan(climb, runner=a_runner(fatigue_budget_s=1e9))
    half = plan.planned_steps[1]

    rushed = replan(plan, climb, [], at(half.end_m, half.end_s * 0.97))

    assert rushed.now.steps[-1].d_prime_left_m >= -1e-6
    assert rushed.now.predicted_time_s < plan.now.predicted_time_s


@given(distance_m=st.floats(0, 20_000), slowness=st.floats(0.1, 20), heart_rate=st.none() | st.floats(0, 300))
@settings(max_examples=40, deadline=None)
def test_any_plausible_report_has_a_sane_answer(distance_m: float, slowness: float, heart_rate: float | None) -> None:
    plan = replanned(at(distance_m, distance_m * slowness, heart_rate))

    assert plan.now.predicted_time_s >= distance_m * slowness - 1e-3
    for step in plan.now.steps:
        assert step.end_s > step.start_s
        assert 0 < step.throttle < 4
        assert step.d_prime_left_m > -0.1
