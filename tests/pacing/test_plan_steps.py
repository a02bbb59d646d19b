"""What a plan tells its runner step by step."""

import itertools
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Movement
from domain.courses.model import CourseGround, Waypoint
from domain.pacing.legs import edges_of, legs_of
from domain.pacing.model import Knots, Runner, Standing, ThrottleStep
from domain.pacing.running.forward import follow
from domain.pacing.running.heart import heart_throttle_over
from domain.pacing.steps import Since, expected_heart_rate, steps_of
from tests.factories.slopes import RUNNER, STARTS_AT, UP_AND_DOWN, a_runner, ground_of, rolling_ground

HILLS = rolling_ground(9_000.0)
MILL = Waypoint(name="Mill", distance_m=4_000.0, stop_s=90.0, cutoff_s=2_400.0)
PASS = Waypoint(name="Pass", distance_m=7_500.0, cutoff_s=4_000.0)
NIMBLE = a_runner(fastest_m_per_s=Knots((0.0,), (12.0,)), walking_m_per_s=0.5)
START = Since(starts_at=STARTS_AT)


def steps(
    ground: CourseGround = HILLS,
    *waypoints: Waypoint,
    throttle: float = 0.8,
    runner: Runner = RUNNER,
    since: Since = START,
) -> tuple[ThrottleStep, ...]:
    legs = legs_of(ground, waypoints, 1.0)
    throttles = np.full(legs.step[-1] + 1, throttle)
    pacing = follow(legs, runner, throttles, Standing(elapsed_s=since.elapsed_s))
    return steps_of(ground, legs, pacing, runner, since)


@given(throttle=st.floats(0.4, 1.2), place_m=st.floats(0, 9_000), stop_s=st.floats(0, 900))
@settings(max_examples=25, deadline=None)
def test_steps_tile_the_way_and_with_the_stays_the_time(throttle: float, place_m: float, stop_s: float) -> None:
    made = steps(HILLS, Waypoint(name="Hut", distance_m=place_m, stop_s=stop_s), throttle=throttle)

    assert made[0].start_m == 0
    assert made[-1].end_m == pytest.approx(9_000)
    for one, after in itertools.pairwise(made):
        assert after.start_m == one.end_m
        assert after.start_s == pytest.approx(one.end_s + one.stop_s)
    for one in made:
        assert one.end_s - one.start_s == pytest.approx((one.end_m - one.start_m) / one.speed_m_per_s)


@pytest.mark.parametrize("ground", [HILLS, ground_of(*UP_AND_DOWN), ground_of((5_000.0, 0.0))])
def test_ascents_and_descents_add_up_to_those_of_the_course(ground: CourseGround) -> None:
    rough = replace(ground, ascent_m=ground.ascent_m * 1.07, descent_m=ground.descent_m * 1.02)

    made = steps(rough, MILL)

    assert sum(one.ascent_m for one in made) == pytest.approx(rough.ascent_m)
    assert sum(one.descent_m for one in made) == pytest.approx(rough.descent_m)


def test_a_step_knows_its_slope() -> None:
    made = steps(ground_of(*UP_AND_DOWN))

    assert [one.mean_grade for one in made] == pytest.approx([grade for _, grade in UP_AND_DOWN], abs=0.005)


def test_the_mean_throttle_is_what_is_used_and_not_what_a_cap_leaves_unused() -> None:
    down = steps(ground_of((2_000.0, -0.2)), throttle=1.0)

    assert down[0].throttle < 0.7


def test_where_nothing_binds_all_of_the_throttle_is_used() -> None:
    assert [one.throttle for one in steps(throttle=0.7, runner=NIMBLE)] == pytest.approx([0.7] * len(steps()))


def test_pace_is_the_seconds_of_a_kilometre() -> None:
    flat = steps(ground_of((2_000.0, 0.0)), throttle=1.0)[0]

    assert flat.speed_m_per_s == pytest.approx(4.0)
    assert flat.pace_s_per_km == pytest.approx(250.0)


def test_a_step_is_walked_when_most_of_its_time_is() -> None:
    made = steps(ground_of((2_000.0, 0.0), (2_000.0, 0.3)))

    assert [one.movement for one in made] == [Movement.RUNNING, Movement.WALKING]


def test_a_short_wall_within_a_step_does_not_make_it_a_walk() -> None:
    made = steps(ground_of((1_500.0, 0.0), (60.0, 0.4), (1_500.0, 0.0)))

    assert {one.movement for one in made} == {Movement.RUNNING}


def test_heart_rate_rises_evenly_from_resting_over_threshold_to_the_maximum() -> None:
    assert [expected_heart_rate(RUNNER, throttle) for throttle in (0.0, 0.5, 1.0, 1.1, 1.5)] == [50, 110, 170, 182, 190]


def test_the_same_throttle_is_expected_to_take_a_faster_heart_after_hours() -> None:
    assert [expected_heart_rate(RUNNER, 0.8, hours * 3600.0) for hours in (0, 1, 2, 3, 9)] == [146, 146, 151, 152, 152]


