"""Waypoints stand where they say, or where the course passes by them, in an order that makes sense."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.ground import ground_of
from domain.courses.refusals import TooManyWaypoints, WaypointBad
from domain.courses.waypoints import GivenWaypoint, placed, placed_all
from tests.factories.course_files import a_climb, a_position, at, out_and_back, samples_of

CLIMB = ground_of(samples_of(a_climb(5_000)))
BOTH_WAYS = ground_of(samples_of(out_and_back(6_000)))


def km(*given: GivenWaypoint, on: object = CLIMB) -> list[float]:
    return [round(one.distance_m / 1_000, 1) for one in placed(given, on).waypoints]  # type: ignore[arg-type]


@settings(max_examples=40)
@given(st.floats(0, 5_000), st.floats(-240, 240))
def test_a_waypoint_beside_the_course_stands_where_the_course_is_nearest(north_m: float, east_m: float) -> None:
    (found,) = placed([at("Hut", north_m, east_m)], CLIMB).waypoints
    assert found.distance_m == pytest.approx(north_m, abs=1)
    assert (found.latitude, found.longitude) == a_position(east_m, north_m)


def test_a_waypoint_given_by_its_distance_is_told_the_position_there() -> None:
    (found,) = placed([GivenWaypoint(name="Hut", distance_m=2_500.0)], CLIMB).waypoints
    assert found.distance_m == 2_500
    assert (found.latitude, found.longitude) == pytest.approx(a_position(0, 2_500), abs=5e-5)


def test_one_far_from_the_course_is_left_out_by_its_name() -> None:
    found = placed([at("Hut", 1_000), at("Inn", 1_000, 260), at("Top", 2_000)], CLIMB)
    assert found.far_off == ("Inn",)
    assert [one.name for one in found.waypoints] == ["Hut", "Top"]


def test_one_that_must_be_on_the_course_is_refused_when_it_is_far_off() -> None:
    with pytest.raises(WaypointBad, match="'Inn': it is more than 250 m from the course"):
        placed_all([at("Inn", 1_000, 260)], CLIMB)


def test_out_and_back_the_order_of_the_waypoints_decides_the_pass() -> None:
    assert km(at("Hut", 1_000), at("Top", 3_000), at("Hut again", 1_000), on=BOTH_WAYS) == [1, 3, 5]


def test_a_start_that_is_the_finish_is_told_by_the_order() -> None:
    assert km(at("Start", 0), at("Top", 3_000), at("Finish", 0), on=BOTH_WAYS) == [0, 3, 6]


def test_waypoints_in_no_order_stand_at_their_first_passes() -> None:
    assert km(at("Top", 3_000), at("Hut", 1_000), at("Above the hut", 1_500), on=BOTH_WAYS) == [3.0, 1.0, 1.5]


def test_a_choice_between_passes_is_said() -> None:
    found = placed([at("Top", 3_000), at("Hut", 1_000)], BOTH_WAYS)
    (note,) = found.notes
    assert note == (
        "The course passes 'Hut' 2 times (kilometres 1.0 and 5.0); the pass at 5.0 was taken, by the order in which "
        "the waypoints stand. setWaypoints with its distanceM puts it elsewhere."
    )


def test_nothing_is_said_where_nothing_had_to_be_chosen() -> None:
    assert placed([at("Hut", 1_000), at("Top", 3_000)], CLIMB).notes == ()


def test_a_told_distance_picks_the_pass_that_is_nearest_to_it() -> None:
    assert km(replace(at("Hut", 1_000), pass_near_m=4_700.0), on=BOTH_WAYS) == [5]


def test_a_told_distance_brings_nothing_near_that_stands_far_from_the_course() -> None:
    assert placed([replace(at("Inn", 1_000, 900), pass_near_m=4_700.0)], BOTH_WAYS).far_off == ("Inn",)


@pytest.mark.parametrize("distance_m", [800.0, 1_000.0, 1_200.0])
def test_a_position_beside_a_distance_tells_the_same_place(distance_m: float) -> None:
    given = replace(at("Hut", 1_000, 100), distance_m=distance_m)
    (found,) = placed([given], CLIMB).waypoints
    assert (found.distance_m, found.latitude, found.longitude) == (distance_m, given.latitude, given.longitude)


@pytest.mark.parametrize(
    ("north_m", "east_m", "far"), [(1_000, 300, "300 m"), (4_000, 0, "3.0 km"), (0, 5e5, "499.8 km")]
)
def test_a_position_elsewhere_than_the_distance_is_refused(north_m: float, east_m: float, far: str) -> None:
    with pytest.raises(WaypointBad, match=f"'Hut': its position is {far}.* from where the course is at its distanceM"):
        placed([replace(at("Hut", north_m, east_m), distance_m=1_000.0)], CLIMB)


@settings(max_examples=30)
@given(st.floats(0, 5_000), st.floats(-250, 250))
def test_a_waypoint_can_be_given_back_as_it_was_told(north_m: float, east_m: float) -> None:
    (told,) = placed([at("Hut", north_m, east_m)], CLIMB).waypoints
    given = GivenWaypoint(name="Hut", distance_m=told.distance_m, latitude=told.latitude, longitude=told.longitude)
    assert placed([given], CLIMB).waypoints == (told,)


def test_the_way_back_on_another_path_is_no_pass() -> None:
    way = out_and_back()
    aside = replace(way, east_m=np.where(np.arange(way.north_m.size) > way.north_m.size // 2, 60.0, 0.0))
    assert km(at("Top", 3_000), at("Hut", 1_000), on=ground_of(samples_of(aside))) == [3.0, 1.0]


@settings(max_examples=40)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=12))
def test_waypoints_given_in_the_order_of_the_course_stay_in_it(hundreds: list[int]) -> None:
    along_m = sorted(100.0 * one for one in hundreds)
    found = placed([at("One", 3_000 - abs(one - 3_000)) for one in along_m], BOTH_WAYS).waypoints
    assert all(later.distance_m > sooner.distance_m - 201 for sooner, later in pairwise(found))


@pytest.mark.parametrize("distance_m", [-0.1, 5_051.0, float("nan"), float("inf")])
def test_a_distance_that_is_not_on_the_course_is_refused(distance_m: float) -> None:
    with pytest.raises(WaypointBad, match="from 0 to 5,000, where the finish is"):
        placed([GivenWaypoint(name="Hut", distance_m=distance_m)], CLIMB)


def test_a_rounded_finish_is_the_finish() -> None:
    (found,) = placed([GivenWaypoint(name="Finish", distance_m=5_049.0)], CLIMB).waypoints
    assert found.distance_m == CLIMB.length_m


@pytest.mark.parametrize("place", [{}, {"latitude": 46.0}, {"longitude": 7.0}])
def test_a_waypoint_says_where_it_stands(place: dict[str, float]) -> None:
    with pytest.raises(WaypointBad, match="say where it stands"):
        placed([GivenWaypoint(name="Hut", **place)], CLIMB)


def test_a_position_that_is_none_is_refused() -> None:
    for distance_m in (None, 100.0):
        with pytest.raises(WaypointBad, match="'Hut': A latitude has"):
            placed([GivenWaypoint(name="Hut", distance_m=distance_m, latitude=float("nan"), longitude=7.0)], CLIMB)


def test_on_a_treadmill_only_distances_tell() -> None:
    way = a_climb(1_000)
    treadmill = ground_of(samples_of(way, latitude=np.full(way.north_m.size, np.nan)))
    (found,) = placed([GivenWaypoint(name="Drink", distance_m=500.0)], treadmill).waypoints
    assert (found.latitude, found.longitude) == (None, None)
    with pytest.raises(WaypointBad, match="has no positions"):
        placed([at("Drink", 500)], treadmill)
    with pytest.raises(WaypointBad, match="has no positions"):
        placed([replace(at("Drink", 500), distance_m=500.0)], treadmill)


def test_more_waypoints_than_a_course_has_are_refused_before_they_are_looked_for() -> None:
    with pytest.raises(TooManyWaypoints):
        placed([at("Hut", 1_000)] * 201, CLIMB)
