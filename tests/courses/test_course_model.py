"""What a course and its waypoints may be."""

from math import inf, nan
from typing import Any
from uuid import UUID

import pytest

from domain.courses.model import Course, CourseId, CourseSource, Waypoint
from domain.courses.refusals import CourseNameBad, TooManyWaypoints, WaypointBad


def a_course(**given: Any) -> Course:
    values = {"name": "Ridge", "source": CourseSource.FILE, "run_id": None, "length_m": 10_000.0}
    return Course(id=CourseId(UUID(int=1)), athlete_id=UUID(int=2), **values | given)


def a_waypoint(**given: Any) -> Waypoint:
    return Waypoint(**{"name": "Hut", "distance_m": 1_000.0} | given)


@pytest.mark.parametrize("name", ["", " ", "a" * 101, "a\x00b", "a\nb", "\ud800", "\u202e", "\u200d", " \u200c"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(CourseNameBad):
        a_course().renamed(name)
    with pytest.raises(WaypointBad, match="1 to 100 printable"):
        a_waypoint(name=name)


@pytest.mark.parametrize("name", ["a", "a" * 100, "Überquerung 雪", "خانه\u200cها", "क्\u200dष", "👨\u200d👩\u200d👧"])
def test_a_name_of_1_to_100_characters_is_taken(name: str) -> None:
    assert a_course().renamed(name).name == name


@pytest.mark.parametrize(
    "given",
    [
        {"distance_m": -1.0},
        {"distance_m": nan},
        {"stop_s": -1.0},
        {"stop_s": 12 * 3600 + 1.0},
        {"stop_s": nan},
        {"cutoff_s": 0.0},
        {"cutoff_s": 7 * 86_400 + 1.0},
        {"cutoff_s": nan},
        {"latitude": 46.0},
        {"longitude": 7.0},
        {"latitude": 91.0, "longitude": 7.0},
        {"latitude": 46.0, "longitude": 181.0},
        {"latitude": nan, "longitude": 7.0},
    ],
)
def test_a_waypoint_that_cannot_be_is_refused_by_its_name(given: dict[str, float]) -> None:
    with pytest.raises(WaypointBad, match="'Hut'") as refused:
        a_waypoint(**given)
    assert refused.value.field == ("waypoints",)


def test_waypoints_stand_in_the_order_of_the_course() -> None:
    course = a_course().with_waypoints([a_waypoint(distance_m=5_000.0), a_waypoint(distance_m=0.0)])
    assert [one.distance_m for one in course.waypoints] == [0, 5_000]


@pytest.mark.parametrize("distance_m", [10_050.1, inf])
def test_a_waypoint_beyond_the_finish_is_refused(distance_m: float) -> None:
    with pytest.raises(WaypointBad, match="beyond the finish"):
        a_course().with_waypoints([a_waypoint(distance_m=distance_m)])


def test_a_waypoint_just_beyond_the_finish_stands_at_the_finish() -> None:
    assert a_course().with_waypoints([a_waypoint(distance_m=10_049.0)]).waypoints[0].distance_m == 10_000


def test_a_cut_off_may_not_come_before_one_nearer_to_the_start() -> None:
    later = a_waypoint(name="Pass", distance_m=5_000.0, cutoff_s=3_599.0)
    with pytest.raises(WaypointBad, match=r"'Pass'.*'Hut'"):
        a_course().with_waypoints([a_waypoint(cutoff_s=3_600.0), later])


def test_waypoints_without_a_cut_off_stand_between_those_that_have_one() -> None:
    cutoffs = [3_600.0, None, 3_600.0]
    given = [a_waypoint(distance_m=1_000.0 * at, cutoff_s=cutoff) for at, cutoff in enumerate(cutoffs)]
    assert len(a_course().with_waypoints(given).waypoints) == 3


def test_a_course_has_at_most_200_waypoints() -> None:
    assert len(a_course().with_waypoints([a_waypoint()] * 200).waypoints) == 200
    with pytest.raises(TooManyWaypoints, match="201"):
        a_course().with_waypoints([a_waypoint()] * 201)