def test_a_long_course_is_expected_to_take_a_faster_heart_at_its_end() -> None:
    even = steps(ground_of((60_000.0, 0.0)))

    assert even[0].throttle == pytest.approx(even[-1].throttle, rel=1e-3)
    beats = [one.expected_heart_rate or 0 for one in even]
    assert beats[-1] > beats[0] + 5


@pytest.mark.parametrize("unknown", ["resting_heart_rate", "threshold_heart_rate"])
def test_without_resting_or_threshold_heart_rate_none_is_expected(unknown: str) -> None:
    assert {one.expected_heart_rate for one in steps(runner=a_runner(**{unknown: None}))} == {None}


def test_every_step_has_its_hour_when_the_start_has_one() -> None:
    made = steps()

    assert made[-1].arrive_at == STARTS_AT + timedelta(seconds=made[-1].end_s)
    assert {one.arrive_at for one in steps(since=Since(starts_at=None))} == {None}


def test_a_waypoint_stands_at_the_end_of_its_step_with_its_stay() -> None:
    (at_the_mill,) = [one for one in steps(HILLS, MILL, PASS) if one.waypoint == "Mill"]

    assert at_the_mill.end_m == pytest.approx(4_000)
    assert at_the_mill.stop_s == 90.0


def test_two_waypoints_at_one_place_are_both_named_and_both_stayed_at() -> None:
    made = steps(HILLS, MILL, Waypoint(name="Well", distance_m=4_000.5, stop_s=30.0))

    assert [(one.waypoint, one.stop_s) for one in made if one.waypoint] == [("Mill, Well", 120.0)]


def test_a_stay_at_the_start_puts_the_first_step_off() -> None:
    assert steps(HILLS, Waypoint(name="Square", distance_m=0.0, stop_s=45.0))[0].start_s == 45.0


def test_the_margin_is_that_of_the_next_cut_off_at_the_end_of_the_step_or_later() -> None:
    made = steps(HILLS, MILL, PASS)
    mill, pass_ = (next(one for one in made if one.waypoint == name) for name in ("Mill", "Pass"))

    for one in made:
        if one.end_m <= mill.end_m:
            assert one.cutoff_margin_s == pytest.approx(2_400 - mill.end_s)
        elif one.end_m <= pass_.end_m:
            assert one.cutoff_margin_s == pytest.approx(4_000 - pass_.end_s)
        else:
            assert one.cutoff_margin_s is None


def test_a_missed_cut_off_has_a_negative_margin() -> None:
    made = steps(HILLS, replace(MILL, cutoff_s=600.0), throttle=0.6)

    assert made[0].cutoff_margin_s is not None
    assert made[0].cutoff_margin_s < 0


def test_d_prime_is_what_is_left_at_the_end_of_the_step() -> None:
    made = steps(ground_of((1_000.0, 0.0)), throttle=1.1)

    assert made[0].d_prime_left_m == pytest.approx(200 - 0.1 * 4.0 * 1_000 / 4.4)


def test_steps_of_the_rest_go_on_from_the_clock_and_the_count_where_it_begins() -> None:
    legs = legs_of(HILLS, [], 1.0, 3_000.0)
    pacing = follow(legs, RUNNER, np.full(legs.step[-1] + 1, 0.8), Standing(elapsed_s=1_000.0))

    made = steps_of(HILLS, legs, pacing, RUNNER, Since(starts_at=STARTS_AT, elapsed_s=1_000.0, steps=4))

    assert made[0].start_m == pytest.approx(edges_of(legs)[0])
    assert (made[0].ordinal, made[0].start_s) == (5, 1_000.0)


def test_running_down_asks_more_of_the_heart_than_of_the_metabolism() -> None:
    """4 m/s down 10 % beats as 3.5 m/s on the level do."""
    down = steps(ground_of((2_000.0, -0.1)), throttle=1.0, runner=a_runner(fastest_m_per_s=Knots((0.0,), (4.0,))))[0]

    assert down.throttle < 0.65
    assert down.expected_heart_rate == round(50 + 120 * 0.876)


def test_rough_ground_costs_the_heart_as_much_more_on_a_descent_as_elsewhere() -> None:
    legs = legs_of(ground_of((2_000.0, -0.1)), [], 1.3)
    pacing = follow(legs, RUNNER, np.full(legs.step[-1] + 1, 0.6))

    expected = pacing.speed_m_per_s * 0.876 * 1.3 / RUNNER.critical_speed_m_per_s
    np.testing.assert_allclose(heart_throttle_over(legs, pacing, RUNNER), expected, rtol=1e-2)


@pytest.mark.parametrize(("grade", "runner"), [(0.1, NIMBLE), (0.0, NIMBLE), (-0.3, a_runner(walking_m_per_s=9.0))])
def test_uphill_on_the_level_and_walking_the_heart_goes_by_the_throttle(grade: float, runner: Runner) -> None:
    legs = legs_of(ground_of((2_000.0, grade)), [], 1.0)
    pacing = follow(legs, runner, np.full(legs.step[-1] + 1, 0.7))

    np.testing.assert_array_equal(heart_throttle_over(legs, pacing, runner), pacing.used_throttle)
