"""Streams are stored in little room and come back as parallel arrays, thinned as asked."""

from pathlib import Path
from typing import Any

import asyncpg
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.recording import Samples
from infrastructure.runs.streams import CHANNELS, pack
from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported_run, key_of
from tests.factories.recordings import a_hilly_course, fit_bytes, gpx_bytes
from tests.factories.run_requests import recorded

TRACK = """query($id: ID!, $points: Int!) { run(id: $id) { track(points: $points) {
    timeS distanceM latitude longitude altitudeM speedMPerS heartRate cadence } } }"""
ROW_BYTES = f"""select {" + ".join(f"coalesce(pg_column_size({channel.column}), 0)" for channel in CHANNELS)}
    from run_stream where run = $1"""


async def track_of(athlete: Athlete, run_id: str, points: int = 10_000) -> dict[str, Any]:
    track: dict[str, Any] = (await athlete.get(TRACK, id=run_id, points=points))["run"]["track"]
    return track


async def test_a_track_comes_back_as_it_was_recorded(ada: Athlete, work: Work) -> None:
    course = a_short_course()
    track = await track_of(ada, await imported_run(ada, work, "a.fit", fit_bytes(course)))
    assert track["timeS"] == course.time_s.tolist()
    assert track["heartRate"] == course.heart_rate_bpm.tolist()
    assert track["cadence"] == course.cadence_spm.tolist()
    assert track["distanceM"] == pytest.approx(course.distance_m, abs=0.051)
    assert track["altitudeM"] == pytest.approx(course.altitude_m, abs=0.051)
    assert track["speedMPerS"] == pytest.approx(course.speed_m_per_s, abs=0.00051)
    assert track["latitude"] == pytest.approx(course.latitude, abs=1.1e-7)
    assert track["longitude"] == pytest.approx(course.longitude, abs=1.1e-7)


@pytest.mark.parametrize("points", [2, 3, 7, 30, 60, 61, 62, 10_000])
async def test_a_thinned_track_has_at_most_so_many_points_and_both_ends(ada: Athlete, work: Work, points: int) -> None:
    track = await track_of(ada, await imported_run(ada, work, "a.fit", fit_bytes(a_short_course())), points)
    kept = track["timeS"]
    assert {len(values) for values in track.values()} == {min(points, 61)}
    assert (kept[0], kept[-1]) == (0, 60)
    steps = np.diff(kept)
    assert steps.max() - steps.min() <= 1
    assert [track["distanceM"][0], track["distanceM"][-1]] == pytest.approx(
        [0, a_short_course().distance_m[-1]], abs=0.1
    )


@pytest.mark.parametrize("points", [1, 0, -1, 10_001, 2**31 - 1])
async def test_a_track_of_no_or_too_many_points_is_refused(ada: Athlete, points: int) -> None:
    run_id = (await recorded(ada))["id"]
    (error,) = (await ada.ask(TRACK, id=run_id, points=points))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "2 to 10,000" in error["message"]


async def test_a_track_has_500_points_unless_told_otherwise(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_hilly_course(1_000)))
    answer = await ada.get("query($id: ID!) { run(id: $id) { track { timeS } } }", id=run_id)
    assert len(answer["run"]["track"]["timeS"]) == 500


async def test_a_channel_that_was_not_recorded_is_null_and_a_missing_value_keeps_its_place(
    ada: Athlete, work: Work
) -> None:
    file = gpx_bytes(a_short_course()).replace(b"<gpxtpx:cad>", b"<x>").replace(b"</gpxtpx:cad>", b"</x>")
    file = file.replace(b"<gpxtpx:hr>150</gpxtpx:hr>", b"")
    track = await track_of(ada, await imported_run(ada, work, "a.gpx", file))
    assert track["cadence"] is None
    assert len(track["heartRate"]) == len(track["timeS"]) == 61
    assert None in track["heartRate"]
    assert 150 not in track["heartRate"]


async def test_two_tracks_of_one_run_may_be_thinned_differently(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course()))
    query = """query($id: ID!) { run(id: $id) {
        map: track(points: 5) { latitude longitude } chart: track(points: 20) { distanceM } } }"""
    run = (await ada.get(query, id=run_id))["run"]
    assert (len(run["map"]["latitude"]), len(run["chart"]["distanceM"])) == (5, 20)


async def test_a_long_trail_run_is_stored_in_little_room(
    ada: Athlete, work: Work, samples: Path, sql: asyncpg.Connection
) -> None:
    content = (samples / "trail-37km-2578m.fit").read_bytes()
    run_id = await imported_run(ada, work, "trail.fit", content)
    assert await sql.fetchval(ROW_BYTES, key_of(run_id)) < 200_000
    track = await track_of(ada, run_id)
    assert {len(values) for values in track.values() if values} == {7509}


async def test_four_hours_with_a_point_a_second_are_stored_in_little_room(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    run_id = await imported_run(ada, work, "long.fit", fit_bytes(a_hilly_course(14_400)))
    assert await sql.fetchval(ROW_BYTES, key_of(run_id)) < 400_000


finite = st.floats(-1e4, 1e4) | st.just(float("nan"))


@given(st.lists(finite, min_size=1, max_size=50))
def test_packed_values_are_whole_steps_and_missing_ones_stay_missing(values: list[float]) -> None:
    time_s = np.arange(len(values), dtype=np.float64)
    column = np.array(values)
    samples = Samples(time_s, *[column] * 7)
    packed = pack(samples)
    assert packed["time_ds"] == [10 * nth for nth in range(len(values))]
    altitude = packed["altitude_dm"]
    if altitude is None:
        assert np.isnan(column).all()
    else:
        back = [np.nan if step is None else step / 10 for step in altitude]
        np.testing.assert_allclose(back, column, atol=0.05 + 1e-9)
