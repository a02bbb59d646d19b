"""How hard a run was, from clean runs with known answers to recordings that tell little."""

from dataclasses import fields, replace
from datetime import date
from math import isfinite
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.model import Intensity, LoadMethod
from domain.physiology.model import Physiology
from domain.runs.recording import Recording
from infrastructure.formats.files import WatchFiles
from tests.factories.even_runs import HEART_ONLY, NOBODY, RUNNER, a_run, understood
from tests.factories.recordings import a_recording

NAN = float("nan")


def is_storable(intensity: Intensity) -> bool:
    numbers = [getattr(intensity, f.name) for f in fields(intensity)]
    return all(isfinite(number) for number in numbers if isinstance(number, float)) and bool(intensity.notes)


@given(st.floats(1.5, 6.0), st.integers(60, 2000))
@settings(max_examples=30)
def test_grade_adjusted_pace_on_the_flat_is_the_pace(speed: float, seconds: int) -> None:
    intensity = understood(a_run(seconds, speed))
    assert intensity.graded_pace_s_per_km == pytest.approx(1000 / speed)
    assert intensity.graded_pace_minetti_s_per_km == pytest.approx(1000 / speed)


def test_uphill_each_model_has_its_own_grade_adjusted_pace() -> None:
    intensity = understood(a_run(speed=2.5, grade=0.1))
    assert intensity.graded_pace_s_per_km == pytest.approx(400 / 1.459)
    assert intensity.graded_pace_minetti_s_per_km == pytest.approx(400 / (5.9682 / 3.6), rel=1e-4)


@pytest.mark.parametrize("grade", [0.0, 0.1])
def test_one_hour_at_threshold_is_a_load_of_exactly_a_hundred(grade: float) -> None:
    intensity = understood(a_run(speed=4.0 if grade == 0 else 4.0 / 1.459, grade=grade))
    assert intensity.load == pytest.approx(100, abs=1e-6)
    assert intensity.load_method is LoadMethod.RTSS
    assert intensity.intensity_factor == pytest.approx(1)


def test_two_hours_at_nine_tenths_of_the_threshold_are_a_load_of_162() -> None:
    assert understood(a_run(seconds=7200, speed=3.6)).load == pytest.approx(162)


def test_normalised_speed_of_an_even_run_is_its_speed() -> None:
    assert understood(a_run(speed=3.3)).normalized_graded_speed_m_per_s == pytest.approx(3.3)


def test_normalised_speed_is_the_fourth_power_mean_of_thirty_second_means() -> None:
    speed = np.where(np.arange(3600) % 600 < 300, 3.0, 5.0)
    rolling = np.array([speed[i : i + 30].mean() for i in range(3571)])
    expected = (rolling**4).mean() ** 0.25
    assert understood(a_run(speed=speed)).normalized_graded_speed_m_per_s == pytest.approx(expected)


def test_a_run_of_less_than_thirty_seconds_is_normalised_over_all_of_it() -> None:
    speed = np.where(np.arange(20) < 10, 3.0, 5.0)
    assert understood(a_run(20, speed)).normalized_graded_speed_m_per_s == pytest.approx(4.0)


def test_a_pause_changes_neither_normalised_speed_nor_load() -> None:
    speed = np.concatenate((np.full(1800, 4.0), np.zeros(600), np.full(1800, 4.0)))
    paused = understood(a_run(4200, speed, active=[(0, 1800), (2400, 4200)]))
    assert paused.normalized_graded_speed_m_per_s == pytest.approx(4.0)
    assert paused.load == pytest.approx(100)


def test_a_hole_of_hours_changes_neither_normalised_speed_nor_load() -> None:
    time_s = np.concatenate((np.arange(1801.0), np.arange(1801.0) + 20_000))
    distance = 4.0 * np.concatenate((np.arange(1801), np.arange(1801) + 2500))
    intensity = understood(a_recording(time_s=time_s, distance_m=distance, altitude_m=np.zeros(time_s.size)))
    assert intensity.normalized_graded_speed_m_per_s == pytest.approx(4.0)
    assert intensity.load == pytest.approx(100)


