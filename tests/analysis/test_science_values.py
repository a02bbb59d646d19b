"""Numbers of the sources and of real runs that no other test holds: written out, not taken from the code."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from domain.analysis.grade_cost import grade_factor, minetti_walking_cost
from domain.analysis.model import GradeModel, RecordedTrack
from domain.analysis.run import RunUnderstood, understand
from domain.physiology.model import Physiology
from domain.runs.best_efforts import DISTANCES_M
from domain.runs.facts import facts_of
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording
from infrastructure.formats.files import WatchFiles
from infrastructure.runs.streams import pack, pack_moving, unpack, unpack_moving

PROBED = """45:4.286 30:3.158 25:2.727 20:2.297 15:1.846 10:1.459 8:1.337 6:1.228 4:1.135 2:1.055 0:1 -2:.960 -4:.918
    -6:.891 -8:.876 -10:.876 -15:.941 -20:1.081 -25:1.273 -30:1.495 -45:2.096"""
RUNNER = Physiology(valid_from=date(2020, 1, 1), resting_heart_rate=48, max_heart_rate=190)


def real_run(samples: Path, name: str) -> Recording:
    (recording,) = WatchFiles(max_file_bytes=50_000_000).decode(name, (samples / name).read_bytes())
    return recording


def as_stored(recording: Recording) -> RunUnderstood:
    """What is told of it once it went through the tables."""
    row = {**pack(recording.samples), "moving_ms": pack_moving(moving_seconds(recording))}
    kept = unpack(row)
    return understand(RecordedTrack(recording.started_at, kept, unpack_moving(row, kept)), RUNNER, "Europe/Zurich")


@pytest.mark.parametrize("entry", PROBED.split())
def test_every_entry_of_the_probed_table_is_kept(entry: str) -> None:
    percent, factor = map(float, entry.split(":"))
    assert grade_factor(np.array([percent / 100]), GradeModel.HEART_RATE) == pytest.approx([factor], abs=1e-12)


@pytest.mark.parametrize("grade", [-0.45, -0.2, 0.1, 0.45])
def test_walking_costs_what_its_polynomial_says(grade: float) -> None:
    i = grade
    cost = 280.5 * i**5 - 58.7 * i**4 - 76.8 * i**3 + 51.9 * i**2 + 19.6 * i + 2.5
    assert minetti_walking_cost(np.array([i])) == pytest.approx([cost])


def test_best_efforts_are_told_over_the_seven_distances() -> None:
    assert DISTANCES_M == (400, 1000, 1609.344, 5000, 10_000, 21_097.5, 42_195)


@pytest.mark.parametrize(
    ("name", "device", "zigzag", "raw"),
    [("trail-37km-2578m.fit", 2578, 2590, 2608), ("hilly-14km.fit", 347, 369, 431)],
)
def test_turning_points_come_nearer_to_the_device_than_the_sum_of_all_rises(
    samples: Path, name: str, device: int, zigzag: int, raw: int
) -> None:
    recording = real_run(samples, name)
    rises = np.diff(recording.samples.altitude_m[np.isfinite(recording.samples.altitude_m)])
    assert recording.device.ascent_m == device
    assert facts_of(recording).ascent_m == pytest.approx(zigzag, abs=0.5)
    assert rises[rises > 0].sum() == pytest.approx(raw, abs=0.5)


def test_what_was_stored_of_the_mountain_run_has_the_paces_of_both_models(samples: Path) -> None:
    intensity = as_stored(real_run(samples, "trail-37km-2578m.fit")).intensity
    assert intensity.graded_pace_s_per_km == pytest.approx(5 * 60 + 31.3, abs=0.06)
    assert intensity.graded_pace_minetti_s_per_km == pytest.approx(5 * 60 + 57.4, abs=0.06)


def test_by_the_stillness_rule_the_mountain_run_is_as_fast_as_it_was_tried(samples: Path) -> None:
    """5:33.2 where a moment below 0.5 m/s was told from smoothed speeds: ours are those of the steps themselves."""
    without_timer = replace(real_run(samples, "trail-37km-2578m.fit"), active=None)
    assert as_stored(without_timer).intensity.graded_pace_s_per_km == pytest.approx(5 * 60 + 33.2, rel=0.006)


@pytest.mark.parametrize(
    "name", ["trail-37km-2578m.fit", "hilly-14km.fit", "hilly-14km.tcx", "lake-walk.gpx", "phone-app.fit"]
)
def test_the_segments_of_a_real_run_add_up_to_its_first_page(samples: Path, name: str) -> None:
    recording = real_run(samples, name)
    facts, segments = facts_of(recording), as_stored(recording).segments
    assert segments.start_m[0] == segments.start_s[0] == 0
    assert segments.end_m[:-1].tolist() == segments.start_m[1:].tolist()
    assert segments.end_m[-1] == pytest.approx(facts.distance_m, abs=0.051)
    assert segments.duration_s.sum() == pytest.approx(facts.elapsed_time_s, abs=0.6)
    assert segments.moving_s.sum() == pytest.approx(facts.moving_time_s, abs=0.6)
    assert segments.ascent_m.sum() == pytest.approx(facts.ascent_m, abs=1e-3)
    assert segments.descent_m.sum() == pytest.approx(facts.descent_m, abs=1e-3)


@pytest.mark.parametrize("name", ["trail-37km-2578m.fit", "hilly-14km.fit"])
def test_heart_rate_zones_share_the_moving_time_of_a_real_run(samples: Path, name: str) -> None:
    told = as_stored(real_run(samples, name))
    assert sum(seconds for _, seconds in told.heart_rate_zones) == pytest.approx(told.moving_time_s, rel=0.01)
