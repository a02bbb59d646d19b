"""A position on earth tells how far along a course its runner is."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.analysis.model import Profile
from domain.courses.model import CourseGround
from domain.courses.places import EARTH_RADIUS_M, NoPositionsOnCourse, OffCourse, Places, PositionBad
from domain.runs.recording import Floats

STEP_M = 5.0
HERE = (46.5, 8.0)


def a_ground(east_m: Floats, north_m: Floats, *, around: tuple[float, float] = HERE) -> CourseGround:
    """A course through corners in metres from a place, on an even grid; its length is that of the legs between them."""
    length_m = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(east_m), np.diff(north_m)))))
    steps = max(1, int(np.ceil(length_m[-1] / STEP_M)))
    at_m = np.linspace(0.0, length_m[-1], steps + 1)
    latitude, longitude = off(around, np.interp(at_m, length_m, east_m), np.interp(at_m, length_m, north_m))
    profile = Profile(float(length_m[-1] / steps), np.zeros(steps + 1), np.zeros(steps), has_altitude=False)
    return CourseGround(profile, latitude, longitude, 0.0, 0.0)


def off(place: tuple[float, float], east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Degrees so many metres from a place."""
    latitude = place[0] + np.degrees(np.asarray(north_m) / EARTH_RADIUS_M)
    longitude = place[1] + np.degrees(np.asarray(east_m) / (EARTH_RADIUS_M * np.cos(np.radians(place[0]))))
    return latitude, (longitude + 180.0) % 360.0 - 180.0


def a_straight(length_m: float = 10_000.0, *, around: tuple[float, float] = HERE) -> CourseGround:
    return a_ground(np.array([0.0, length_m]), np.array([0.0, 0.0]), around=around)


def an_out_and_back(half_m: float = 5_000.0) -> CourseGround:
    return a_ground(np.array([0.0, half_m, 0.0]), np.array([0.0, 0.0, 0.0]))


@st.composite
def winding(draw: st.DrawFn) -> CourseGround:
    """A course that goes ever farther east, turning up to 70° to either side every 200 m."""
    turns = np.radians(draw(st.lists(st.floats(-70.0, 70.0), min_size=2, max_size=30)))
    east, north = (np.concatenate(([0.0], np.cumsum(200.0 * way))) for way in (np.cos(turns), np.sin(turns)))
    return a_ground(east, north)


@settings(max_examples=40, deadline=None)
@given(winding(), st.floats(0.0, 1.0))
def test_a_point_on_the_course_comes_back_at_its_own_distance(ground: CourseGround, share: float) -> None:
    assert ground.latitude is not None
    assert ground.longitude is not None
    at = share * (ground.latitude.size - 1)
    grid = np.arange(ground.latitude.size)
    position = np.interp(at, grid, ground.latitude), np.interp(at, grid, ground.longitude)
    place = Places(ground).along(*map(float, position))
    assert place.distance_m == pytest.approx(at * ground.profile.step_m, abs=1.0)
    assert place.off_m < 0.1


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 10_000.0), st.floats(-20.0, 20.0), st.floats(-15.0, 15.0))
def test_noise_of_20_m_sideways_stays_within_25_m_along(at_m: float, sideways_m: float, bend_m: float) -> None:
    along_m = np.arange(0.0, 10_001.0, 100.0)
    ground = a_ground(along_m, bend_m * np.sin(along_m / 300.0))
    latitude, longitude = off(HERE, np.array(at_m), bend_m * np.sin(np.array(at_m) / 300.0) + sideways_m)
    place = Places(ground).along(float(latitude), float(longitude))
    assert abs(place.distance_m - at_m * ground.length_m / 10_000.0) < 25.0
    assert place.off_m <= 21.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 10_000.0), st.floats(-300.0, 300.0))
def test_an_out_and_back_tells_the_way_on_which_the_runner_is_expected(at_m: float, wrong_by_m: float) -> None:
    assume(abs(at_m - 5_000.0) > 400.0)  # at the turn nobody can tell
    latitude, longitude = off(HERE, np.array(5_000.0 - abs(at_m - 5_000.0)), np.array(10.0))
    place = Places(an_out_and_back()).along(float(latitude), float(longitude), expected_m=at_m + wrong_by_m)
    assert place.distance_m == pytest.approx(at_m, abs=1.0)


def test_both_passes_of_an_out_and_back_are_candidates_in_their_order() -> None:
    latitude, longitude = off(HERE, np.array(2_000.0), np.array(0.0))
    passes = Places(an_out_and_back()).candidates(float(latitude), float(longitude))
    assert [one.distance_m for one in passes] == pytest.approx([2_000.0, 8_000.0], abs=0.1)


def test_a_start_that_is_the_finish_too_is_the_start_unless_somebody_is_expected_at_the_finish() -> None:
    corners = np.array([[0.0, 0.0], [1_000.0, 0.0], [1_000.0, 1_000.0], [0.0, 1_000.0], [0.0, 0.0]])
    places = Places(a_ground(corners[:, 0], corners[:, 1]))
    assert places.along(*HERE).distance_m == pytest.approx(0.0, abs=1.0)
    assert places.along(*HERE, expected_m=3_500.0).distance_m == pytest.approx(4_000.0, abs=1.0)


def test_of_passes_that_are_as_near_the_first_counts_without_an_expectation() -> None:
    ground = a_ground(np.array([0.0, 5_000.0, 5_000.0, 0.0]), np.array([0.0, 0.0, 1.2, 1.2]))
    latitude, longitude = off(HERE, np.array(2_000.0), np.array(1.0))
    assert Places(ground).along(float(latitude), float(longitude)).distance_m == pytest.approx(2_000.0, abs=1.0)


