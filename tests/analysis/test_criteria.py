"""On real runs the score measures efficiency and not steepness, and a metre of altitude error moves it little."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from domain.analysis.gate import efficiencies, gate
from domain.analysis.graded import graded_distance_m
from domain.analysis.model import RecordedTrack
from domain.analysis.profile import profile_of
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Floats
from domain.zones.calibration import fit_calibration
from domain.zones.model import ZoneReason
from infrastructure.formats.files import WatchFiles
from tests.factories.stretches import Understood, understood

GATED = ("trail-37km-2578m.fit", "hilly-14km.fit")
MANY = 15
FOLDS = 10


@pytest.fixture
def run_of(samples: Path) -> Callable[[str], Understood]:
    return lambda name: read(samples / name)


@cache
def read(path: Path) -> Understood:
    (recording,) = WatchFiles(max_file_bytes=50_000_000).decode(path.name, path.read_bytes())
    return understood(RecordedTrack(recording.started_at, recording.samples, moving_seconds(recording)))


def scored(run: Understood) -> tuple[Floats, np.ndarray]:
    """The scores that there are, and whose segments they are."""
    scores, _ = efficiencies(run.track, run.segments, gate(run.track, run.profile, run.segments), 50.0)
    there = np.isfinite(scores)
    return scores[there], there


def off_the_median(score: Floats, band: np.ndarray) -> list[float]:
    """How far the median of each grade category of at least 15 segments is from the run's, as a ratio."""
    bands = [band == one for one in np.unique(band) if np.count_nonzero(band == one) >= MANY]
    assert bands
    return [float(np.median(score[these]) / np.median(score)) - 1 for these in bands]


def climbing(run: Understood, there: np.ndarray) -> Floats:
    """Vertical speed, m/s."""
    return (run.segments.altitude_change_m / run.segments.moving_s)[there]


def out_of_fold(runs: list[Understood]) -> list[Floats]:
    """Scores of each run, calibrated by what the other nine tenths of all these runs teach."""
    scores, there = zip(*(scored(run) for run in runs), strict=True)
    rows = (
        np.concatenate(scores),
        np.concatenate([run.segments.mean_grade[these] for run, these in zip(runs, there, strict=True)]),
        np.concatenate([run.segments.start_s[these] for run, these in zip(runs, there, strict=True)]),
        np.repeat(np.arange(len(runs)), [len(score) for score in scores]),
    )
    fold = np.concatenate([np.arange(len(score)) * FOLDS // len(score) for score in scores])
    calibrated = np.empty(fold.size)
    for one in range(FOLDS):
        learned = fit_calibration(*(column[fold != one] for column in rows))
        calibrated[fold == one] = learned.calibrated(rows[0][fold == one], rows[1][fold == one])
    return np.split(calibrated, np.cumsum([len(score) for score in scores])[:-1])


@pytest.mark.parametrize("name", GATED)
def test_runs_whose_heart_rate_follows_are_scored(run_of: Callable[[str], Understood], name: str) -> None:
    run = run_of(name)
    passed = gate(run.track, run.profile, run.segments)
    assert passed.reason is None
    assert passed.correlation is not None
    assert passed.correlation >= 0.35


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("treadmill.fit", ZoneReason.NO_ALTITUDE),
        ("phone-app.fit", ZoneReason.NO_HEART_RATE),
        ("lake-walk.gpx", ZoneReason.NO_HEART_RATE),
    ],
)
def test_other_runs_say_why_not(run_of: Callable[[str], Understood], name: str, reason: ZoneReason) -> None:
    run = run_of(name)
    assert gate(run.track, run.profile, run.segments).reason is reason


@pytest.mark.parametrize("name", GATED)
def test_every_grade_category_scores_about_the_same(run_of: Callable[[str], Understood], name: str) -> None:
    run = run_of(name)
    score, there = scored(run)
    assert max(map(abs, off_the_median(score, run.segments.grade_band[there]))) <= 0.15


@pytest.mark.parametrize("name", GATED)
def test_the_score_does_not_rank_stretches_by_how_fast_they_climb(
    run_of: Callable[[str], Understood], name: str
) -> None:
    run = run_of(name)
    score, there = scored(run)
    assert abs(spearmanr(score, climbing(run, there)).statistic) <= 0.35


@pytest.mark.parametrize("name", GATED)
def test_calibrated_every_grade_category_scores_nearly_the_same(run_of: Callable[[str], Understood], name: str) -> None:
    run = run_of(name)
    _, there = scored(run)
    (calibrated,) = out_of_fold([run])
    assert max(map(abs, off_the_median(calibrated, run.segments.grade_band[there]))) <= 0.10


@pytest.mark.parametrize("name", GATED)
def test_calibrated_the_score_hardly_knows_how_fast_a_stretch_climbs(
    run_of: Callable[[str], Understood], name: str
) -> None:
    run = run_of(name)
    _, there = scored(run)
    (calibrated,) = out_of_fold([run])
    assert abs(spearmanr(calibrated, climbing(run, there)).statistic) <= 0.20


def test_calibrated_together_every_grade_category_of_each_run_scores_nearly_the_same(
    run_of: Callable[[str], Understood],
) -> None:
    runs = [run_of(name) for name in GATED]
    for run, calibrated in zip(runs, out_of_fold(runs), strict=True):
        _, there = scored(run)
        assert max(map(abs, off_the_median(calibrated, run.segments.grade_band[there]))) <= 0.10


def moved_by(run: Understood, error_m: Floats) -> Floats:
    """How far each segment's score moves, as a ratio, when the altitudes are this much off."""
    samples = run.track.samples
    wrong = profile_of(replace(samples, altitude_m=samples.altitude_m + error_m))
    assert wrong is not None
    before, after = (np.diff(graded_distance_m(profile)[run.cuts]) for profile in (run.profile, wrong))
    return np.abs(after / before - 1)


@pytest.mark.parametrize("name", GATED)
def test_a_metre_of_tilt_moves_a_score_by_less_the_longer_the_stretch(
    run_of: Callable[[str], Understood], name: str
) -> None:
    run = run_of(name)
    along_m, segments = run.track.samples.distance_m, run.segments
    for at, (start_m, end_m) in enumerate(zip(segments.start_m, segments.end_m, strict=True)):
        tilt = np.clip((along_m - start_m) / (end_m - start_m), 0, 1)
        assert moved_by(run, tilt)[at] <= 0.055 * 100 / (end_m - start_m)


@pytest.mark.parametrize("name", GATED)
def test_a_step_of_a_metre_moves_no_score_by_more_than_four_hundredths(
    run_of: Callable[[str], Understood], name: str
) -> None:
    run = run_of(name)
    along_m = run.track.samples.distance_m
    for at_m in np.arange(20.0, along_m[-1], 60.0):
        assert moved_by(run, np.where(along_m >= at_m, 1.0, 0.0)).max() <= 0.04


@pytest.mark.parametrize("name", GATED)
def test_one_altitude_that_is_a_metre_off_moves_no_score_by_more_than_fifteen_thousandths(
    run_of: Callable[[str], Understood], name: str
) -> None:
    run = run_of(name)
    points = len(run.track.samples)
    for point in (*range(0, points, 23), points - 1):
        error = np.zeros(len(run.track.samples))
        error[point] = 1.0
        assert moved_by(run, error).max() <= 0.015
