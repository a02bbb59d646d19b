"""Whatever a file may hold, what is told of it fits into its tables: finite or none, and segments that add up."""

from datetime import date
from math import inf, isfinite, nan
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.analysis.model import RecordedTrack
from domain.analysis.run import understand
from domain.physiology.model import Physiology, Sex
from domain.runs.facts import RunFacts, facts_of
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording
from domain.shared.errors import DomainError
from infrastructure.analysis.rows import ANALYSIS, NUMBERS, analysis_values, segment_values, stream_values
from infrastructure.formats.points import Points, clean
from infrastructure.runs.streams import pack, pack_moving, unpack, unpack_moving
from tests.factories.recordings import STARTED_AT, a_recording

SOMEBODY = UUID(int=1)
NEAR_REST = Physiology(
    valid_from=date(2020, 1, 1),
    sex=Sex.FEMALE,
    resting_heart_rate=120,
    max_heart_rate=150,
    threshold_pace_s_per_km=120,
    critical_speed_m_per_s=1,
    d_prime_m=20,
)
MAY_LACK = {"start_altitude_m", "altitude_change_m", "cadence"} | {
    *(f"{which}_heart_rate" for which in ("average", "start", "end")),
    *(f"{which}_{way}" for which in ("start", "end") for way in ("latitude", "longitude")),
}
WORDS = {"grade_band": 6, "hour_of_day": 7, "efficiency": 8, "reason": 9}  # and their places in the parameters
STEPS_S = [0.001, 0.05, 1.0, 1.0, 1.0, 5.0, 40.0, 7200.0, 86_400.0]
CHANNELS = {
    "latitude": [47.0, 47.00003, 47.0001, 47.001, 48.0, 90.0, nan],
    "longitude": [8.0, 8.00003, 179.99999, -180.0, nan],
    "altitude_m": [-1000.0, 0.0, 440.0, 441.26, 443.27, 444.31, 9_999.0, nan, inf],
    "heart_rate_bpm": [0.0, 25.0, 31.0, 120.0, 150.0, 200.0, 250.0, 255.0, nan],
    "cadence_spm": [0.0, 80.0, 85.0, 170.0, 254.0, nan],
    "speed_m_per_s": [0.0, 3.0, 50.0, 51.0, nan],
}
METRES = [0.0, 0.0, 3.0, 3.0, 10.0, 49.0, 400.0, 1e5]


@st.composite
def files(draw: st.DrawFn) -> dict[str, np.ndarray]:
    """Points as a decoder gives them; each channel varies, is one value throughout, or is missing."""
    n = draw(st.integers(2, 60))

    def column(values: list[float]) -> np.ndarray:
        one = st.sampled_from(values).map(lambda value: [value] * n)
        return np.array(draw(st.lists(st.sampled_from(values), min_size=n, max_size=n) | one))

    columns = {name: column(values) for name, values in CHANNELS.items()}
    columns["epoch_s"] = STARTED_AT.timestamp() + np.cumsum(column(STEPS_S))
    columns["distance_m"] = np.cumsum(column(METRES)) if draw(st.booleans()) else np.full(n, nan)
    columns["part"] = np.cumsum(column([0.0, 0.0, 0.0, 1.0]))
    return columns


def imported(columns: dict[str, np.ndarray], *, with_pauses: bool) -> tuple[RunFacts, RecordedTrack]:
    """What the import makes of it, and what the analysis gets."""
    cleaned = clean(Points(columns))
    active = cleaned.pieces if with_pauses else None
    recording = Recording("running", cleaned.started_at, cleaned.samples, active=active)
    return facts_of(recording), as_stored(recording)


def as_stored(recording: Recording) -> RecordedTrack:
    row = {**pack(recording.samples), "moving_ms": pack_moving(moving_seconds(recording))}
    samples = unpack(row)
    return RecordedTrack(recording.started_at, samples, unpack_moving(row, samples))


def fits(value: Any, most: int) -> bool:
    return value is None or (isinstance(value, int) and abs(value) <= most)