def test_a_leap_of_the_position_is_left_out_and_said() -> None:
    speed = np.full(3600, 4.0)
    speed[1000] = 50_000.0
    intensity = understood(a_run(speed=speed))
    assert intensity.normalized_graded_speed_m_per_s == pytest.approx(4.0)
    assert any("leaps" in note for note in intensity.notes)


def leaping(seconds: int) -> Recording:
    """A run at threshold, with half a minute in its middle across which the position leaps."""
    time_s = np.arange(seconds + 1.0)
    leap = time_s > seconds // 2
    return a_recording(
        time_s=time_s + np.where(leap, 29.0, 0.0),
        distance_m=4 * time_s + np.where(leap, 5000.0, 0.0),
        altitude_m=np.zeros(time_s.size),
        heart_rate_bpm=np.full(time_s.size, 150.0),
    )


def test_a_load_stands_on_the_seconds_that_its_speed_is_told_from() -> None:
    assert understood(leaping(3601)).load == pytest.approx(100)


def test_decoupling_takes_twenty_minutes_without_leaps() -> None:
    assert understood(leaping(1199)).decoupling_percent is None
    assert understood(leaping(1201)).decoupling_percent == pytest.approx(0, abs=1e-9)


def test_without_a_threshold_pace_the_critical_speed_stands_in_and_is_said() -> None:
    intensity = understood(a_run(speed=4.2), Physiology(valid_from=date(2024, 1, 1), critical_speed_m_per_s=4.2))
    assert intensity.load == pytest.approx(100)
    assert any("critical speed of 4.20 m/s" in note for note in intensity.notes)


def test_with_both_known_the_threshold_pace_is_taken_and_said() -> None:
    assert "Load is rTSS against the threshold pace of 250 s/km." in understood(a_run()).notes


def test_without_any_threshold_speed_the_load_is_from_the_heart() -> None:
    intensity = understood(a_run(), HEART_ONLY)
    assert intensity.load_method is LoadMethod.TRIMP
    assert intensity.load is not None
    assert intensity.load > 0
    assert intensity.intensity_factor is None


@pytest.mark.parametrize("physiology", [None, NOBODY])
def test_without_figures_there_is_no_load_and_the_notes_say_what_to_set(physiology: Physiology | None) -> None:
    intensity = understood(a_run(), physiology)
    assert (intensity.load, intensity.load_method) == (None, None)
    assert any("setPhysiology" in note for note in intensity.notes)


def test_energy_on_the_flat_is_three_point_six_joules_a_metre() -> None:
    assert understood(a_run(speed=4.0)).energy_j_per_kg == pytest.approx(3.6 * 14_400)


def test_without_altitudes_there_is_a_load_but_no_grade_adjusted_pace() -> None:
    time_s = np.arange(3601.0)
    intensity = understood(a_recording(time_s=time_s, distance_m=4 * time_s))
    assert intensity.load == pytest.approx(100)
    assert intensity.graded_pace_s_per_km is None
    assert intensity.graded_pace_minetti_s_per_km is None
    assert intensity.energy_j_per_kg is None
    assert any("Without altitudes" in note for note in intensity.notes)


def test_without_distances_the_heart_still_tells_a_load() -> None:
    time_s = np.arange(3601.0)
    intensity = understood(a_recording(time_s=time_s, heart_rate_bpm=np.full(3601, 150.0)))
    assert intensity.load_method is LoadMethod.TRIMP
    assert any("no distances" in note for note in intensity.notes)
    assert is_storable(intensity)


def test_one_point_tells_nothing_but_why() -> None:
    intensity = understood(a_recording(time_s=[0.0], distance_m=[0.0], altitude_m=[5.0], heart_rate_bpm=[120.0]))
    assert intensity.graded_pace_s_per_km is None
    assert is_storable(intensity)


