"""Recordings that last too long, rest for hours or whose clock is wrong: sensible answers, with their reasons."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from domain.runs.facts import facts_of
from domain.runs.refusals import NoPoints
from infrastructure.formats.decode import decode
from infrastructure.formats.points import Points, clean
from tests.conftest import Athlete
from tests.factories.bad_runs import COURSE, TRUE, changed, read, run_of
from tests.factories.imports import Work, imported
from tests.factories.recordings import STARTED_AT, Course, a_hilly_course, fit_bytes, gpx_bytes, tcx_bytes


def a_long_course() -> Course:
    """48 hours with a point every ten seconds."""
    every = a_hilly_course(17_280)
    return Course(
        time_s=every.time_s * 10,
        latitude=47.05 + (every.latitude - 47.05) * 5,
        longitude=every.longitude,
        altitude_m=every.altitude_m,
        distance_m=every.distance_m * 5,
        speed_m_per_s=every.speed_m_per_s / 2,
        heart_rate_bpm=every.heart_rate_bpm,
        cadence_spm=every.cadence_spm,
    )


async def test_a_run_of_48_hours_is_read_whole(ada: Athlete, work: Work) -> None:
    run = await run_of(ada, work, fit_bytes(a_long_course()))
    assert (run["elapsedTimeS"], run["movingTimeS"]) == (172_800, 172_800)
    assert run["distanceM"] == pytest.approx(a_long_course().distance_m[-1], abs=0.1)
    assert [effort["distanceM"] for effort in run["bestEfforts"]][-1] == 42_195


def with_a_pause(hours: int) -> Course:
    """The course with a rest after 300 s, in which nothing was recorded."""
    return changed(time_s=lambda second: second + hours * 3600 * (second > 300))


@pytest.mark.parametrize("write", [fit_bytes, gpx_bytes, tcx_bytes], ids=["fit", "gpx", "tcx"])
def test_a_pause_of_hours_is_elapsed_but_not_moving_time(write: Any) -> None:
    facts = read(write(with_a_pause(7), **({"lap_s": 1e6} if write is tcx_bytes else {}))).facts
    assert facts.elapsed_time_s == 900 + 7 * 3600
    assert facts.moving_time_s == 899
    assert facts.average_pace_s_per_km == pytest.approx(TRUE.average_pace_s_per_km, rel=0.01)


def test_hours_of_standing_with_the_watch_on_are_not_moving_time() -> None:
    course = changed(latitude=lambda _: COURSE.latitude[np.minimum(np.arange(901), 300)])
    facts = read(gpx_bytes(course)).facts
    assert facts.moving_time_s == 300


def test_the_way_of_a_pause_of_hours_is_not_run() -> None:
    (recording,) = decode(
        "a.gpx", gpx_bytes(with_a_pause(7).elsewhere(301 + 7 * 3600, 1e9, 20_000), pauses=[(300, 301)])
    )
    assert facts_of(recording).distance_m == pytest.approx(TRUE.distance_m, abs=8)


def in_local_time(content: bytes, before: str, after: str, change: datetime) -> bytes:
    """A GPX whose times carry the offsets of a place whose clocks change."""
    text, zones = content.decode(), {False: before, True: after}
    for second in range(901):
        instant = change - timedelta(seconds=450) + timedelta(seconds=second)
        zone = zones[instant >= change]
        sign = 1 if zone[0] == "+" else -1
        local = instant + sign * timedelta(hours=int(zone[1:3]))
        text = text.replace(f"{instant:%Y-%m-%dT%H:%M:%S}.000Z", f"{local:%Y-%m-%dT%H:%M:%S}{zone}")
    return text.encode()


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (datetime(2024, 3, 31, 1, tzinfo=UTC), "+01:00", "+02:00"),
        (datetime(2024, 10, 27, 1, tzinfo=UTC), "+02:00", "+01:00"),
        (datetime(2024, 11, 3, 6, tzinfo=UTC), "-04:00", "-05:00"),
    ],
    ids=["spring", "autumn", "New York"],
)
def test_a_run_while_the_clocks_change_lasts_as_long_as_it_did(change: datetime, before: str, after: str) -> None:
    course = a_hilly_course(900, change - timedelta(seconds=450))
    content = in_local_time(gpx_bytes(course), before, after, change)
    assert b"00Z" not in content.partition(b"<trkseg>")[2]
    run = read(content)
    assert (run.facts.started_at, run.facts.elapsed_time_s) == (course.started_at, 900)
    assert run.reasons == []


def test_local_times_without_an_offset_that_go_back_an_hour_cost_the_shorter_side() -> None:
    text = gpx_bytes(COURSE).decode()
    for second in range(600, 901):
        instant = STARTED_AT + timedelta(seconds=second)
        text = text.replace(f"{instant:%H:%M:%S}.000Z", f"{instant - timedelta(hours=1):%H:%M:%S}.000")
    run = read(text.encode())
    assert run.facts.elapsed_time_s == 599
    assert run.reasons == ["301 points dated before the point that precedes them"]


def test_times_before_1970_are_set_aside_with_their_reason() -> None:
    epoch_s = STARTED_AT.timestamp() + np.arange(100.0)
    epoch_s[:7] = -np.arange(1.0, 8.0)
    cleaned = clean(Points({"epoch_s": epoch_s}))
    assert len(cleaned.samples) == 93
    assert [(part.reason, part.count) for part in cleaned.set_aside] == [
        ("points dated before 1990 or far in the future", 7)
    ]


async def test_a_file_of_negative_times_alone_is_refused_with_its_reason(ada: Athlete, work: Work) -> None:
    content = gpx_bytes(a_hilly_course(30, datetime(1969, 12, 31, 23, tzinfo=UTC)))
    (item,) = (await imported(ada, work, ("a.gpx", content)))["items"]
    assert item["status"] == "FAILED"
    assert "a run needs times" in item["message"]


def test_times_that_run_backwards_leave_one_point_and_so_no_run() -> None:
    with pytest.raises(NoPoints):
        clean(Points({"epoch_s": STARTED_AT.timestamp() - np.arange(100.0)}))


def test_negative_durations_of_a_lap_are_none() -> None:
    text = tcx_bytes(COURSE, lap_s=900).replace(b"<TotalTimeSeconds>", b"<TotalTimeSeconds>-")
    (recording,) = decode("a.tcx", text)
    assert [lap.timer_s for lap in recording.laps] == [None]
    assert recording.device.timer_s is None
