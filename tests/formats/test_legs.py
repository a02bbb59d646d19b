"""A cadence counts the steps of both legs, whichever the file counts."""

import numpy as np
import pytest

from infrastructure.formats.gpx import decode_gpx
from infrastructure.formats.legs import both_legs
from tests.factories.recordings import a_hilly_course, gpx_bytes


def cadence_of(spm: list[float], speed: list[float]) -> list[float]:
    both: list[float] = both_legs(np.array(spm), np.array(speed)).tolist()
    return both


@pytest.mark.parametrize(("counted", "both"), [(80.0, 160.0), (95.0, 190.0), (160.0, 160.0), (190.0, 190.0)])
def test_runners_take_140_to_200_steps(counted: float, both: float) -> None:
    assert cadence_of([counted] * 5, [3.0] * 5) == [both] * 5


@pytest.mark.parametrize(("counted", "both"), [(48.0, 96.0), (62.0, 124.0), (100.0, 100.0), (118.0, 118.0)])
def test_walkers_take_90_to_135_steps(counted: float, both: float) -> None:
    assert cadence_of([counted] * 5, [1.4] * 5) == [both] * 5


def test_one_leg_is_doubled_in_the_walked_parts_of_a_run_too() -> None:
    assert cadence_of([84.0, 84, 84, 55, 55, 55, 55, 55], [3.0, 3, 3, 1.3, 1.3, 1.3, 1.3, 1.3])[3] == 110


def test_both_legs_of_a_run_that_is_mostly_walked_are_not_doubled() -> None:
    spm, speed = [168.0] * 2 + [110.0] * 8, [3.0] * 2 + [1.3] * 8
    assert cadence_of(spm, speed) == spm


def test_the_scatter_of_a_walks_positions_does_not_make_it_a_run() -> None:
    spm, speed = [110.0] * 20, [2.5] + [1.3] * 19
    assert cadence_of(spm, speed) == spm


def test_without_a_speed_it_is_taken_as_running() -> None:
    assert cadence_of([85.0] * 3, [np.nan] * 3) == [170.0] * 3


def test_standing_says_nothing_about_legs() -> None:
    assert cadence_of([0.0, 0.0, 170.0, np.nan], [0.0, 0.0, 3.0, 3.0])[:3] == [0, 0, 170]


def test_no_cadence_stays_none() -> None:
    assert np.isnan(cadence_of([np.nan] * 3, [3.0] * 3)).all()


def test_a_hike_whose_file_counts_both_legs_is_not_doubled() -> None:
    course = a_hilly_course(300)
    course.latitude[:] = 47.05 + (course.latitude - 47.05) * 0.4
    course.cadence_spm[:] = 112
    (recording,) = decode_gpx(gpx_bytes(course, legs=2))
    assert np.median(recording.samples.cadence_spm) == 112
