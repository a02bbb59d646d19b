"""When the runner is where, by a plan: the clock that every file to take along tells."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.model import Waypoint
from domain.pacing.take_along import CourseWithoutPositions, PlanToTake
from tests.factories.plans_to_take import WAYPOINTS, a_ground, a_plan_to_take, some_steps, without_positions


def test_a_step_is_taken_evenly() -> None:
    taken = a_plan_to_take(a_ground(climb_m=0.0), waypoints=())
    assert taken.arrivals(np.array([0.0, 500.0, 20_000.0])) == pytest.approx([0, 180, 7_200])


def test_where_the_runner_stays_it_is_when_they_come() -> None:
    taken = a_plan_to_take()
    (step,) = [step for step in taken.steps if step.waypoint == "Two Pines"]
    comes, a_metre_on = taken.arrivals(np.array([5_000.0, 5_001.0]))
    assert comes == pytest.approx(step.end_s)
    assert a_metre_on > step.end_s + 180


def test_every_waypoint_has_its_arrival_and_its_margin() -> None:
    taken = a_plan_to_take()
    arrivals = {step.waypoint: step.end_s for step in taken.steps}
    pines, top, mill = taken.passages
    assert [pines.arrival_s, mill.arrival_s] == [arrivals["Two Pines"], arrivals["Old Mill"]]
    assert pines.margin_s == 3_600 - arrivals["Two Pines"]
    assert top.margin_s is None


def test_a_waypoint_that_the_ground_s_grid_moved_counts_as_the_end_of_its_step() -> None:
    taken = a_plan_to_take()
    moved = replace(taken.course, waypoints=(replace(WAYPOINTS[0], distance_m=5_002.4),))
    (passage,) = replace(taken, course=moved).passages
    assert passage.arrival_s == next(step.end_s for step in taken.steps if step.waypoint == "Two Pines")


def test_a_waypoint_behind_the_runner_has_no_arrival() -> None:
    taken = a_plan_to_take(steps=some_steps(a_ground(), 20, WAYPOINTS)[9:])
    assert [passage.arrival_s is None for passage in taken.passages] == [True, True, False]
    assert taken.passages[0].margin_s is None


def who_stays_first(at_m: float, *waypoints: Waypoint) -> PlanToTake:
    """A plan whose steps begin after a stay of a minute."""
    steps = tuple(step for step in some_steps(a_ground(), 20) if step.start_m >= at_m)
    steps = tuple(replace(one, start_s=one.start_s + 60, end_s=one.end_s + 60) for one in steps)
    return a_plan_to_take(steps=steps, waypoints=waypoints)


@pytest.mark.parametrize("at_m", [0.0, 0.5])
def test_who_stays_at_the_start_is_there_from_the_start_on(at_m: float) -> None:
    start = Waypoint(name="Start", distance_m=at_m, stop_s=60.0, cutoff_s=1.0)
    taken = who_stays_first(0.0, start)
    (passage,) = taken.passages
    assert (passage.arrival_s, passage.margin_s) == (0, 1)
    assert taken.arrivals(np.array([0.0]))[0] == 0
    assert taken.points(200).seconds[:2].tolist() == [0, 60]


def test_who_is_seen_at_an_aid_station_was_there_before_the_stay() -> None:
    taken = who_stays_first(5_000.0, Waypoint(name="Two Pines", distance_m=5_000.0, stop_s=60.0))
    (passage,) = taken.passages
    assert passage.arrival_s == pytest.approx(taken.steps[0].start_s - 60)
    assert taken.arrivals(np.array([2_500.0, 5_000.0])) == pytest.approx([passage.arrival_s / 2, passage.arrival_s])
    points = taken.points(200)
    at = np.flatnonzero(points.distance_m == 5_000)
    assert np.diff(points.seconds[at]).tolist() == pytest.approx([60])


def test_what_lies_behind_is_taken_evenly() -> None:
    steps = some_steps(a_ground(), 20)[10:]
    taken = a_plan_to_take(steps=steps, waypoints=())
    assert taken.behind_m == 10_000
    assert taken.arrivals(np.array([5_000.0])) == pytest.approx([steps[0].start_s / 2])


def test_points_go_from_the_start_to_the_finish() -> None:
    points = a_plan_to_take().points(200)
    assert points.distance_m[[0, -1]].tolist() == [0, 20_000]
    assert points.latitude[[0, -1]] == pytest.approx([46.2, 46.2 + 20_000 / 111_195 * 0.6])
    assert points.altitude_m[0] == pytest.approx(600, abs=1)


def test_there_are_no_more_points_than_asked_for_and_two_for_a_stay() -> None:
    assert a_plan_to_take().points(200).distance_m.size == 200 + 2 * 2
    assert a_plan_to_take(waypoints=()).points(200).distance_m.size == 200


def test_a_stay_stands_still_while_the_clock_goes_on() -> None:
    points = a_plan_to_take().points(200)
    at = np.flatnonzero(points.distance_m == 5_000)
    assert np.diff(points.seconds[at]).tolist() == pytest.approx([180])
    assert np.ptp(points.latitude[at]) == 0


def test_whoever_stays_at_the_finish_is_done() -> None:
    finish = Waypoint(name="Finish", distance_m=20_000.0, stop_s=600.0)
    taken = a_plan_to_take(waypoints=(finish,))
    assert taken.points(200).seconds[-1] == pytest.approx(taken.steps[-1].end_s)


def test_a_course_may_cross_the_date_line() -> None:
    ground = a_ground()
    east = replace(ground, longitude=(np.linspace(179.9, 180.1, 1_001) + 180) % 360 - 180)
    stay = Waypoint(name="Date line", distance_m=9_990.0, stop_s=60.0)  # between two points on either side of it
    longitude = a_plan_to_take(east, waypoints=(stay,)).points(9_999).longitude
    assert np.abs(longitude).min() >= 179.9 - 1e-9


def test_a_course_without_positions_says_what_can_be_taken_instead() -> None:
    with pytest.raises(CourseWithoutPositions, match=r"\.fit\?kind=workout"):
        a_plan_to_take(without_positions(a_ground())).points(200)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.lists(st.integers(1, 199), max_size=6, unique=True), st.integers(2, 900))
def test_neither_the_way_nor_the_clock_ever_goes_back(count: int, places: list[int], most: int) -> None:
    waypoints = tuple(Waypoint(name=f"P{at}", distance_m=at * 100.0, stop_s=at * 1.0) for at in sorted(places))
    points = a_plan_to_take(waypoints=waypoints, count=count).points(most)
    assert np.all(np.diff(points.distance_m) >= 0)
    assert np.all(np.diff(points.seconds) >= 0)
    assert len(set(pairwise(zip(points.distance_m, points.seconds, strict=True)))) == points.distance_m.size - 1
