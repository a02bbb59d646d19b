"""Where a course passes by more than once, a feed's first positions tell the lap, and later ones correct it."""

from dataclasses import replace

import numpy as np
import pytest

from domain.courses.model import CourseGround
from domain.pacing.model import Report, ThrottlePlan
from domain.pacing.on_the_way.following import heeded
from domain.pacing.on_the_way.replan import replan
from domain.pacing.plan import plan_course
from tests.factories.followed_plans import a_followed_plan, a_position, after, place_at
from tests.factories.plans_to_take import a_course, a_ground

LENGTH_M = 10_000.0
FLAT = a_ground(LENGTH_M, 2_000, climb_m=0.0)


def laps(count: int) -> CourseGround:
    """So many times round and back to the start, all flat."""
    turn = np.linspace(0.0, 2 * np.pi * count, 2_001)
    radius_m = LENGTH_M / count / 2 / np.pi
    latitude, longitude = 46.2 + radius_m * np.cos(turn) / 111_195, 7.1 + radius_m * np.sin(turn) / 77_000
    return replace(FLAT, latitude=latitude, longitude=longitude)


def out_and_back() -> CourseGround:
    away_m = LENGTH_M / 2 - np.abs(np.linspace(-LENGTH_M / 2, LENGTH_M / 2, 2_001))
    return replace(FLAT, latitude=46.2 + away_m / 111_195, longitude=np.full(2_001, 7.1))


def a_solved_plan(ground: CourseGround) -> ThrottlePlan:
    """A plan whose steps are what its runner can do, so that replans go on at its pace."""
    plan = a_followed_plan(ground)
    made = plan_course(ground, (), plan.runner, plan.basis, plan.goal, plan.terrain_factor, plan.starts_at)
    return replace(plan, runner=made.runner, planned_steps=made.planned.steps, now=made.planned)


PLAN = a_solved_plan(FLAT)


def minutes_at(metres: float) -> float:
    """When the plan has its runner there."""
    steps = PLAN.planned_steps
    places, times = [0.0, *(one.end_m for one in steps)], [0.0, *(one.end_s for one in steps)]
    return float(np.interp(metres, places, times)) / 60


FINISH_MIN = minutes_at(LENGTH_M)


class Told:
    """A plan over a course as the feed goes on."""

    def __init__(self, ground: CourseGround, plan: ThrottlePlan | None = None) -> None:
        self.ground, self.plan = ground, plan or PLAN

    def sees(self, metres: float, minutes: float) -> float:
        """Tell where the runner is: answers where the plan has them then."""
        latitude, longitude = place_at(metres, self.ground)
        here = replace(a_position(0.0, minutes), latitude=latitude, longitude=longitude)
        planned = heeded(self.plan, a_course(self.ground), self.ground, [here], up_to=9)
        self.plan = planned or self.plan
        return self.last_m

    @property
    def last_m(self) -> float:
        assert self.plan.replan is not None
        return self.plan.replan.distance_m

    @property
    def follows(self) -> bool:
        return self.plan.following is not None


@pytest.mark.parametrize("metres", [100.0, 1_500.0, 6_100.0, 8_200.0])
def test_who_is_first_seen_on_time_is_on_the_lap_of_that_time(metres: float) -> None:
    assert Told(laps(5)).sees(metres, minutes_at(metres)) == pytest.approx(metres, abs=2.0)


def test_the_finish_of_one_first_seen_in_a_later_lap_is_foretold_on_time() -> None:
    feed = Told(laps(5))
    feed.sees(6_100.0, minutes_at(6_100.0))
    assert feed.plan.now.predicted_time_s < 1.1 * FINISH_MIN * 60


def test_who_was_first_seen_in_a_later_lap_arrives() -> None:
    feed = Told(laps(5))
    for metres in (6_100.0, 7_500.0, 9_000.0, LENGTH_M):
        last = feed.sees(metres, minutes_at(metres))
    assert last == LENGTH_M
    assert not feed.follows


def test_who_waits_at_the_start_of_a_loop_while_others_run_has_not_left_it() -> None:
    feed = Told(laps(1))
    assert feed.sees(0.0, FINISH_MIN / 2) == pytest.approx(0.0, abs=1.0)
    assert feed.follows


def test_who_waits_100_m_before_the_line_is_not_about_to_finish_half_an_hour_early() -> None:
    assert Told(laps(1)).sees(60.0, FINISH_MIN / 2) == pytest.approx(60.0, abs=1.0)


def test_who_is_first_seen_at_the_finish_on_time_is_nearly_there() -> None:
    feed = Told(laps(1))
    assert feed.sees(9_990.0, FINISH_MIN) == pytest.approx(9_970.0, abs=2.0)
    assert feed.plan.now.predicted_time_s == pytest.approx(FINISH_MIN * 60, abs=60.0)


def test_who_stands_at_the_line_at_the_time_of_the_finish_has_not_arrived_and_may_start_yet() -> None:
    feed = Told(laps(1))
    for minutes in (0.0, 1.0, 3.0):
        feed.sees(0.0, FINISH_MIN + 5 + minutes)
    assert feed.follows
    assert feed.sees(900.0, FINISH_MIN + 13) == pytest.approx(900.0, abs=2.0)


@pytest.mark.parametrize(("pace", "first_taken_m"), [(1.3, 8_100.0), (0.8, 4_100.0)])
def test_a_lap_is_corrected_back_or_ahead_by_the_pace_that_shows(pace: float, first_taken_m: float) -> None:
    feed = Told(laps(5))
    taken = [feed.sees(metres, pace * minutes_at(metres)) for metres in (6_100.0, 6_300.0, 6_900.0, 7_600.0)]
    assert taken[0] == pytest.approx(first_taken_m, abs=2.0)
    assert taken[1:] == pytest.approx([6_300.0, 6_900.0, 7_600.0], abs=2.0)


@pytest.mark.parametrize(("first_m", "is_open"), [(8_100.0, True), (2_100.0, False)])
def test_a_lap_stays_in_question_while_another_does_nearly_as_well(first_m: float, is_open: bool) -> None:
    feed = Told(laps(5))
    for metres in (first_m, first_m + 200, first_m + 600):
        feed.sees(metres, minutes_at(metres))
    assert feed.plan.replan is not None
    assert (feed.plan.replan.first_at is not None, bool(feed.plan.replan.passes)) == (is_open, is_open)


def test_on_an_out_and_back_the_way_that_a_runner_goes_tells_which_pass_it_is() -> None:
    feed, late = Told(out_and_back()), 40.0
    assert feed.sees(2_000.0, minutes_at(2_000.0) + late) == pytest.approx(8_000.0, abs=2.0)
    assert feed.sees(2_600.0, minutes_at(2_600.0) + late) == pytest.approx(2_600.0, abs=2.0)


def test_who_was_seen_from_the_start_on_stays_on_their_lap_however_slow() -> None:
    feed = Told(laps(5))
    assert [round(feed.sees(metres, 3.0 * minutes_at(metres)), -1) for metres in range(100, 2_500, 200)] == [
        *range(100, 2_500, 200)
    ]


def test_who_was_placed_by_hand_arrives_where_they_started() -> None:
    ground = laps(1)
    seen = replan(PLAN, ground, (), Report(distance_m=8_000.0, at=after(50.0)))
    feed = Told(ground, seen)
    assert feed.sees(0.0, 62.0) == pytest.approx(LENGTH_M, abs=1.0)
    assert not feed.follows
