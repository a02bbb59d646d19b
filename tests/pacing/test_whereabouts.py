"""Where on a course a runner is, by what they say, and by where the plan expects them."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from domain.courses.model import CourseGround
from domain.courses.places import NoPositionsOnCourse, OffCourse
from domain.pacing.model import ThrottleStep
from domain.pacing.on_the_way.whereabouts import (
    LONGEST_ON_THE_WAY,
    SeenAhead,
    SeenLongAfterStart,
    Sighting,
    expected_m,
    seen_at,
)
from tests.factories.plans_to_take import STARTS_AT, WAYPOINTS, a_ground, a_plan_to_take, without_positions

AID = WAYPOINTS[0]
PLAN = a_plan_to_take(count=8, waypoints=(AID,)).plan
STEPS = PLAN.now.steps


def after(seconds: float) -> Sighting:
    return Sighting(at=STARTS_AT + timedelta(seconds=seconds), distance_m=0.0)


def there_and_back() -> CourseGround:
    """Ten kilometres out, and back on the same way."""
    ground = a_ground(20_000.0, 4_000)
    assert ground.latitude is not None
    assert ground.longitude is not None
    out = np.minimum(np.arange(4_001), 4_000 - np.arange(4_001))
    return replace(ground, latitude=ground.latitude[out], longitude=ground.longitude[out])


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step.ordinal))
def test_a_runner_is_expected_where_the_steps_have_them(step: ThrottleStep) -> None:
    assert expected_m(PLAN, STARTS_AT + timedelta(seconds=step.end_s)) == pytest.approx(step.end_m)


def test_half_through_a_step_a_runner_is_half_way_along_it() -> None:
    first = STEPS[0]

    assert expected_m(PLAN, STARTS_AT + timedelta(seconds=first.end_s / 2)) == pytest.approx(first.end_m / 2)


def test_a_runner_who_stays_at_a_waypoint_is_expected_there() -> None:
    (at_aid,) = (step for step in STEPS if step.waypoint == AID.name)

    for seconds in (0.0, AID.stop_s / 2, AID.stop_s):
        at = STARTS_AT + timedelta(seconds=at_aid.end_s + seconds)
        assert expected_m(PLAN, at) == pytest.approx(AID.distance_m)


@pytest.mark.parametrize(("hours", "place"), [(-1, STEPS[0].start_m), (99, STEPS[-1].end_m)])
def test_nobody_is_expected_before_the_start_or_behind_the_finish(hours: int, place: float) -> None:
    assert expected_m(PLAN, STARTS_AT + timedelta(hours=hours)) == place


def test_without_a_start_or_anything_left_to_run_nobody_is_expected_anywhere() -> None:
    at = STARTS_AT + timedelta(hours=1)

    assert expected_m(replace(PLAN, starts_at=None), at) is None
    assert expected_m(replace(PLAN, now=replace(PLAN.now, steps=())), at) is None


def test_what_a_runner_says_of_the_distance_is_taken_at_its_word() -> None:
    seen = replace(after(600), distance_m=1_234.5, heart_rate=150.0)

    report = seen.along(PLAN, without_positions(a_ground()))

    assert (report.distance_m, report.at, report.heart_rate) == (1_234.5, seen.at, 150.0)


@pytest.mark.parametrize("beats", [0.0, -1.0, 24.0, 251.0, 1e308])
def test_a_heart_rate_that_no_heart_has_is_not_known(beats: float) -> None:
    assert replace(after(600), heart_rate=beats).along(PLAN, a_ground()).heart_rate is None


@pytest.mark.parametrize(("share", "expected"), [(0.25, 5_000.0), (0.75, 15_000.0)])
def test_where_a_course_passes_twice_it_is_the_pass_where_the_plan_has_its_runner(
    share: float, expected: float
) -> None:
    ground = there_and_back()
    assert ground.latitude is not None
    assert ground.longitude is not None
    here = (float(ground.latitude[1_000]), float(ground.longitude[1_000]))
    seen = Sighting(at=STARTS_AT + timedelta(seconds=share * STEPS[-1].end_s), position=here)

    assert seen.along(PLAN, ground).distance_m == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("ground", "refusal"), [(a_ground(), OffCourse), (without_positions(a_ground()), NoPositionsOnCourse)]
)
def test_a_position_that_tells_no_place_is_refused_by_its_field(
    ground: CourseGround, refusal: type[OffCourse] | type[NoPositionsOnCourse]
) -> None:
    with pytest.raises(refusal) as refused:
        Sighting(at=STARTS_AT, position=(0.0, 0.0)).along(PLAN, ground)

    assert refused.value.field == ("position",)


def test_nobody_is_on_the_way_for_more_than_a_month() -> None:
    longest = LONGEST_ON_THE_WAY.total_seconds()
    assert after(longest).along(PLAN, a_ground()).distance_m == 0.0

    with pytest.raises(SeenLongAfterStart):
        after(longest + 1).along(PLAN, a_ground())


def test_who_was_seen_without_a_time_is_seen_now() -> None:
    assert seen_at(None, STARTS_AT) == STARTS_AT


def test_clocks_may_differ_by_two_minutes() -> None:
    told = STARTS_AT + timedelta(minutes=2)
    assert seen_at(told, STARTS_AT) == told


def test_nobody_is_seen_at_a_time_that_is_to_come() -> None:
    with pytest.raises(SeenAhead, match="later than now"):
        seen_at(STARTS_AT + timedelta(seconds=121), STARTS_AT)