def test_the_jitter_of_a_recorded_course_makes_no_passes_of_their_own() -> None:
    along_m = np.arange(0.0, 2_001.0, 10.0)
    ground = a_ground(along_m, np.where(np.arange(along_m.size) % 2, 3.0, -3.0))
    latitude, longitude = off(HERE, np.array(1_000.0), np.array(60.0))
    assert len(Places(ground).candidates(float(latitude), float(longitude))) <= 2


def test_the_lap_of_a_loop_is_the_one_in_which_the_runner_is_expected() -> None:
    turn = np.linspace(0.0, 2 * np.pi * 20, 1_000)
    ground = a_ground(64.0 * np.cos(turn), 64.0 * np.sin(turn))
    lap_m = ground.length_m / 20
    latitude, longitude = off(HERE, np.array(0.0), np.array(66.0))
    place = Places(ground).along(float(latitude), float(longitude), expected_m=12.3 * lap_m)
    assert place.distance_m == pytest.approx(12.25 * lap_m, abs=5.0)


def test_a_pass_that_is_ahead_of_expectations_but_near_beats_one_far_off() -> None:
    # Out along one side of a valley and back along the other, 200 m away.
    ground = a_ground(np.array([0.0, 5_000.0, 5_000.0, 0.0]), np.array([0.0, 0.0, 200.0, 200.0]))
    latitude, longitude = off(HERE, np.array(2_000.0), np.array(5.0))
    place = Places(ground).along(float(latitude), float(longitude), expected_m=8_000.0)
    assert place.distance_m == pytest.approx(2_000.0, abs=1.0)


def test_nobody_is_placed_before_what_is_known_of_them() -> None:
    latitude, longitude = off(HERE, np.array(2_003.0), np.array(0.0))
    place = Places(a_straight()).along(float(latitude), float(longitude), at_least_m=2_101.0)
    assert [place.distance_m, place.off_m] == pytest.approx([2_101.0, 98.0], abs=0.1)
    place = Places(an_out_and_back()).along(float(latitude), float(longitude), expected_m=2_000.0, at_least_m=2_300.0)
    assert place.distance_m == pytest.approx(7_997.0, abs=0.1)


def test_a_place_is_never_past_the_finish() -> None:
    latitude, longitude = off(HERE, np.array(10_100.0), np.array(0.0))
    place = Places(a_straight()).along(float(latitude), float(longitude), at_least_m=20_000.0)
    assert place.distance_m == pytest.approx(10_000.0)
    assert place.off_m == pytest.approx(100.0, abs=0.5)


def test_a_position_farther_away_than_250_m_is_refused_with_how_far() -> None:
    latitude, longitude = off(HERE, np.array(2_000.0), np.array(260.0))
    with pytest.raises(OffCourse, match="260 m from the course"):
        Places(a_straight()).along(float(latitude), float(longitude))


def test_the_other_side_of_the_earth_is_half_its_circumference_away() -> None:
    with pytest.raises(OffCourse, match=r"20,0\d\d\.\d km from the course"):
        Places(a_straight(100.0)).along(-HERE[0], HERE[1] - 180.0)


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(91.0, 8.0), (46.5, 180.5), (float("nan"), 8.0), (46.5, float("inf"))]
)
def test_a_position_off_the_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(PositionBad):
        Places(a_straight()).along(latitude, longitude)


def test_a_course_without_positions_says_what_to_give_instead() -> None:
    profile = Profile(5.0, np.zeros(3), np.zeros(2), has_altitude=False)
    with pytest.raises(NoPositionsOnCourse, match="distance along it"):
        Places(CourseGround(profile, None, None, 0.0, 0.0))


@pytest.mark.parametrize("around", [(10.0, 179.99), (-60.0, -179.999)])
def test_a_course_may_cross_the_antimeridian(around: tuple[float, float]) -> None:
    ground = a_straight(around=around)
    latitude, longitude = off(around, np.array(6_000.0), np.array(15.0))
    assert Places(ground).along(float(latitude), float(longitude)).distance_m == pytest.approx(6_000.0, abs=1.0)


def test_a_course_may_cross_a_pole() -> None:
    away = np.abs(np.linspace(-0.01, 0.01, 447))
    longitude = np.where(np.linspace(-0.01, 0.01, 447) < 0, 20.0, -160.0)
    profile = Profile(np.radians(0.02) * EARTH_RADIUS_M / 446, np.zeros(447), np.zeros(446), has_altitude=False)
    places = Places(CourseGround(profile, 90.0 - away, longitude, 0.0, 0.0))
    assert places.along(90.0, 77.0).distance_m == pytest.approx(223 * profile.step_m, abs=0.1)
    assert places.along(89.995, -160.0).distance_m == pytest.approx(334.5 * profile.step_m, abs=0.1)


def test_a_stretch_without_any_length_does_no_harm() -> None:
    profile = Profile(5.0, np.zeros(4), np.zeros(3), has_altitude=False)
    latitude, longitude = off(HERE, np.array([0.0, 5.0, 5.0, 10.0]), np.zeros(4))
    places = Places(CourseGround(profile, latitude, longitude, 0.0, 0.0))
    assert places.along(float(latitude[3]), float(longitude[3])).distance_m == pytest.approx(15.0)
