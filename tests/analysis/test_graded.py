"""A run as on level ground: what slopes add to distances and speeds, and what cannot be told."""

from collections.abc import Sequence

import numpy as np
import pytest

from domain.analysis.effort_clock import graded_speed_at_points
from domain.analysis.graded import (
    energy_j_per_kg,
    grade_at_points,
    graded_distance_m,
    graded_step_speeds,
)
from domain.analysis.model import GradeModel, Profile, RecordedTrack
from domain.analysis.profile import profile_of
from domain.runs.moving_time import moving_seconds
from tests.factories.recordings import a_recording


def a_track(
    *, active: Sequence[tuple[float, float]] | None = None, **channels: Sequence[float] | np.ndarray
) -> tuple[RecordedTrack, Profile]:
    recording = a_recording(active=active, **channels)
    profile = profile_of(recording.samples)
    assert profile is not None
    return RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording)), profile


def a_slope(grade: float, seconds: int = 600, speed: float = 3.0) -> tuple[RecordedTrack, Profile]:
    time_s = np.arange(seconds + 1, dtype=float)
    return a_track(time_s=time_s, distance_m=speed * time_s, altitude_m=500 + grade * speed * time_s)


def test_graded_distance_on_the_flat_is_the_distance() -> None:
    _, profile = a_slope(0.0)
    assert graded_distance_m(profile) == pytest.approx(np.arange(361) * 5.0)


@pytest.mark.parametrize(("model", "factor"), [(GradeModel.HEART_RATE, 1.459), (GradeModel.MINETTI, 5.9682 / 3.6)])
def test_graded_distance_up_a_tenth_is_the_factor_of_its_model(model: GradeModel, factor: float) -> None:
    _, profile = a_slope(0.1)
    assert graded_distance_m(profile, model)[-1] == pytest.approx(1800 * factor, rel=1e-4)


def test_the_graded_distance_of_stretches_adds_up_to_the_run_s() -> None:
    profile = profile_of(a_recording().samples)
    assert profile is not None
    along = graded_distance_m(profile)
    assert (np.diff(along) > 0).all()
    assert (along[200] - along[0]) + (along[-1] - along[200]) == pytest.approx(along[-1])


def test_without_altitudes_the_ground_counts_as_level() -> None:
    _, profile = a_track(time_s=[0.0, 100.0, 200.0], distance_m=[0.0, 300.0, 600.0])
    assert graded_distance_m(profile)[-1] == pytest.approx(600.0)


def test_energy_counts_minettis_cost_along_the_slope() -> None:
    _, profile = a_slope(0.2)
    assert energy_j_per_kg(profile) == pytest.approx(9.0067 * 1800 * np.sqrt(1.04), rel=1e-4)


def test_the_grade_at_a_point_is_that_of_the_ground_there() -> None:
    time_s = np.arange(601, dtype=float)
    distance = 3 * time_s
    track, profile = a_track(time_s=time_s, distance_m=distance, altitude_m=np.abs(distance - 900) * 0.1)
    grades = grade_at_points(track.samples, profile)
    assert grades[[100, 300, 500]] == pytest.approx([-0.1, 0.0, 0.1], abs=1e-9)


def test_without_altitudes_no_point_has_a_grade() -> None:
    track, profile = a_track(time_s=[0.0, 100.0, 200.0], distance_m=[0.0, 300.0, 600.0])
    assert np.isnan(grade_at_points(track.samples, profile)).all()


def test_graded_speed_on_the_flat_is_the_speed() -> None:
    track, profile = a_slope(0.0)
    assert graded_speed_at_points(track, profile) == pytest.approx(np.full(601, 3.0))
    assert graded_step_speeds(track, profile) == pytest.approx(np.full(600, 3.0))


def test_graded_speed_uphill_is_faster_than_the_speed() -> None:
    track, profile = a_slope(0.1)
    assert graded_speed_at_points(track, profile) == pytest.approx(np.full(601, 3 * 1.459))


