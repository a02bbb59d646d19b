"""Stretches tile a run and add up to it, whatever the recording is like."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.graded import graded_distance_m
from domain.analysis.model import MOST_GRADE_BANDS, Movement, RecordedTrack
from domain.analysis.profile import profile_of
from domain.runs.ascent import ascent_and_descent
from tests.factories.stretches import Understood, a_run_over_hills, a_track, understood


def level(seconds: int = 600, **channels: np.ndarray | list[float]) -> RecordedTrack:
    """Three metres a second on level ground."""
    time_s = np.arange(seconds + 1, dtype=np.float64)
    given = {"time_s": time_s, "distance_m": 3 * time_s, "altitude_m": np.full(seconds + 1, 500.0)}
    return a_track(**(given | channels))


def halved(track: RecordedTrack) -> Understood:
    profile = profile_of(track.samples)
    assert profile is not None
    return understood(track, np.array([0, profile.grade.size // 2, profile.grade.size]))


@st.composite
def recordings(draw: st.DrawFn) -> RecordedTrack:
    """Runs with gaps, standing, teleports, missing altitudes and heart rates, of two points or many."""
    n = draw(st.integers(2, 60))
    seconds = draw(st.lists(st.sampled_from([1.0, 1.0, 5.0, 10.0, 40.0, 7200.0]), min_size=n - 1, max_size=n - 1))
    metres = draw(st.lists(st.sampled_from([0.0, 2.5, 30.0, 30.0, 5000.0]), min_size=n - 1, max_size=n - 1))
    distance_m = np.cumsum([draw(st.sampled_from([0.0, 3.0, 500.0])), *metres])
    distance_m[-1] += 12.0
    unknown = st.just(np.nan)
    altitudes = st.just([np.nan] * n) | st.lists(st.floats(-50, 3000) | unknown, min_size=n, max_size=n)
    hearts = st.lists(st.sampled_from([0.0, 60.0, 150.0, 255.0, np.nan]), min_size=n, max_size=n)
    return a_track(
        time_s=np.cumsum([0.0, *seconds]),
        distance_m=distance_m,
        altitude_m=draw(altitudes),
        heart_rate_bpm=draw(hearts),
        cadence_spm=draw(hearts),
        latitude=draw(st.lists(st.floats(-80, 80) | unknown, min_size=n, max_size=n)),
        longitude=draw(st.lists(st.floats(-180, 180) | unknown, min_size=n, max_size=n)),
    )


@settings(max_examples=30)
@given(recordings())
def test_stretches_tile_any_run(track: RecordedTrack) -> None:
    run = understood(track)
    segments, samples = run.segments, track.samples
    ascent, descent = ascent_and_descent(samples.altitude_m) or (0.0, 0.0)
    assert (segments.start_m[0], segments.start_s[0]) == (0.0, 0.0)
    assert segments.end_m[-1] == pytest.approx(samples.distance_m[-1])
    assert segments.start_m[1:].tolist() == segments.end_m[:-1].tolist()
    assert (segments.start_s + segments.duration_s)[-1] == pytest.approx(samples.time_s[-1])
    assert segments.start_s[1:] == pytest.approx((segments.start_s + segments.duration_s)[:-1])
    assert segments.moving_s.sum() == pytest.approx(track.moving_s.sum(), abs=1e-6)
    assert (segments.ascent_m.sum(), segments.descent_m.sum()) == pytest.approx((ascent, descent), abs=1e-6)
    assert segments.ascent_before_m == pytest.approx(np.cumsum(segments.ascent_m) - segments.ascent_m, abs=1e-6)
    assert segments.descent_before_m == pytest.approx(np.cumsum(segments.descent_m) - segments.descent_m, abs=1e-6)


@settings(max_examples=30)
@given(recordings())
def test_no_stretch_is_impossible(track: RecordedTrack) -> None:
    segments = understood(track).segments
    for name in ("duration_s", "moving_s", "ascent_m", "descent_m", "speed_m_per_s", "graded_speed_m_per_s"):
        values = getattr(segments, name)
        assert np.isfinite(values).all(), name
        assert (values >= 0).all(), name
    assert (segments.moving_s <= segments.duration_s + 1e-6).all()
    assert np.isfinite(segments.mean_grade).all()
    assert not any(
        np.isinf(getattr(segments, field.name)).any() for field in fields(segments) if field.name != "movement"
    )
    hearts = segments.average_heart_rate[np.isfinite(segments.average_heart_rate)]
    assert ((hearts >= 59.9) & (hearts <= 150.1)).all()


@settings(max_examples=30)
@given(st.lists(st.integers(0, 500), min_size=40, max_size=80))
def test_reversing_a_run_swaps_its_ascents_and_turns_its_grades(heights: list[int]) -> None:
    altitude_m = np.array(heights, dtype=np.float64)
    time_s = 10 * np.arange(altitude_m.size, dtype=np.float64)
    there = understood(a_track(time_s=time_s, distance_m=3 * time_s, altitude_m=altitude_m))
    turned = there.cuts[-1] - there.cuts[::-1]
    back = understood(a_track(time_s=time_s, distance_m=3 * time_s, altitude_m=altitude_m[::-1]), turned)
    assert back.segments.ascent_m.sum() == pytest.approx(there.segments.descent_m.sum(), abs=1e-6)
    assert back.segments.descent_m.sum() == pytest.approx(there.segments.ascent_m.sum(), abs=1e-6)
    assert back.segments.mean_grade == pytest.approx(-there.segments.mean_grade[::-1], abs=1e-9)
    assert back.segments.duration_s == pytest.approx(there.segments.duration_s[::-1], abs=1e-6)


def test_two_points_are_one_stretch() -> None:
    segments = understood(a_track(time_s=[0, 10], distance_m=[0, 30])).segments
    assert (len(segments), segments.speed_m_per_s[0], segments.movement) == (1, pytest.approx(3.0), (Movement.RUNNING,))


def test_on_level_ground_graded_speed_is_the_speed() -> None:
    segments = understood(level()).segments
    assert segments.graded_speed_m_per_s == pytest.approx(np.full(len(segments), 3.0))
    assert segments.speed_m_per_s == pytest.approx(np.full(len(segments), 3.0))


def test_graded_distances_of_stretches_add_up_to_the_run_s() -> None:
    run = understood(a_run_over_hills(1800))
    graded_m = run.segments.graded_speed_m_per_s * run.segments.moving_s
    assert graded_m.sum() == pytest.approx(graded_distance_m(run.profile)[-1])


def test_a_climb_has_the_grade_of_its_ground_and_the_band_around_it() -> None:
    time_s = np.arange(101, dtype=np.float64)
    segments = understood(level(100, altitude_m=500 + 0.3 * time_s)).segments
    assert segments.mean_grade == pytest.approx([0.1])
    assert segments.grade_band.tolist() == [4]
    assert segments.altitude_change_m == pytest.approx([30.0])
    assert segments.start_altitude_m == pytest.approx([500.0])


@pytest.mark.parametrize(("grade", "band"), [(0.0124, 0), (0.0126, 1), (-0.0126, -1), (0.0374, 1), (0.0376, 2)])
def test_grade_bands_are_centred(grade: float, band: int) -> None:
    distance_m = 3 * np.arange(61, dtype=np.float64)
    assert understood(level(60, altitude_m=grade * distance_m)).segments.grade_band.tolist() == [band]


def test_there_are_two_hundred_and_forty_one_grade_bands() -> None:
    wall = 5 * 3 * np.arange(61, dtype=np.float64)
    ends = [understood(level(60, altitude_m=way * wall)).segments.grade_band.tolist() for way in (-1, 1)]
    assert ends == [[-120], [120]]
    assert MOST_GRADE_BANDS == 241


def test_without_altitudes_nothing_climbs_and_no_altitude_is_told() -> None:
    segments = understood(level(altitude_m=np.full(601, np.nan))).segments
    assert (segments.ascent_m.sum(), segments.descent_m.sum(), np.abs(segments.mean_grade).max()) == (0, 0, 0)
    assert np.isnan(segments.start_altitude_m).all()
    assert np.isnan(segments.altitude_change_m).all()


def test_a_rest_at_a_cut_belongs_to_the_stretch_after_it() -> None:
    time_s = np.array([0.0, *range(1, 101), *range(200, 300)])
    distance_m = np.array([0.0, *range(3, 303, 3), 300.0, *range(303, 600, 3)])
    run = halved(a_track(time_s=time_s, distance_m=distance_m, altitude_m=np.zeros(time_s.size)))
    assert run.segments.start_s[1] == pytest.approx(99.5)
    assert run.segments.duration_s == pytest.approx([99.5, 199.5])
    assert run.segments.moving_s.sum() == pytest.approx(199.0)


def test_a_rest_at_the_end_belongs_to_the_last_stretch() -> None:
    track = a_track(time_s=[*range(101), 160, 161], distance_m=[*range(0, 303, 3), 300, 300])
    segments = understood(track).segments
    assert (segments.start_s + segments.duration_s)[-1] == 161.0


def test_a_hole_in_the_recording_is_no_running() -> None:
    time_s = np.array([*range(101), *range(3700, 3801)], dtype=np.float64)
    distance_m = np.array([*range(0, 303, 3), *range(1500, 1803, 3)], dtype=np.float64)
    segments = understood(a_track(time_s=time_s, distance_m=distance_m)).segments
    moved = segments.moving_s > 0
    assert segments.speed_m_per_s[moved] == pytest.approx(np.full(moved.sum(), 3.0))
    assert segments.speed_m_per_s[~moved].tolist() == [0.0] * 3
    assert segments.movement[1:4] == (Movement.STANDING,) * 3


def test_a_leap_of_the_position_is_no_speed() -> None:
    distance_m = 3 * np.arange(601, dtype=np.float64)
    distance_m[300:] += 20_000
    assert understood(level(distance_m=distance_m)).segments.speed_m_per_s.max() <= 3.01


def test_heart_rate_is_the_mean_over_moving_time() -> None:
    heart_rate = np.where(np.arange(601) < 200, 120.0, 150.0)
    segments = understood(level(heart_rate_bpm=heart_rate), np.array([0, 360])).segments
    assert segments.average_heart_rate == pytest.approx([(120 * 199.5 + 150 * 400.5) / 600])
    assert (segments.start_heart_rate[0], segments.end_heart_rate[0]) == (120.0, 150.0)


@pytest.mark.parametrize("nonsense", [0.0, 255.0, 24.0, 251.0])
def test_what_no_heart_beats_is_no_heart_rate(nonsense: float) -> None:
    heart_rate = np.where(np.arange(601) % 2 == 0, 150.0, nonsense)
    assert understood(level(heart_rate_bpm=heart_rate)).segments.average_heart_rate == pytest.approx([150.0] * 5)
    all_nonsense = understood(level(heart_rate_bpm=np.full(601, nonsense))).segments
    assert np.isnan(all_nonsense.average_heart_rate).all()
    assert np.isnan(all_nonsense.end_heart_rate).all()


def test_a_heart_rate_half_a_minute_away_is_not_known_at_a_cut() -> None:
    heart_rate = np.where(np.arange(601) < 265, 150.0, np.nan)
    segments = halved(level(heart_rate_bpm=heart_rate)).segments
    assert np.isnan(segments.end_heart_rate[0])
    assert segments.average_heart_rate[0] == pytest.approx(150.0)


def test_stretches_start_and_end_where_the_runner_was() -> None:
    segments = halved(level(latitude=np.linspace(47.0, 47.1, 601), longitude=np.full(601, 8.0))).segments
    assert segments.start_latitude == pytest.approx([47.0, 47.05])
    assert segments.end_latitude == pytest.approx([47.05, 47.1])
    assert segments.end_longitude == pytest.approx([8.0, 8.0])


def test_a_cut_on_the_date_line_is_not_on_the_other_side_of_the_earth() -> None:
    run = a_track(time_s=[0, 10], distance_m=[0, 30], latitude=[0, 0], longitude=[179.9, -179.7])
    assert halved(run).segments.end_longitude == pytest.approx([-179.9, -179.7])


def test_without_positions_no_place_is_told() -> None:
    assert np.isnan(understood(level()).segments.start_latitude).all()