def test_standing_still_has_no_speed_to_tell() -> None:
    distance = np.concatenate((np.arange(8.0), np.full(3593, 12.0)))
    intensity = understood(
        a_recording(time_s=np.arange(3601.0), distance_m=distance, altitude_m=np.zeros(3601), active=[])
    )
    assert intensity.normalized_graded_speed_m_per_s is None
    assert any("did not move" in note for note in intensity.notes)
    assert is_storable(intensity)


def test_two_days_on_the_way_are_understood() -> None:
    time_s = np.arange(0, 48 * 3600 + 1, 10.0)
    intensity = understood(a_recording(time_s=time_s, distance_m=2 * time_s, altitude_m=np.zeros(time_s.size)))
    assert intensity.load == pytest.approx(48 * 25)


@st.composite
def tracks(draw: st.DrawFn) -> Recording:
    """Anything a watch may have written: holes, standing, leaps, missing and absurd values."""
    n = draw(st.integers(1, 40))
    gaps_s = draw(st.lists(st.sampled_from([0.001, 1.0, 1.0, 7.0, 40.0, 90_000.0]), min_size=n - 1, max_size=n - 1))
    steps_m = draw(st.lists(st.sampled_from([0.0, 0.0, 3.0, 25.0, 400.0, 90_000.0]), min_size=n - 1, max_size=n - 1))
    altitudes = st.one_of(st.just(NAN), st.integers(-1000, 10_000).map(float))
    hearts = st.one_of(st.just(NAN), st.sampled_from([0.0, 1.0, 60.0, 150.0, 190.0, 254.0, 255.0]))
    with_distance = draw(st.booleans())
    end_s = float(sum(gaps_s))
    return a_recording(
        time_s=np.cumsum([0.0, *gaps_s]),
        distance_m=np.cumsum([0.0, *steps_m]) if with_distance else np.full(n, NAN),
        altitude_m=draw(st.lists(altitudes, min_size=n, max_size=n)),
        heart_rate_bpm=draw(st.lists(hearts, min_size=n, max_size=n)),
        active=draw(st.sampled_from([None, (), ((0.0, end_s / 2),), ((0.0, end_s),)])),
    )


@given(tracks(), st.sampled_from([None, NOBODY, HEART_ONLY, RUNNER]))
@settings(max_examples=80)
def test_whatever_was_recorded_every_figure_is_finite_or_none(recording: Recording, who: Physiology | None) -> None:
    intensity = understood(recording, who)
    assert is_storable(intensity)
    assert (intensity.load is None) == (intensity.load_method is None)


def real_run(samples: Path, name: str) -> Recording:
    (recording,) = WatchFiles(max_file_bytes=50_000_000).decode(name, (samples / name).read_bytes())
    return recording


def test_the_mountain_run_has_the_paces_that_both_models_were_tried_with(samples: Path) -> None:
    intensity = understood(real_run(samples, "trail-37km-2578m.fit"))
    assert intensity.graded_pace_s_per_km == pytest.approx(5 * 60 + 31.3, abs=0.05)
    assert intensity.graded_pace_minetti_s_per_km == pytest.approx(5 * 60 + 57.4, abs=0.05)


def test_by_the_stillness_rule_the_mountain_run_stays_within_one_and_a_half_percent_of_strava(samples: Path) -> None:
    without_timer = replace(real_run(samples, "trail-37km-2578m.fit"), active=None)
    assert understood(without_timer).graded_pace_s_per_km == pytest.approx(5 * 60 + 31, rel=0.015)


def test_the_mountain_run_names_its_moving_time(samples: Path) -> None:
    assert "16,923 s of moving time" in understood(real_run(samples, "trail-37km-2578m.fit")).notes[0]


@pytest.mark.parametrize("name", ["hilly-14km.fit", "lake-walk.gpx", "phone-app.fit", "treadmill.fit"])
def test_real_recordings_are_finite(samples: Path, name: str) -> None:
    assert is_storable(understood(real_run(samples, name)))
