"""An altitude gone wrong neither makes a mountain nor goes unsaid, and ordinary noise is left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.courses.altitudes import without_spikes
from domain.courses.ground import ground_of
from domain.courses.refusals import CourseCliff
from domain.runs.recording import Floats
from tests.factories.course_files import a_climb, samples_of

EVERY_M = 20.0
CLIMB = a_climb(2_000, every_m=EVERY_M)


def climb_with(**wrong: float) -> Floats:
    """A climb's altitudes, some of them put in place: `at_7=0` is the seventh from the start, at 140 m."""
    altitude_m = CLIMB.altitude_m.copy()
    for name, metres in wrong.items():
        altitude_m[int(name.removeprefix("at_"))] = metres
    return altitude_m


def left_out(altitude_m: Floats) -> list[int]:
    """Which altitudes are set aside; how many is told."""
    samples, told = without_spikes(samples_of(CLIMB, altitude_m=altitude_m))
    gone = np.flatnonzero(np.isnan(samples.altitude_m) & ~np.isnan(altitude_m)).tolist()
    assert sum(one.count for one in told) == len(gone)
    return gone


@settings(max_examples=40)
@given(st.integers(0, 100), st.sampled_from([0.0, -450.0, 8_848.0, 700.0]))
def test_a_single_altitude_that_stands_out_is_left_out(place: int, metres: float) -> None:
    assert left_out(climb_with(**{f"at_{place}": metres})) == [place]


@settings(max_examples=40)
@given(st.lists(st.floats(-9, 9), min_size=101, max_size=101), st.floats(-1, 1))
def test_noise_and_steep_ground_are_left_alone(noise: list[float], grade: float) -> None:
    assert left_out(1_000 + grade * CLIMB.north_m + np.array(noise)) == []


def test_several_that_stand_out_each_by_itself_are_left_out() -> None:
    assert left_out(climb_with(at_0=0, at_10=0, at_13=8_000, at_100=0)) == [0, 10, 13, 100]


def test_the_neighbours_are_those_whose_altitudes_are_known() -> None:
    assert left_out(climb_with(at_9=np.nan, at_10=0, at_11=np.nan, at_12=np.nan)) == [10]


@pytest.mark.parametrize("wrong", [{"at_10": 0, "at_11": 0}, {"at_10": 0, "at_12": 0}])
def test_where_nobody_knows_which_is_right_the_course_is_refused_with_the_place(wrong: dict[str, float]) -> None:
    altitude_m = climb_with(**wrong)
    assert left_out(altitude_m) == []
    with pytest.raises(CourseCliff, match=r"At kilometre 0\.2\d its altitudes (rise|fall) by [\d,]+ %"):
        ground_of(samples_of(CLIMB, altitude_m=altitude_m))


def test_a_cliff_is_refused_also_where_the_course_is_level_in_the_mean() -> None:
    altitude_m = np.where(CLIMB.north_m > 1_000, 1_200.0, 1_000.0)
    with pytest.raises(CourseCliff, match=r"At kilometre (0\.9|1\.0)\d its altitudes rise by"):
        ground_of(samples_of(CLIMB, altitude_m=altitude_m))


def test_fewer_than_three_altitudes_tell_of_no_odd_one() -> None:
    altitude_m = np.full(101, np.nan)
    altitude_m[[0, 1]] = [0.0, 9_000.0]
    assert left_out(altitude_m) == []
