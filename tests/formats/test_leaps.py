"""A signal that goes astray is not followed, and nobody is credited with metres that no one ran."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.best_efforts import best_efforts
from domain.runs.limits import leaps
from domain.runs.recording import Recording
from infrastructure.formats.gpx import decode_gpx
from infrastructure.formats.leaps import astray, haversine_m, without_leaps
from infrastructure.formats.tcx import decode_tcx
from tests.factories.recordings import Course, a_hilly_course, gpx_bytes, tcx_bytes

COURSE = a_hilly_course(600)


def from_gpx(course: Course) -> Recording:
    (recording,) = decode_gpx(gpx_bytes(course))
    return recording


def told(recording: Recording) -> list[tuple[str, int]]:
    return [(part.reason.partition(":")[0].partition(",")[0], part.count) for part in recording.set_aside]


def seconds_astray(course: Course) -> list[float]:
    found: list[float] = course.time_s[astray(course.time_s, course.latitude, course.longitude)].tolist()
    return found


def test_a_run_without_leaps_is_believed_whole() -> None:
    assert seconds_astray(COURSE) == []


@pytest.mark.parametrize(("start", "end"), [(100, 100), (100, 104), (300, 360)])
def test_positions_that_leap_away_and_back_are_astray(start: int, end: int) -> None:
    assert seconds_astray(COURSE.elsewhere(start, end, 5_000)) == list(range(start, end + 1))


def test_positions_that_leap_from_one_wrong_place_to_the_next_are_astray() -> None:
    course = COURSE.elsewhere(100, 103, 5_000).elsewhere(102, 103, -9_000)
    assert seconds_astray(course) == [100, 101, 102, 103]


@pytest.mark.parametrize("metres", [90, 800])
def test_a_signal_that_leaps_to_and_fro_costs_only_the_wrong_positions(metres: float) -> None:
    course = COURSE
    for second in range(100, 200, 8):
        course = course.elsewhere(second, second + 2, metres)
    assert seconds_astray(course) == [second + more for second in range(100, 200, 8) for more in range(3)]


@pytest.mark.parametrize(("start", "end"), [(0, 20), (590, 600)])
def test_a_signal_that_is_not_yet_or_no_longer_there_is_astray(start: int, end: int) -> None:
    assert seconds_astray(COURSE.elsewhere(start, end, 5_000)) == list(range(start, end + 1))


def test_a_leap_for_good_is_believed_from_there_on() -> None:
    assert seconds_astray(COURSE.elsewhere(300, 600, 5_000)) == []


def test_a_place_held_for_over_a_minute_is_believed_even_when_the_track_comes_back() -> None:
    assert seconds_astray(COURSE.elsewhere(200, 300, 5_000)) == []


def test_a_leap_within_the_scatter_of_positions_is_believed() -> None:
    assert seconds_astray(COURSE.elsewhere(100, 100, 49)) == []


def test_a_way_that_could_be_run_without_a_signal_is_believed() -> None:
    assert seconds_astray(COURSE.without(200, 400).elsewhere(400, 600, 2_000)) == []


def test_a_position_astray_goes_with_its_altitude_but_keeps_its_heart_rate() -> None:
    samples = from_gpx(COURSE.elsewhere(100, 100, 5_000)).samples
    assert len(samples) == 601
    assert np.flatnonzero(np.isnan(samples.latitude) & np.isnan(samples.longitude)).tolist() == [100]
    assert np.flatnonzero(np.isnan(samples.altitude_m)).tolist() == [100]
    assert samples.heart_rate_bpm[100] == COURSE.heart_rate_bpm[100]


def test_a_teleporting_signal_adds_no_metres_and_is_counted() -> None:
    recording = from_gpx(COURSE.elsewhere(100, 104, 5_000))
    assert recording.samples.distance_m == pytest.approx(COURSE.distance_m, abs=3)
    assert told(recording) == [("positions astray", 5)]


def test_the_way_of_a_leap_for_good_does_not_count_and_is_told() -> None:
    recording = from_gpx(COURSE.elsewhere(300, 600, 5_000))
    assert recording.samples.distance_m == pytest.approx(COURSE.distance_m, abs=5)
    assert told(recording) == [("points reached by a leap faster than anyone runs", 1)]


def test_a_position_that_freezes_and_catches_up_is_spread_over_its_silence() -> None:
    frozen = (COURSE.time_s >= 200) & (COURSE.time_s < 260)
    course = COURSE.between(0, 600)
    course.latitude[frozen] = course.latitude[200]
    recording = from_gpx(course)
    assert recording.samples.distance_m == pytest.approx(COURSE.distance_m, abs=25)
    assert recording.samples.distance_m[-1] == pytest.approx(COURSE.distance_m[-1], abs=3)
    assert told(recording) == [("points where the distance stood still before it leapt on", 59)]


def test_a_count_of_the_watch_that_leaps_loses_the_leap() -> None:
    course = COURSE.between(0, 600)
    course.distance_m[300:] += 4_000
    (recording,) = decode_tcx(tcx_bytes(course))
    assert recording.samples.distance_m == pytest.approx(COURSE.distance_m, abs=5)
    assert recording.device.distance_m == pytest.approx(course.distance_m[-1], abs=5)


def test_a_leap_makes_no_best_effort() -> None:
    leapt = from_gpx(COURSE.elsewhere(300, 600, 390)).samples
    (leapt_400, _), (true_400, _) = (
        best_efforts(samples, [400.0, 1000.0]) for samples in (leapt, from_gpx(COURSE).samples)
    )
    assert leapt_400.time_s >= true_400.time_s


def test_without_a_leap_metres_stay_as_they_are() -> None:
    metres, set_aside = without_leaps(COURSE.time_s, COURSE.distance_m)
    assert metres is COURSE.distance_m
    assert set_aside == ()


def test_a_stillness_too_short_for_the_leap_behind_it_does_not_excuse_it() -> None:
    time_s = np.arange(21.0)
    metres, _ = without_leaps(time_s, np.where(time_s > 10, 500.0, 0.0))
    assert metres.max() == 0


def test_a_pause_does_not_excuse_the_leap_behind_it() -> None:
    metres, _ = without_leaps(np.array([0.0, 10, 900, 901, 910]), np.array([0.0, 30, 30, 530, 560]))
    assert metres.tolist() == [0, 30, 30, 30, 60]


steps = st.lists(st.tuples(st.integers(1, 50), st.floats(0, 2_000)), min_size=1, max_size=60)


@given(steps, st.floats(0, 1e5))
def test_metres_without_leaps_never_fall_leap_or_grow(run: list[tuple[int, float]], first_m: float) -> None:
    durations, lengths = zip(*run, strict=True)
    time_s = np.concatenate(([0.0], np.cumsum(durations)))
    distance_m = first_m + np.concatenate(([0.0], np.cumsum(lengths)))
    metres, _ = without_leaps(time_s, distance_m)
    assert metres[0] == distance_m[0]
    assert np.all(np.diff(metres) >= -1e-6)
    assert not leaps(time_s, np.round(metres, 6)).any()
    assert metres[-1] <= distance_m[-1] + 1e-6


places = st.lists(st.sampled_from([47.0, 47.0001, 47.001, 47.1, 48.0, float("nan")]), min_size=1, max_size=40)


@given(places, st.integers(1, 30))
def test_wherever_the_signal_goes_a_position_is_left_and_only_known_ones_are_astray(
    latitude: list[float], every_s: int
) -> None:
    phi = np.array(latitude, dtype=np.float64)
    wrong = astray(np.arange(phi.size, dtype=np.float64) * every_s, phi, np.full(phi.size, 8.0))
    assert not wrong[np.isnan(phi)].any()
    assert wrong.sum() < max(np.isfinite(phi).sum(), 1)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert haversine_m(np.array([46.0, 47.0]), np.array([8.0, 8.0])) == pytest.approx([111_195], abs=1)
