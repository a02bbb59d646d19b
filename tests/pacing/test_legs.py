"""The ground that a plan is solved on: cells that tile it, and steps that a runner can follow."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.grade_cost import minetti_running_cost
from domain.analysis.profile import profile_of
from domain.courses.model import CourseGround, Waypoint
from domain.pacing.legs import edges_of, legs_of, parted
from domain.pacing.model import Legs
from domain.runs.ascent import ascent_and_descent
from domain.runs.recording import Floats
from infrastructure.formats.decode import decode
from tests.factories.slopes import UP_AND_DOWN, ground_of, rolling_ground

HILLS = rolling_ground(21_000.0)
TWO_AIDS = (Waypoint(name="Mill", distance_m=7_003.0, stop_s=60), Waypoint(name="Pass", distance_m=14_512.0))


def borders_of(legs: Legs) -> Floats:
    return edges_of(legs)[np.flatnonzero(np.append(np.diff(legs.step, prepend=-1), 1))]


def the_trail(samples: Path) -> CourseGround:
    track = decode("trail.fit", (samples / "trail-37km-2578m.fit").read_bytes())[0].samples
    profile, climbed = profile_of(track), ascent_and_descent(track.altitude_m)
    assert profile is not None
    assert climbed is not None
    return CourseGround(profile, None, None, *climbed)


def jagged(length_m: float, *, every_m: float) -> CourseGround:
    """Up and down in turns, each pair of slopes unlike the others."""
    return ground_of(*((every_m, (-1) ** k * (0.1 + 0.002 * (k % 40))) for k in range(int(length_m / every_m))))


places = st.lists(st.floats(0, 12_000), max_size=8)


@given(length_m=st.floats(100, 12_000), places_m=places, factor=st.floats(1, 2))
@settings(max_examples=40, deadline=None)
def test_cells_and_steps_tile_any_course(length_m: float, places_m: list[float], factor: float) -> None:
    waypoints = [Waypoint(name=str(k), distance_m=min(place, length_m)) for k, place in enumerate(places_m)]

    legs = legs_of(rolling_ground(length_m), waypoints, factor)

    assert legs.start_m == 0
    assert legs.length_m.sum() == pytest.approx(length_m)
    assert (legs.length_m > 0).all()
    assert (legs.length_m <= 25 + 1e-6).all()
    assert legs.step[0] == 0
    assert set(np.diff(legs.step)) <= {0, 1}
    assert (legs.terrain == factor).all()


@given(length_m=st.floats(1_000, 12_000), places_m=places)
@settings(max_examples=40, deadline=None)
def test_every_waypoint_stands_where_a_step_ends(length_m: float, places_m: list[float]) -> None:
    waypoints = [Waypoint(name=str(k), distance_m=min(place, length_m)) for k, place in enumerate(places_m)]

    legs = legs_of(rolling_ground(length_m), waypoints, 1.0)

    assert len(legs.stops) == len(waypoints)
    assert [stop.after_cell for stop in legs.stops] == sorted(stop.after_cell for stop in legs.stops)
    ends_m = edges_of(legs)[[stop.after_cell + 1 for stop in legs.stops]] if legs.stops else np.zeros(0)
    assert np.abs(ends_m - [stop.distance_m for stop in legs.stops]).max(initial=0) <= 10 + 1e-6
    assert set(ends_m) <= set(borders_of(legs))


@given(waves_m=st.floats(300, 5_000), grade=st.floats(0, 0.3))
@settings(max_examples=20, deadline=None)
def test_no_step_is_shorter_than_300_m(waves_m: float, grade: float) -> None:
    legs = legs_of(rolling_ground(9_000.0, waves_m=waves_m, grade=grade), [], 1.0)

    assert np.diff(borders_of(legs)).min() >= 300 - 1e-6


def test_two_waypoints_near_to_each_other_have_a_step_of_their_own_between_them() -> None:
    near = [Waypoint(name="Ford", distance_m=5_000.0), Waypoint(name="Bridge", distance_m=5_120.0)]

    assert 120.0 in np.diff(borders_of(legs_of(HILLS, near, 1.0))).round(6)


@pytest.mark.parametrize("apart_m", [0.4, 9.9])
def test_waypoints_within_ten_metres_stand_at_one_place(apart_m: float) -> None:
    gate = Waypoint(name="Gate", distance_m=5_000.0 + apart_m)
    legs = legs_of(HILLS, [gate, Waypoint(name="Well", distance_m=5_000.0)], 1.0)

    assert [stop.name for stop in legs.stops] == ["Well", "Gate"]
    assert legs.stops[0].after_cell == legs.stops[1].after_cell


def test_a_waypoint_at_the_start_stands_before_the_first_cell_and_one_at_the_finish_after_the_last() -> None:
    ends = [Waypoint(name="Start", distance_m=0.0), Waypoint(name="Finish", distance_m=21_000.0)]

    legs = legs_of(HILLS, ends, 1.0)

    assert [stop.after_cell for stop in legs.stops] == [-1, legs.step.size - 1]


def test_waypoints_just_behind_the_start_and_just_before_the_finish_stand_there() -> None:
    ends = [Waypoint(name="Mat", distance_m=9.0), Waypoint(name="Arch", distance_m=20_991.0)]

    legs = legs_of(HILLS, ends, 1.0)

    assert [stop.after_cell for stop in legs.stops] == [-1, legs.step.size - 1]
    assert np.diff(borders_of(legs)).min() >= 300 - 1e-6


def test_steps_begin_where_the_slope_does() -> None:
    corners = np.cumsum([length for length, _ in UP_AND_DOWN])

    borders = borders_of(legs_of(ground_of(*UP_AND_DOWN), [], 1.0))

    assert borders[1:] == pytest.approx(corners, abs=25)


def test_a_flat_ten_kilometres_has_few_steps() -> None:
    assert 1 <= legs_of(ground_of((10_000.0, 0.0)), [], 1.0).step[-1] + 1 <= 4


def test_a_mountain_marathon_with_two_huts_has_sixty_steps_and_no_more() -> None:
    huts = [Waypoint(name="Low", distance_m=14_000.0), Waypoint(name="High", distance_m=28_000.0)]

    assert 50 <= legs_of(jagged(42_000.0, every_m=350.0), huts, 1.0).step[-1] + 1 <= 60


def test_with_many_waypoints_there_are_thirty_steps_more_than_they_ask_for() -> None:
    aids = [Waypoint(name=str(k), distance_m=k * 2_000.0) for k in range(1, 60)]

    assert 60 < legs_of(jagged(170_000.0, every_m=700.0), aids, 1.0).step[-1] + 1 <= 89


def test_a_long_course_of_endless_hills_has_sixty_steps() -> None:
    aids = [Waypoint(name=str(k), distance_m=k * 11_000.0) for k in range(1, 16)]

    legs = legs_of(rolling_ground(170_000.0), aids, 1.0)

    assert 40 <= legs.step[-1] + 1 <= 60
    assert legs.step.size <= 3_500


def test_a_mountain_trail_has_steps_that_can_be_followed(samples: Path) -> None:
    legs = legs_of(the_trail(samples), [], 1.0)

    assert 20 <= legs.step[-1] + 1 <= 60


def test_cells_cost_what_the_smoothed_altitude_does(samples: Path) -> None:
    ground = the_trail(samples)
    legs = legs_of(ground, [], 1.0)

    fine = minetti_running_cost(ground.profile.grade).sum() * ground.profile.step_m
    coarse = minetti_running_cost(legs.grade) @ legs.length_m

    assert coarse == pytest.approx(fine, rel=0.002)


@given(from_m=st.floats(1, 20_990))
@settings(max_examples=40, deadline=None)
def test_from_the_middle_on_the_steps_ahead_keep_their_borders(from_m: float) -> None:
    whole, rest = legs_of(HILLS, TWO_AIDS, 1.2), legs_of(HILLS, TWO_AIDS, 1.2, from_m)

    assert rest.start_m == pytest.approx(from_m, abs=1)
    assert borders_of(rest)[1:] == pytest.approx([b for b in borders_of(whole) if b > rest.start_m + 1e-6])
    assert rest.step[0] == 0
    assert rest.length_m.sum() == pytest.approx(21_000 - rest.start_m)
    assert [edges_of(rest)[stop.after_cell + 1] for stop in rest.stops] == pytest.approx(
        [stop.distance_m for stop in rest.stops]
    )


@given(at_m=st.floats(0, 21_000))
@settings(max_examples=40, deadline=None)
def test_what_lies_behind_and_what_lies_ahead_make_the_whole(at_m: float) -> None:
    whole = legs_of(HILLS, TWO_AIDS, 1.0)

    behind, ahead = parted(whole, at_m)

    assert behind.length_m.sum() == pytest.approx(ahead.start_m)
    assert behind.length_m.sum() + ahead.length_m.sum() == pytest.approx(21_000)
    assert [stop.name for stop in (*behind.stops, *ahead.stops)] == ["Mill", "Pass"]


def test_a_waypoint_where_the_runner_stands_is_still_ahead() -> None:
    behind, ahead = parted(legs_of(HILLS, TWO_AIDS, 1.0), 7_003.0)

    assert not behind.stops
    assert next((stop.name, stop.after_cell) for stop in ahead.stops) == ("Mill", -1)
