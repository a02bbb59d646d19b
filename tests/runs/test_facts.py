"""The numbers on a run's first page come from its points, and none is ever NaN."""

import math
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.runs.facts import facts_of
from domain.runs.recording import DeviceTotals, Samples
from tests.factories.recordings import STARTED_AT, a_hilly_course, a_recording


def test_the_distance_is_where_the_stream_ends() -> None:
    course = a_hilly_course(600)
    recording = a_recording(course, device=DeviceTotals(distance_m=9999.0))
    assert facts_of(recording).distance_m == course.distance_m[-1]


def test_a_run_without_distance_has_none_and_no_pace() -> None:
    facts = facts_of(a_recording(time_s=[0, 600]))
    assert (facts.distance_m, facts.average_pace_s_per_km) == (0.0, None)


def test_pace_is_moving_time_over_distance() -> None:
    facts = facts_of(a_recording(time_s=[0, 15, 30], distance_m=[0, 50, 100], active=[(0, 15)]))
    assert facts.average_pace_s_per_km == 150
    assert (facts.moving_time_s, facts.elapsed_time_s) == (15, 30)


def test_heart_rate_is_averaged_over_moving_time() -> None:
    facts = facts_of(a_recording(time_s=[0, 10, 20, 30], heart_rate_bpm=[100, 160, 160, 60], active=[(5, 15)]))
    assert facts.average_heart_rate == 145
    assert facts.max_heart_rate == 160


def test_missing_heart_rates_do_not_pull_the_mean() -> None:
    facts = facts_of(a_recording(time_s=[0, 10, 20], heart_rate_bpm=[150, math.nan, 150]))
    assert facts.average_heart_rate == 150


def test_what_was_not_recorded_is_none() -> None:
    facts = facts_of(a_recording(time_s=[0, 10]))
    assert facts.average_heart_rate is None
    assert facts.max_heart_rate is None
    assert facts.average_cadence is None
    assert facts.ascent_m is None
    assert facts.descent_m is None


def test_ascent_and_descent_are_by_turning_points_at_three_metres() -> None:
    facts = facts_of(a_recording(time_s=np.arange(10.0), altitude_m=[0, 2, 4, 6, 5, 7, 4, 8, 10, 0]))
    assert (facts.ascent_m, facts.descent_m) == (10, 10)


def test_the_first_and_last_second_drop_their_fractions() -> None:
    recording = replace(a_recording(time_s=[0, 99.9]), started_at=STARTED_AT + timedelta(milliseconds=950))
    facts = facts_of(recording)
    assert facts.first_second == STARTED_AT
    assert facts.last_second == STARTED_AT + timedelta(seconds=100)


@given(st.integers(0, 999), st.integers(1, 10**9))
@example(999, 1001)
def test_the_last_second_is_exact_for_every_millisecond(start_ms: int, length_ms: int) -> None:
    start = datetime(2024, 5, 4, 7, 30, tzinfo=UTC) + timedelta(milliseconds=start_ms)
    recording = replace(a_recording(time_s=[0, length_ms / 1000]), started_at=start)
    assert recording.last_second == (start + timedelta(milliseconds=length_ms)).replace(microsecond=0)


columns = st.lists(st.one_of(st.just(math.nan), st.floats(0, 250)), min_size=6, max_size=6)


@given(
    columns, columns, columns, st.one_of(st.just([math.nan] * 6), st.lists(st.floats(0, 1e5), min_size=6, max_size=6))
)
def test_every_fact_is_finite(
    altitude_m: list[float], heart_rate: list[float], cadence: list[float], distance_m: list[float]
) -> None:
    recording = a_recording(
        time_s=np.arange(6.0),
        altitude_m=altitude_m,
        heart_rate_bpm=heart_rate,
        cadence_spm=cadence,
        distance_m=np.sort(distance_m),
    )
    assert all(math.isfinite(value) for value in _numbers(asdict(facts_of(recording))))


def _numbers(facts: Any) -> list[float]:
    if isinstance(facts, dict):
        return [number for value in facts.values() for number in _numbers(value)]
    if isinstance(facts, list | tuple):
        return [number for value in facts for number in _numbers(value)]
    return [facts] if isinstance(facts, int | float) else []


@pytest.mark.parametrize("time_s", [[0.0, 1.0, 1.0], [1.0, 2.0, 3.0], []])
def test_samples_refuse_times_that_do_not_rise_from_zero(time_s: list[float]) -> None:
    with pytest.raises(ValueError, match="rise strictly"):
        a_recording(time_s=time_s)


def test_samples_refuse_columns_of_other_lengths() -> None:
    two, three = np.arange(2.0), np.arange(3.0)
    with pytest.raises(ValueError, match="heart_rate_bpm"):
        Samples(two, two, two, two, two, two, three, two)