def assert_storable(track: RecordedTrack, physiology: Physiology | None) -> tuple[Any, ...]:
    """What is told goes into the columns of its rows; the columns of its segments."""
    told = understand(track, physiology, "Europe/Zurich")
    analysis = dict(zip(ANALYSIS, analysis_values(SOMEBODY, SOMEBODY, told), strict=True))
    assert all(isfinite(value) for value in analysis.values() if isinstance(value, float)), analysis
    assert (analysis["load"] is None) == (analysis["load_method"] is None)
    assert "NaN" not in analysis["heart_rate_zones"] + analysis["notes"]
    for stream, most in zip(stream_values(SOMEBODY, told)[1:], (2**15 - 1, 2**31 - 1, 2**31 - 1), strict=True):
        assert all(fits(value, most) for value in stream or ())
    columns = segment_values(SOMEBODY, SOMEBODY, told)
    assert all(fits(band, 2**15 - 1) for band in columns[WORDS["grade_band"]])
    for name, values in zip(NUMBERS, columns[10:], strict=True):
        assert name in MAY_LACK or None not in values, name
        assert all(value is None or isfinite(value) for value in values), name
    scores, reasons = columns[WORDS["efficiency"]], columns[WORDS["reason"]]
    assert [score is None for score in scores] == [reason is not None for reason in reasons]
    assert all(0 <= hour < 24 for hour in columns[WORDS["hour_of_day"]])
    return columns


@settings(max_examples=60, deadline=None)
@given(files(), st.booleans(), st.sampled_from([None, NEAR_REST]))
def test_whatever_was_imported_is_understood_and_adds_up(
    columns: dict[str, np.ndarray], with_pauses: bool, physiology: Physiology | None
) -> None:
    try:
        facts, track = imported(columns, with_pauses=with_pauses)
    except DomainError:
        assume(False)
    stored = assert_storable(track, physiology)
    told = dict(zip(NUMBERS, stored[10:], strict=True))
    if told["start_m"]:
        rounding = 0.05 + 0.0005 * len(told["start_m"])
        assert told["start_m"] == [0, *told["end_m"][:-1]]
        assert told["end_m"][-1] == pytest.approx(facts.distance_m, abs=rounding)
        assert sum(told["duration_s"]) == pytest.approx(facts.elapsed_time_s, abs=0.6 + rounding)
        assert sum(told["moving_s"]) == pytest.approx(facts.moving_time_s, abs=0.5 + rounding)
        assert sum(told["ascent_m"]) == pytest.approx(facts.ascent_m or 0, abs=rounding)
        assert sum(told["descent_m"]) == pytest.approx(facts.descent_m or 0, abs=rounding)


@pytest.mark.parametrize("altitude_m", [0.0, -1000.0, 10_000.0])
def test_an_altitude_that_is_not_there_yet_leaves_no_grade_that_cannot_be_stored(altitude_m: float) -> None:
    time_s = np.arange(601.0)
    heights = np.where(time_s < 60, altitude_m, 1440.0)
    track = as_stored(a_recording(time_s=time_s, distance_m=3 * time_s, altitude_m=heights))
    assert_storable(track, None)
    grade = understand(track, None, "UTC").grade
    assert grade is not None
    assert np.flatnonzero(np.isnan(grade)).size in range(1, 40)
    assert np.nanmax(np.abs(grade)) <= 3


def test_ten_metres_as_high_as_the_highest_mountain_can_be_stored() -> None:
    track = as_stored(a_recording(time_s=[0, 5, 10], distance_m=[0, 5, 10], altitude_m=[-1000, 4000, 10_000]))
    assert assert_storable(track, None)[WORDS["grade_band"]] == [120]


def test_altitudes_finer_than_a_decimetre_climb_as_much_in_the_run_as_in_its_segments() -> None:
    """A dip of 3.04 m ends a climb, one of 3.0 m does not: as stored they are all of 3.0 m or 3.1 m."""
    time_s = np.arange(0.0, 1000, 10)
    altitude_m = 500 + np.where(np.arange(time_s.size) % 2 == 0, 0.0, 3.04) + 0.001 * np.arange(time_s.size)
    recording = a_recording(time_s=time_s, distance_m=3 * time_s, altitude_m=altitude_m)
    segments = understand(as_stored(recording), None, "UTC").segments
    assert segments.ascent_m.sum() == pytest.approx(facts_of(recording).ascent_m, abs=0.01)
