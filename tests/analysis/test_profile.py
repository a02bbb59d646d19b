"""The ground under a run, every few metres: smooth, exact at its ends, the same in both directions."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.profile import grid_m, profile_of
from domain.runs.recording import Samples
from tests.factories.recordings import a_recording

NAN = float("nan")


def points(distance_m: Sequence[float] | np.ndarray, altitude_m: Sequence[float] | np.ndarray) -> Samples:
    """A point a second at these distances and altitudes."""
    return a_recording(
        time_s=np.arange(len(distance_m), dtype=float), distance_m=distance_m, altitude_m=altitude_m
    ).samples


@st.composite
def ways(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Distances in centimetres from 0 on, with standing in between, and an altitude at each point."""
    steps = draw(st.lists(st.sampled_from([0, 0, 31, 250, 277, 416, 2_000]), min_size=9, max_size=120))
    n = len(steps) + 2
    altitudes = draw(st.lists(st.integers(-2_000, 20_000), min_size=n, max_size=n))
    return np.cumsum([0, *steps, 1_100]) / 100, np.array(altitudes) / 10


def test_the_steps_tile_the_run_and_are_at_most_five_metres() -> None:
    profile = profile_of(points([0.0, 1001.0], [10.0, 10.0]))
    assert profile is not None
    assert profile.grade.size == 201
    assert profile.step_m * 201 == pytest.approx(1001.0)
    assert profile.altitude_m.shape == (202,)


def test_the_grid_goes_from_the_start_to_the_end() -> None:
    profile = profile_of(points([0.0, 1001.0], [10.0, 10.0]))
    assert profile is not None
    assert grid_m(profile)[[0, -1]] == pytest.approx([0.0, 1001.0])


def test_a_run_counts_from_zero_although_the_watch_began_a_little_later() -> None:
    profile = profile_of(points([2.18, 1002.18], [10.0, 20.0]))
    assert profile is not None
    assert profile.step_m * profile.grade.size == pytest.approx(1002.18)


def test_without_distances_there_is_no_profile() -> None:
    assert profile_of(points([NAN, NAN], [1.0, 2.0])) is None


@pytest.mark.parametrize("length_m", [0.0, 9.99, 2_000_001.0, 1e13])
def test_what_is_no_run_by_its_length_has_no_profile(length_m: float) -> None:
    assert profile_of(points([0.0, length_m], [1.0, 2.0])) is None


def test_ten_metres_are_enough() -> None:
    assert profile_of(points([0.0, 10.0], [1.0, 2.0])) is not None


def test_a_single_point_has_no_profile() -> None:
    assert profile_of(points([0.0], [1.0])) is None


@pytest.mark.parametrize("altitude_m", [[NAN, NAN, NAN], [NAN, 500.0, NAN]])
def test_without_altitudes_at_two_places_no_slope_is_known(altitude_m: list[float]) -> None:
    profile = profile_of(points([0.0, 50.0, 100.0], altitude_m))
    assert profile is not None
    assert not profile.has_altitude
    assert not profile.altitude_m.any()
    assert not profile.grade.any()


def test_altitudes_of_zero_are_altitudes() -> None:
    profile = profile_of(points([0.0, 50.0, 100.0], [0.0, 0.0, 0.0]))
    assert profile is not None
    assert profile.has_altitude


def test_missing_altitudes_are_filled_in_along_the_way_not_in_time() -> None:
    distance = [0.0, 100.0, 110.0, 120.0, 400.0]
    profile = profile_of(points(distance, [0.0, NAN, NAN, NAN, 40.0]))
    assert profile is not None
    assert profile.grade == pytest.approx(np.full(80, 0.1))


@given(st.floats(-0.4, 0.4), st.floats(10, 3000))
@settings(max_examples=50)
def test_a_constant_slope_stays_that_slope_up_to_the_ends(slope: float, length_m: float) -> None:
    distance = np.linspace(0, length_m, 200)
    profile = profile_of(points(distance, 300 + slope * distance))
    assert profile is not None
    assert profile.grade == pytest.approx(np.full(profile.grade.size, slope), abs=1e-8)


@given(ways())
@settings(max_examples=50)
def test_a_track_reversed_gives_the_reversed_profile(way: tuple[np.ndarray, np.ndarray]) -> None:
    distance, altitude = way
    forwards = profile_of(points(distance, altitude))
    backwards = profile_of(points(distance[-1] - distance[::-1], altitude[::-1]))
    assert forwards is not None
    assert backwards is not None
    # A point may lie on a cliff of centimetres, where the last bit of a distance shows.
    assert backwards.altitude_m == pytest.approx(forwards.altitude_m[::-1], abs=1e-6)
    assert backwards.grade == pytest.approx(-forwards.grade[::-1], abs=1e-6)


@given(ways())
@settings(max_examples=50)
def test_a_profile_is_finite(way: tuple[np.ndarray, np.ndarray]) -> None:
    profile = profile_of(points(*way))
    assert profile is not None
    assert np.isfinite(profile.altitude_m).all()
    assert np.isfinite(profile.grade).all()


def test_where_the_runner_stood_the_mean_altitude_counts() -> None:
    standing = profile_of(points([0.0, 100.0, 100.0, 100.0, 200.0], [10.0, 8.0, 10.0, 12.0, 10.0]))
    assert standing is not None
    assert standing.altitude_m == pytest.approx(np.full(41, 10.0))


def test_a_bump_is_spread_over_fifty_metres() -> None:
    altitude = np.zeros(101)
    altitude[50] = 11.0
    profile = profile_of(points(np.arange(101) * 5.0, altitude))
    assert profile is not None
    assert profile.altitude_m == pytest.approx(np.where(np.abs(np.arange(101) - 50) <= 5, 1.0, 0.0))
