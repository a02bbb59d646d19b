"""What a heart rate, or a time alone, tells of the day that a runner has."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import CourseGround
from domain.pacing.model import Knots, Replan, Report, ThrottlePlan
from domain.pacing.on_the_way.day import cost_by_pace
from domain.pacing.on_the_way.replan import replan
from domain.pacing.running.drift import drift
from tests.factories.slopes import STARTS_AT, a_plan, a_runner, ground_of

LEVEL = ground_of((20_000.0, 0.0))
PLAN = a_plan(LEVEL)
HALF = PLAN.planned_steps[1]
EXPECTED = 50 + 120 * HALF.throttle


def seen(heart_rate: float | None, late_s: float = 0.0, *, plan: ThrottlePlan = PLAN) -> Replan:
    made = after(heart_rate, late_s, plan=plan).replan
    assert made is not None
    return made


def after(
    heart_rate: float | None, late_s: float = 0.0, *, plan: ThrottlePlan = PLAN, ground: CourseGround = LEVEL
) -> ThrottlePlan:
    half = plan.planned_steps[1]
    at = STARTS_AT + timedelta(seconds=half.end_s + late_s)
    return replan(plan, ground, [], Report(distance_m=half.end_m, at=at, heart_rate=heart_rate))


def test_a_heart_that_beats_as_expected_has_an_ordinary_day() -> None:
    assert seen(EXPECTED).today == pytest.approx(1.0, abs=1e-3)
    assert after(EXPECTED).now.predicted_time_s == pytest.approx(PLAN.now.predicted_time_s, rel=1e-3)


def test_half_of_what_the_heart_beats_more_is_taken_for_what_the_day_costs_as_far_as_one_reading_says() -> None:
    told = seen(50 + 120 * HALF.throttle * 1.08).today

    assert told == pytest.approx(1.08 ** (0.5 * 0.632), rel=1e-3)


def test_readings_that_agree_are_believed_more_than_one() -> None:
    long = ground_of((15_000.0, 0.0))
    plan = a_plan(long)
    beats = 50 + 120 * plan.planned_steps[1].throttle * 1.08
    for step in plan.planned_steps[:-1]:
        at = STARTS_AT + timedelta(seconds=step.end_s)
        plan = replan(plan, long, [], Report(distance_m=step.end_m, at=at, heart_rate=beats))

    assert plan.replan is not None
    assert plan.replan.today is not None
    assert 1.08**0.5 < plan.replan.today < 1.06


def test_a_high_heart_rate_makes_the_rest_slower_and_a_low_one_faster() -> None:
    high, usual, low = (after(beats).now.predicted_time_s for beats in (EXPECTED + 12, EXPECTED, EXPECTED - 12))

    assert high > usual > low


def test_the_day_is_bounded_by_a_tenth() -> None:
    assert seen(50 + 120 * HALF.throttle * 1.38).today == pytest.approx(1.1, rel=2e-3)
    assert seen(50 + 120 * HALF.throttle * 0.72).today == pytest.approx(1 / 1.1, rel=2e-3)


@pytest.mark.parametrize("beats", [0.0, 60.0, 255.0])
def test_a_strap_that_slips_is_not_believed(beats: float) -> None:
    assert seen(beats).today is None


def test_without_a_heart_rate_nothing_is_said_of_the_heart() -> None:
    assert seen(None).today is None
    assert seen(150.0, plan=a_plan(LEVEL, runner=a_runner(resting_heart_rate=None))).today is None


def test_a_heart_rate_of_the_first_five_minutes_says_nothing() -> None:
    early = Report(distance_m=900.0, at=STARTS_AT + timedelta(seconds=260), heart_rate=165.0)

    made = replan(PLAN, LEVEL, [], early).replan

    assert made is not None
    assert made.today is None


def test_one_reading_soon_after_another_counts_for_little() -> None:
    told = Report(distance_m=8_000.0, at=STARTS_AT + timedelta(seconds=8_000 / HALF.speed_m_per_s), heart_rate=EXPECTED)
    soon = Report(distance_m=8_040.0, at=told.at + timedelta(seconds=10), heart_rate=EXPECTED + 20)
    calm = replan(PLAN, LEVEL, [], told)

    made = replan(calm, LEVEL, [], soon).replan

    assert made is not None
    assert made.today == pytest.approx(1.0, abs=0.005)


def test_a_report_without_a_heart_rate_keeps_what_the_heart_has_told() -> None:
    told = Report(distance_m=8_000.0, at=STARTS_AT + timedelta(seconds=2_300), heart_rate=EXPECTED + 12)
    first = replan(PLAN, LEVEL, [], told)
    then = Report(distance_m=9_000.0, at=STARTS_AT + timedelta(seconds=2_600))

    second = replan(first, LEVEL, [], then)

    assert first.replan is not None
    assert second.replan is not None
    assert first.replan.today is not None
    assert second.replan.today == first.replan.today


def test_the_heart_is_not_asked_where_a_steep_descent_takes_little() -> None:
    down = ground_of((3_000.0, 0.0), (5_000.0, -0.2), (2_000.0, 0.0))
    plan = a_plan(down)
    as_expected = 50 + 120 * plan.planned_steps[1].throttle

    made = after(as_expected, plan=plan, ground=down).replan

    assert plan.planned_steps[1].throttle < 0.5
    assert made is not None
    assert made.today is None


def test_a_heart_that_drifts_as_hearts_do_has_an_ordinary_day() -> None:
    long = ground_of((45_000.0, 0.0))
    plan = a_plan(long)
    here = next(step for step in plan.planned_steps if step.end_s > 7_200)
    at, beats = STARTS_AT + timedelta(seconds=here.end_s), 50 + 120 * here.throttle * drift(here.end_s)

    made = replan(plan, long, [], Report(distance_m=here.end_m, at=at, heart_rate=beats)).replan

    assert made is not None
    assert made.today == pytest.approx(1.0, abs=1e-3)


@given(st.floats(0, 200_000), st.floats(0, 10_000))
def test_hearts_drift_up_with_time_and_by_a_sixteenth_at_the_most(elapsed_s: float, more_s: float) -> None:
    assert 1.0 <= drift(elapsed_s) <= drift(elapsed_s + more_s) <= 1.0625


def test_hearts_hold_for_an_hour_and_drift_by_a_twentieth_in_the_next() -> None:
    assert drift(3_600.0) == 1.0
    assert drift(7_200.0) == pytest.approx(1.05)


@pytest.mark.parametrize(("beyond_m", "is_asked"), [(150.0, False), (800.0, True)])
def test_the_heart_is_asked_on_a_climb_only_once_it_can_have_followed(beyond_m: float, is_asked: bool) -> None:
    valley = ground_of((3_000.0, 0.0), (3_000.0, -0.35), (3_000.0, 0.15))
    plan = a_plan(valley, runner=a_runner(fastest_m_per_s=Knots((-0.35, 0.0), (1.0, 6.0))))
    times_s = np.interp(
        6_000.0 + beyond_m,
        [one.end_m for one in plan.planned_steps],
        [one.end_s for one in plan.planned_steps],
    )
    report = Report(distance_m=6_000.0 + beyond_m, at=STARTS_AT + timedelta(seconds=float(times_s)), heart_rate=165.0)

    made = replan(plan, valley, [], report).replan

    assert made is not None
    assert (made.today is not None) is is_asked


def test_being_slow_for_long_says_more_of_the_day_than_being_slow_at_first() -> None:
    assert 1 < cost_by_pace(0.95, 60.0, 60.0) < cost_by_pace(0.95, 3_600.0, 3_600.0) < 0.95**-0.5


def test_a_stretch_says_as_much_of_the_day_as_it_is_of_the_way() -> None:
    assert cost_by_pace(0.95, 600.0, 3_600.0) ** 6 == pytest.approx(cost_by_pace(0.95, 3_600.0, 3_600.0))


def test_who_does_as_told_has_the_day_that_they_were_told() -> None:
    assert cost_by_pace(1.0, 3_600.0, 7_200.0, 1.04) == pytest.approx(1.04)


def test_being_slow_costs_what_being_fast_saves_and_a_tenth_at_the_most() -> None:
    assert cost_by_pace(0.95, 3_600.0, 3_600.0) * cost_by_pace(1 / 0.95, 3_600.0, 3_600.0) == pytest.approx(1.0)
    assert cost_by_pace(0.5, 36_000.0, 36_000.0, 1.05) == pytest.approx(1.1)
    assert cost_by_pace(2.0, 36_000.0, 36_000.0, 0.95) == pytest.approx(1 / 1.1)


def test_the_model_says_what_the_day_is_taken_for() -> None:
    assert after(EXPECTED).now.model.endswith("Today is taken for a day like others.")
    assert after(EXPECTED * 1.1).now.model.endswith("% harder than other days.")
