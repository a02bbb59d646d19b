"""The ground of a course is the points along it, resampled and smoothed as an analysis does it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.profile import grid_m, profile_of
from domain.courses.ground import ground_of
from domain.courses.refusals import (
    AltitudesMissing,
    CourseLength,
    CourseTooSteep,
    NoAltitudes,
    NoDistances,
)
from domain.runs.ascent import as_stored, ascent_and_descent
from tests.factories.course_files import a_climb, lengths_m, out_and_back, samples_of


def test_a_steady_climb_keeps_its_length_its_ascent_and_its_grade() -> None:
    ground = ground_of(samples_of(a_climb(5_000, 0.1)))
    assert lengths_m(ground) == (5_000, 500, 0)
    assert ground.profile.grade == pytest.approx(np.full(1_000, 0.1))


@settings(max_examples=25)
@given(
    st.lists(st.floats(200, 2_500), min_size=12, max_size=40),
    st.floats(300, 3_000),
)
def test_the_profile_and_the_ascent_are_those_of_a_run_over_the_same_points(
    heights: list[float], length_m: float
) -> None:
    scale = min(1.0, length_m / (4 * len(heights) * 300))
    altitude_m = 500 + scale * np.array(heights)
    way = a_climb(length_m, every_m=length_m / (len(heights) - 1))
    samples = samples_of(way, altitude_m=altitude_m)
    ground, profile = ground_of(samples), profile_of(samples)
    assert profile is not None
    assert np.array_equal(ground.profile.altitude_m, profile.altitude_m)
    assert (ground.ascent_m, ground.descent_m) == pytest.approx(ascent_and_descent(as_stored(altitude_m)), abs=1e-3)


def test_positions_stand_on_the_grid_of_the_profile() -> None:
    way = a_climb(1_000, every_m=90)
    ground = ground_of(samples_of(way))
    assert ground.latitude is not None
    along = np.interp(grid_m(ground.profile), way.north_m * 1_000 / way.north_m[-1], way.latitude)
    assert ground.latitude == pytest.approx(along, abs=1e-7)


def test_a_course_across_the_180th_meridian_does_not_go_round_the_earth() -> None:
    way = a_climb(2_000)
    longitude = np.linspace(179.99, 180.01, way.north_m.size)
    ground = ground_of(samples_of(way, longitude=np.where(longitude > 180, longitude - 360, longitude)))
    assert ground.longitude is not None
    assert np.abs(ground.longitude).min() > 179.9
    assert np.abs(ground.longitude).max() <= 180


def test_missing_positions_are_filled_in_and_none_at_all_stay_none() -> None:
    way = a_climb(1_000)
    some = way.latitude.copy()
    some[5:20] = np.nan
    ground = ground_of(samples_of(way, latitude=some))
    assert ground.latitude is not None
    assert np.isfinite(ground.latitude).all()
    nowhere = ground_of(samples_of(way, latitude=np.full(some.size, np.nan)))
    assert (nowhere.latitude, nowhere.longitude) == (None, None)


@pytest.mark.parametrize(("length_m", "taken"), [(99, False), (100, True), (500_000, True), (500_100, False)])
def test_a_course_has_100_metres_to_500_kilometres(length_m: float, taken: bool) -> None:
    samples = samples_of(a_climb(length_m, 0.0, every_m=length_m / 400), distance_m=np.linspace(0, length_m, 401))
    if taken:
        assert ground_of(samples).length_m == pytest.approx(length_m)
    else:
        with pytest.raises(CourseLength, match="100 m to 500 km"):
            ground_of(samples)


def test_without_altitudes_a_course_is_refused_with_the_reason() -> None:
    way = a_climb(1_000)
    with pytest.raises(NoAltitudes, match="matter of slopes"):
        ground_of(samples_of(way, altitude_m=np.full(way.north_m.size, np.nan)))


def test_altitudes_at_one_place_alone_are_none() -> None:
    way = a_climb(1_000)
    one = np.where(way.north_m == 0, way.altitude_m, np.nan)
    with pytest.raises(NoAltitudes):
        ground_of(samples_of(way, altitude_m=one))


@pytest.mark.parametrize(("known", "missing"), [((0, 3_000), "3.0 to 6.0"), ((2_500, 6_000), "0.0 to 2.5")])
def test_a_long_part_without_altitudes_is_named(known: tuple[float, float], missing: str) -> None:
    way = a_climb(6_000)
    inside = (way.north_m >= known[0]) & (way.north_m <= known[1])
    with pytest.raises(AltitudesMissing, match=missing):
        ground_of(samples_of(way, altitude_m=np.where(inside, way.altitude_m, np.nan)))


def test_altitudes_that_no_ground_has_are_refused() -> None:
    way = out_and_back(6_000)
    with pytest.raises(CourseTooSteep, match="45"):
        ground_of(samples_of(way, altitude_m=10 * way.altitude_m + 100 * (np.arange(way.north_m.size) // 8 % 2)))


def test_without_distances_nobody_knows_the_course() -> None:
    way = a_climb(1_000)
    with pytest.raises(NoDistances):
        ground_of(samples_of(way, distance_m=np.full(way.north_m.size, np.nan)))