def test_a_hole_in_the_recording_has_no_speed() -> None:
    time_s = np.concatenate((np.arange(61), np.arange(660, 721))).astype(float)
    track, profile = a_track(time_s=time_s, distance_m=3 * time_s, altitude_m=np.zeros(122))
    steps = graded_step_speeds(track, profile)
    assert np.flatnonzero(np.isnan(steps)).tolist() == [60]
    assert graded_speed_at_points(track, profile) == pytest.approx(np.full(122, 3.0))


def test_a_point_between_two_holes_has_no_speed() -> None:
    time_s = np.concatenate((np.arange(61), [360], np.arange(660, 721))).astype(float)
    track, profile = a_track(time_s=time_s, distance_m=3 * time_s, altitude_m=np.zeros(123))
    assert np.flatnonzero(np.isnan(graded_speed_at_points(track, profile))).tolist() == [61]


def test_whoever_stands_still_has_a_speed_of_zero() -> None:
    distance = np.concatenate((np.arange(61), np.full(60, 60), np.arange(61, 122))) * 3.0
    time_s = np.arange(distance.size, dtype=float)
    track, profile = a_track(time_s=time_s, distance_m=distance, altitude_m=np.zeros(distance.size))
    assert graded_speed_at_points(track, profile)[62:119] == pytest.approx(np.zeros(57))


def test_a_pause_of_the_timer_does_not_slow_the_points_beside_it() -> None:
    distance = np.concatenate((np.arange(61), np.full(20, 60), np.arange(61, 122))) * 3.0
    time_s = np.arange(distance.size, dtype=float)
    track, profile = a_track(
        time_s=time_s, distance_m=distance, altitude_m=np.zeros(distance.size), active=[(0, 60), (80, 141)]
    )
    assert graded_speed_at_points(track, profile)[[58, 60, 80, 83]] == pytest.approx(np.full(4, 3.0))


def test_a_step_with_a_moment_of_pause_is_judged_by_its_moving_seconds() -> None:
    time_s = 10.0 * np.arange(4)
    track, profile = a_track(
        time_s=time_s, distance_m=[0.0, 30.0, 54.0, 84.0], altitude_m=np.zeros(4), active=[(0, 12), (14, 30)]
    )
    assert graded_step_speeds(track, profile) == pytest.approx([3.0, 3.0, 3.0])


def test_the_speed_at_a_point_is_the_mean_of_the_ten_seconds_around_it() -> None:
    time_s = np.arange(121.0)
    distance = np.cumsum(np.where(time_s == 0, 0.0, np.where(time_s <= 60, 2.0, 4.0)))
    track, profile = a_track(time_s=time_s, distance_m=distance, altitude_m=np.zeros(121))
    assert graded_speed_at_points(track, profile)[[0, 55, 60, 62, 65, 120]] == pytest.approx([2, 2, 3, 3.4, 4, 4])


def test_a_leap_of_the_position_is_no_running() -> None:
    distance = np.concatenate((3.0 * np.arange(100), 5_000 + 3.0 * np.arange(100)))
    track, profile = a_track(time_s=np.arange(200.0), distance_m=distance, altitude_m=np.zeros(200))
    assert np.flatnonzero(np.isnan(graded_step_speeds(track, profile))).tolist() == [99]
    assert graded_speed_at_points(track, profile) == pytest.approx(np.full(200, 3.0))


def test_metres_of_several_seconds_counted_at_once_are_no_leap() -> None:
    distance = 24.0 * (np.arange(200) // 8)
    track, profile = a_track(time_s=np.arange(200.0), distance_m=distance, altitude_m=np.zeros(200))
    assert np.isfinite(graded_step_speeds(track, profile)).all()


def test_a_single_point_has_no_speed() -> None:
    recording = a_recording(time_s=[0.0], distance_m=[500.0], altitude_m=[0.0])
    profile = profile_of(recording.samples)
    assert profile is not None
    track = RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))
    assert np.isnan(graded_speed_at_points(track, profile)).tolist() == [True]
