"""A recording's points come back out of their row as they went in, to the steps they are stored in."""

from typing import Any

import asyncpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Recording, Samples
from infrastructure.formats.fit import decode_fit
from infrastructure.runs.streams import pack, pack_moving, unpack, unpack_moving
from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported_run, key_of
from tests.factories.recordings import a_hilly_course, a_recording, fit_bytes


def row_of(recording: Recording) -> dict[str, Any]:
    return {**pack(recording.samples), "moving_ms": pack_moving(moving_seconds(recording))}


def test_points_come_back_as_they_were() -> None:
    course = a_hilly_course(300)
    back = unpack(row_of(a_recording(course)))
    for name, within in (("time_s", 1e-9), ("distance_m", 0.051), ("latitude", 1e-7), ("altitude_m", 0.051)):
        np.testing.assert_allclose(getattr(back, name), getattr(course, name), atol=within)
    np.testing.assert_array_equal(back.heart_rate_bpm, course.heart_rate_bpm)


def test_a_channel_that_was_not_recorded_is_missing_throughout() -> None:
    back = unpack(row_of(a_recording(time_s=[0, 1, 2], heart_rate_bpm=[150, np.nan, 152])))
    assert np.isnan(back.altitude_m).tolist() == [True] * 3
    assert np.isnan(back.heart_rate_bpm).tolist() == [False, True, False]


@given(st.lists(st.integers(1, 3_000), max_size=60))
def test_times_rise_however_close_points_are(steps_ms: list[int]) -> None:
    time_s = np.concatenate(([0.0], np.cumsum(steps_ms))) / 1000
    back = unpack(row_of(a_recording(time_s=time_s)))
    assert np.all(np.diff(back.time_s) > 0)
    np.testing.assert_allclose(back.time_s, time_s, atol=0.15 + 1e-9)


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=60), st.data())
def test_movement_comes_back_to_the_millisecond(steps_ms: list[int], data: st.DataObject) -> None:
    time_s = np.concatenate(([0.0], np.cumsum(steps_ms))) / 1000
    stop = data.draw(st.floats(0, float(time_s[-1])))
    recording = a_recording(time_s=time_s, active=[(0, stop)])
    row, moving = row_of(recording), moving_seconds(recording)
    assert row["moving_ms"][0] == 0
    back = unpack_moving(row, unpack(row))
    np.testing.assert_allclose(back, moving, atol=0.0011)
    assert back.sum() == pytest.approx(moving.sum(), abs=0.00051)


def test_where_movement_was_not_stored_standing_still_tells() -> None:
    time_s = np.arange(101.0)
    recording = a_recording(time_s=time_s, distance_m=np.clip(time_s - 50, 0, None) * 3, active=[(0, 100)])
    row = {**row_of(recording), "moving_ms": None}
    assert unpack_moving(row, unpack(row)).tolist() == [0] * 50 + [1] * 50


def test_movement_is_rounded_in_sum_not_step_by_step() -> None:
    assert pack_moving(np.full(5, 0.0004)) == [0, 0, 1, 1, 2, 2]


def test_a_single_point_has_no_steps() -> None:
    row = row_of(a_recording(time_s=[0]))
    assert unpack_moving(row, unpack(row)).shape == (0,)


async def test_an_import_keeps_the_pauses_of_the_watch(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    content = fit_bytes(a_short_course(), pauses=[(20, 40)])
    run_id = await imported_run(ada, work, "a.fit", content)
    row = await sql.fetchrow("select * from run_stream where run = $1", key_of(run_id))
    assert row is not None
    (recording,) = decode_fit(content)
    samples = unpack(row)
    assert isinstance(samples, Samples)
    assert len(row["moving_ms"]) == len(samples) == len(recording.samples)
    assert unpack_moving(row, samples).tolist() == moving_seconds(recording).tolist()
    assert row["moving_ms"][-1] == 40_000
