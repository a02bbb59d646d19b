"""The native score: level metres for a heartbeat above rest, read when the heart has answered."""

import numpy as np
import pytest

from domain.analysis.model import Movement
from domain.analysis.native_score import heart_rate_after, native_scores, warming_up
from tests.factories.stretches import Understood, a_run_over_hills, a_track, understood


def level(seconds: int = 1200, **channels: np.ndarray) -> Understood:
    """Three metres a second on level ground at 140 bpm."""
    time_s = np.arange(seconds + 1, dtype=np.float64)
    flat = {"time_s": time_s, "distance_m": 3 * time_s, "altitude_m": np.full(seconds + 1, 500.0)}
    return understood(a_track(**(flat | {"heart_rate_bpm": np.full(seconds + 1, 140.0)} | channels)))


def scores(run: Understood, resting: float = 50.0) -> np.ndarray:
    return native_scores(run.track, run.segments, resting)


def test_the_score_is_metres_a_minute_over_beats_above_rest() -> None:
    told = scores(level())[3:]
    assert told == pytest.approx(np.full(told.size, 180 / 90))


def test_a_lower_resting_heart_rate_makes_more_beats_above_rest() -> None:
    assert scores(level(), resting=40.0)[-1] == pytest.approx(180 / 100)


def test_uphill_counts_level_metres() -> None:
    distance_m = 3 * np.arange(1201, dtype=np.float64)
    assert scores(level(altitude_m=0.1 * distance_m))[-1] == pytest.approx(1.459 * 180 / 90, rel=1e-3)


def test_stretches_that_begin_in_the_first_five_minutes_have_no_score() -> None:
    run = level()
    assert warming_up(run.segments).tolist() == (run.segments.start_s < 300).tolist()
    assert np.isnan(scores(run)).tolist() == (run.segments.start_s < 300).tolist()
    assert np.isnan(scores(run)).sum() == 3


def test_the_heart_is_read_twenty_seconds_after_the_effort() -> None:
    heart_rate = 140.0 + np.arange(1201) / 100
    run = level(heart_rate_bpm=heart_rate)
    middle_s = run.segments.start_s + run.segments.duration_s / 2
    assert heart_rate_after(run.track, run.segments)[:-1] == pytest.approx((140 + (middle_s + 20) / 100)[:-1])


def test_a_stretch_whose_heart_rate_is_known_for_less_than_half_has_no_score() -> None:
    run = level()
    lost_s, back_s = int(run.segments.start_s[5]) + 30, int(run.segments.start_s[7])
    heart_rate = np.full(1201, 140.0)
    heart_rate[lost_s:back_s] = np.nan
    unknown = np.isnan(scores(level(heart_rate_bpm=heart_rate)))
    assert np.flatnonzero(unknown).tolist() == [0, 1, 2, 5, 6]


@pytest.mark.parametrize("nonsense", [0.0, 255.0])
def test_what_no_heart_beats_does_not_count(nonsense: float) -> None:
    heart_rate = np.where(np.arange(1201) % 3 == 0, nonsense, 140.0)
    assert scores(level(heart_rate_bpm=heart_rate))[-1] == pytest.approx(2.0)


def test_a_heart_near_rest_says_nothing() -> None:
    assert np.isnan(scores(level(heart_rate_bpm=np.full(1201, 59.0)))).all()


def test_a_runner_who_stands_has_no_score() -> None:
    time_s = np.arange(2001, dtype=np.float64)
    distance_m = np.concatenate((3.0 * np.arange(601), 1800 + 0.3 * np.arange(1, 1401)))
    hearts = np.full(2001, 140.0)
    run = understood(
        a_track(time_s=time_s, distance_m=distance_m, heart_rate_bpm=hearts, active=[(0, 2000)]),
        np.array([0, 360, 444]),
    )
    assert run.segments.movement == (Movement.RUNNING, Movement.STANDING)
    assert run.segments.average_heart_rate[1] == pytest.approx(140.0)
    assert np.isnan(scores(run)[1])


def test_equal_effort_uphill_and_downhill_scores_equally() -> None:
    run = understood(a_run_over_hills(heart_rate=lambda effort: 50 + 30 * effort))
    told = scores(run)[np.isfinite(scores(run)) & (np.abs(run.segments.mean_grade) > 0.07)]
    assert told.size > 20
    assert told.max() / told.min() < 1.25
