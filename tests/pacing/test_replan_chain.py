"""Reports one after the other: each adds what has come since, and what was told before is not forgotten."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.model import Waypoint
from domain.pacing.model import Goal, GoalKind, Report, ThrottlePlan
from domain.pacing.on_the_way.replan import replan
from tests.factories.slopes import STARTS_AT, a_plan, ground_of, rolling_ground

HILLS = rolling_ground(24_000.0, waves_m=5_000.0)
HUTS = (Waypoint(name="Hut", distance_m=9_000.0, stop_s=120.0), Waypoint(name="Pass", distance_m=17_000.0))
PLAN = a_plan(HILLS, *HUTS)
BASE = PLAN.now.predicted_time_s
LAST = len(PLAN.planned_steps) - 1


def seen(plan: ThrottlePlan, distance_m: float, seconds: float, heart_rate: float | None = None) -> ThrottlePlan:
    report = Report(distance_m=distance_m, at=STARTS_AT + timedelta(seconds=seconds), heart_rate=heart_rate)
    return replan(plan, HILLS, HUTS, report)


def at_step(plan: ThrottlePlan, step: int, late_s: float = 0.0) -> ThrottlePlan:
    """Seen at the end of a step of the first plan, so much later than that has it."""
    return seen(plan, PLAN.planned_steps[step].end_m, PLAN.planned_steps[step].end_s + late_s)


def obeying(plan: ThrottlePlan, count: int) -> list[ThrottlePlan]:
    """The plans that are made for a runner who does as the last one told, seen at the end of each of so many steps."""
    plans = []
    for _ in range(count):
        plan = seen(plan, plan.now.steps[0].end_m, plan.now.steps[0].end_s)
        plans.append(plan)
    return plans


@given(steps=st.sets(st.integers(0, LAST - 1), min_size=2, max_size=6).map(sorted))
@settings(max_examples=6, deadline=None)
def test_who_is_on_schedule_at_every_report_keeps_the_plan(steps: list[int]) -> None:
    plan = PLAN
    for step in steps:
        plan = at_step(plan, step)

        assert plan.now.predicted_time_s == pytest.approx(BASE, rel=0.001)


@pytest.mark.parametrize("late", [1.15, 1.05, 0.95])
def test_who_obeys_after_a_bad_start_arrives_when_they_were_told(late: float) -> None:
    first = seen(PLAN, PLAN.planned_steps[3].end_m, PLAN.planned_steps[3].end_s * late)

    times_s = [plan.now.predicted_time_s for plan in obeying(first, LAST - 5)]

    assert np.ptp([first.now.predicted_time_s, *times_s]) < 0.004 * BASE


def test_who_has_rushed_and_then_waited_for_the_schedule_has_less_left_than_one_on_schedule() -> None:
    fast = next(step for step in PLAN.planned_steps if step.end_s > 2_400)
    rushed = seen(PLAN, fast.end_m, fast.end_s * 0.92)
    step = next(k for k, step in enumerate(PLAN.planned_steps) if step.end_m > 14_000)

    uneven, even = at_step(rushed, step), at_step(PLAN, step)

    assert uneven.replan is not None
    assert even.replan is not None
    assert uneven.replan.kept is not None
    assert even.replan.kept is not None
    assert uneven.replan.kept.usual_budget_s > 1.1 * even.replan.kept.usual_budget_s
    assert uneven.now.predicted_time_s > even.now.predicted_time_s


@given(metres=st.floats(100, 23_000), pace=st.floats(0.25, 0.6), beats=st.none() | st.floats(120, 190))
@settings(max_examples=20, deadline=None)
def test_reports_repeated_change_nothing(metres: float, pace: float, beats: float | None) -> None:
    once = seen(seen(PLAN, metres / 2, metres * pace / 2), metres, metres * pace, beats)

    again = seen(seen(once, metres, metres * pace, beats), metres, metres * pace, beats)

    assert again.now.predicted_time_s == pytest.approx(once.now.predicted_time_s)
    assert again.replan is not None
    assert once.replan is not None
    assert replace(again.replan, kept=None) == pytest.approx(replace(once.replan, kept=None))


@given(scatter=st.lists(st.floats(-15, 15), min_size=12, max_size=12))
@settings(max_examples=6, deadline=None)
def test_positions_that_scatter_every_few_seconds_are_not_read_as_effort(scatter: list[float]) -> None:
    step, plan = PLAN.planned_steps[6], PLAN
    for k, off_m in enumerate(scatter):
        at_m = step.start_m + 60 + 40 * k
        plan = seen(plan, at_m + off_m, step.start_s + (at_m - step.start_m) / step.speed_m_per_s)

    assert plan.now.predicted_time_s == pytest.approx(BASE, rel=0.006)


def test_what_is_kept_is_replaced_once_ten_minutes_have_been_run() -> None:
    first = at_step(PLAN, 4)
    soon, later = at_step(first, 5), at_step(first, 8)

    assert first.replan is not None
    assert first.replan.kept is not None
    assert soon.replan is not None
    assert later.replan is not None
    assert later.replan.kept is not None
    assert PLAN.planned_steps[5].end_s - PLAN.planned_steps[4].end_s < 600
    assert soon.replan.kept == first.replan.kept
    assert later.replan.kept.distance_m == PLAN.planned_steps[8].end_m


def test_a_rest_by_the_way_that_is_watched_is_no_bad_day() -> None:
    step = next(step for step in PLAN.planned_steps if step.end_m > 11_000)
    plan = seen(PLAN, step.end_m, step.end_s)
    for minutes in (6, 12, 18, 20):
        plan = seen(plan, step.end_m + 20, step.end_s + 60 * minutes)

    assert plan.now.predicted_time_s == pytest.approx(BASE + 1_200, abs=20)


def test_a_plan_that_was_made_anew_by_an_older_release_is_measured_from_the_start() -> None:
    first = at_step(PLAN, 4, late_s=60.0)
    assert first.replan is not None
    older = replace(first, replan=replace(first.replan, kept=None))

    assert at_step(older, 9, 100.0).now.predicted_time_s == at_step(PLAN, 9, 100.0).now.predicted_time_s


def test_a_lap_that_was_mistaken_for_another_leaves_no_traces() -> None:
    wrong = at_step(PLAN, 12, late_s=-900.0)
    assert wrong.replan is not None
    unsure = replace(wrong, replan=replace(wrong.replan, distance_m=0.0, first_at=wrong.replan.at))

    assert at_step(unsure, 13).now.predicted_time_s == at_step(PLAN, 13).now.predicted_time_s


def test_a_target_stays_within_reach_of_one_who_does_as_told() -> None:
    target = Goal(kind=GoalKind.TARGET_TIME, target_time_s=BASE + 600)
    plan = a_plan(HILLS, *HUTS, goal=target)

    for told in obeying(seen(plan, plan.planned_steps[2].end_m, plan.planned_steps[2].end_s * 1.04), LAST - 4):
        assert told.now.feasible
        assert told.now.predicted_time_s == pytest.approx(BASE + 600, abs=2)


def test_who_has_nothing_left_on_the_last_descent_is_not_told_to_crawl_down() -> None:
    ground = ground_of((9_000.0, 0.06), (4_000.0, -0.25))
    plan = a_plan(ground)
    top = next(step for step in plan.planned_steps if step.end_m >= 9_000.0)
    report = Report(distance_m=top.end_m, at=STARTS_AT + timedelta(seconds=top.end_s - 200))

    ahead = replan(plan, ground, [], report)

    assert ahead.now.predicted_time_s < plan.now.predicted_time_s - 150
