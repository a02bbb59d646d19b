"""Where the heart spent a run's time: zones that share it, and the hardest half hour."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.heart_rate_time import half_hour_heart_rate, seconds_in_zones
from domain.analysis.model import RecordedTrack
from domain.physiology.model import Physiology
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording
from infrastructure.formats.files import WatchFiles
from tests.factories.even_runs import HEART_ONLY, NOBODY, a_run
from tests.factories.recordings import a_recording


def track(recording: Recording) -> RecordedTrack:
    return RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording))


def zones(recording: Recording, physiology: Physiology | None = HEART_ONLY) -> dict[int, float]:
    return dict(seconds_in_zones(track(recording), physiology))


def half_hour(recording: Recording) -> float | None:
    return half_hour_heart_rate(track(recording))


def test_each_second_counts_for_the_zone_of_its_heart_rate() -> None:
    """Borders of a threshold of 170 are 144, 153, 162 and 170 bpm; a step counts by the mean of its ends."""
    beats = np.repeat([120.0, 150.0, 180.0], [601, 300, 101])
    assert zones(a_run(1002, heart_rate=beats)) == {1: 602, 2: 299, 3: 0, 4: 1, 5: 100}


@pytest.mark.parametrize(("bpm", "zone"), [(143, 1), (144, 2), (153, 3), (161, 3), (162, 4), (170, 5), (230, 5)])
def test_a_heart_rate_on_a_border_belongs_to_the_zone_above(bpm: float, zone: int) -> None:
    spent = zones(a_run(60, heart_rate=bpm))
    assert {number for number, seconds in spent.items() if seconds} == {zone}


def test_pauses_do_not_count() -> None:
    assert sum(zones(replace(a_run(600), active=((0, 200), (500, 600)))).values()) == pytest.approx(300)


@pytest.mark.parametrize("physiology", [None, NOBODY])
def test_a_runner_without_zones_spends_time_in_none(physiology: Physiology | None) -> None:
    assert zones(a_run(600), physiology) == {}


@pytest.mark.parametrize("bpm", [np.nan, 0.0, 255.0])
def test_a_run_without_a_heart_rate_spends_time_in_no_zone(bpm: float) -> None:
    assert zones(a_run(600, heart_rate=bpm)) == {}


def test_a_heart_rate_known_in_pauses_alone_spends_time_in_no_zone() -> None:
    beats = np.repeat([np.nan, 150.0], [300, 300])
    assert zones(replace(a_run(600, heart_rate=beats), active=((0, 299),))) == {}


@given(st.lists(st.floats(31, 239), min_size=100, max_size=100))
@settings(max_examples=25, deadline=None)
def test_the_zones_share_all_moving_time(beats: list[float]) -> None:
    assert sum(zones(a_run(100, heart_rate=np.array(beats))).values()) == pytest.approx(100)


def test_the_hardest_half_hour_is_found_wherever_it_lies() -> None:
    beats = np.full(5400, 140.0)
    beats[1234 : 1234 + 1800] = 170
    assert half_hour(a_run(5400, heart_rate=beats)) == pytest.approx(170, abs=0.02)


def test_a_run_below_half_an_hour_has_none() -> None:
    assert half_hour(a_run(1799)) is None
    assert half_hour(a_run(1800)) == 150


def test_it_is_a_mean_of_seconds_and_not_of_points() -> None:
    """A watch that writes a point every 20 s, and every second while the heart races."""
    time_s = np.concatenate((np.arange(0, 1500, 20.0), np.arange(1500, 1801.0)))
    beats = np.where(time_s < 1500, 140.0, 170.0)
    assert half_hour(a_recording(time_s=time_s, heart_rate_bpm=beats)) == pytest.approx(145.17, abs=0.01)


def test_a_pause_within_it_breaks_it() -> None:
    whole = np.arange(3601.0)
    recorded = whole[(whole <= 1500) | (whole >= 1700)]
    assert half_hour(a_recording(time_s=recorded, heart_rate_bpm=np.full(recorded.size, 160.0))) is not None
    shorter = recorded[recorded <= 3000]
    assert half_hour(a_recording(time_s=shorter, heart_rate_bpm=np.full(shorter.size, 160.0))) is None


def test_a_strap_lost_for_more_than_a_twentieth_of_it_leaves_none() -> None:
    beats = np.full(1800, 160.0)
    beats[900:980] = np.nan
    assert half_hour(a_run(1800, heart_rate=beats)) == pytest.approx(160)
    beats[900:1000] = np.nan
    assert half_hour(a_run(1800, heart_rate=beats)) is None


@given(st.integers(1800, 2400), st.floats(60, 200), st.floats(60, 200))
@settings(max_examples=20, deadline=None)
def test_it_lies_between_the_mean_and_the_highest(seconds: int, first: float, second: float) -> None:
    beats = np.where(np.arange(seconds) < seconds / 2, first, second)
    found = half_hour(a_run(seconds, heart_rate=beats))
    assert found is not None
    assert beats.mean() - 0.1 <= found <= max(first, second) + 1e-9


def test_a_real_trail_run_has_one_among_its_heart_rates(samples: Path) -> None:
    name = "trail-37km-2578m.fit"
    (recording,) = WatchFiles(max_file_bytes=50_000_000).decode(name, (samples / name).read_bytes())
    found = half_hour(recording)
    assert found is not None
    assert (
        float(np.nanmean(recording.samples.heart_rate_bpm)) < found < float(np.nanmax(recording.samples.heart_rate_bpm))
    )
