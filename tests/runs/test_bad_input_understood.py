"""What clients are told of recordings whose sensors, signal or clock fail once they are analysed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import numpy as np
import pytest

from domain.operations.model import JobKind
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, imported, imported_run, statuses
from tests.factories.plan_requests import done
from tests.factories.recordings import Course, fit_bytes, gpx_bytes, tcx_bytes
from tests.factories.scored_runs import a_scored_course
from tests.factories.understood_runs import jobs_of

ASKED = """query($id: ID!) { run(id: $id) { analysisState distanceM movingTimeS elapsedTimeS ascentM descentM
    analysis { movingTimeS gradedPaceSPerKm gradedPaceMinettiSPerKm normalizedGradedSpeedMPerS load loadMethod
        efficiencyFactor decouplingPercent energyJPerKg halfHourHeartRate lowestDPrimeM scored zoneReason
        heartRateCorrelation heartRateZones { number timeS } notes }
    segments(first: 100) { totalCount edges { node { startM endM lengthM startS durationS movingTimeS ascentM descentM
        meanGrade gradeCategory movement speedMPerS gradeAdjustedSpeedMPerS averageHeartRate endHeartRate cadence
        efficiency calibratedEfficiency start { latitude longitude } end { latitude longitude }
        zone { amongSimilars amongGrade reason } similar { distance } } } }
    track(points: 200) { timeS altitudeM grade gradeAdjustedSpeedMPerS heartRate cadence dPrimeBalanceM } } }"""
FIGURES = {"validFrom": "2020-01-01", "restingHeartRate": 50, "maxHeartRate": 190, "criticalSpeedMPerS": 3.5}
FIGURES |= {"dPrimeM": 150.0}
NOTHING = float("nan")
COURSE = [name for name in Course.__dataclass_fields__ if name != "started_at"]


def changed(course: Course | None = None, **channels: Any) -> Course:
    """A scored course with other values in some channels: one for all, one each, or a function of the seconds."""
    course = course or a_scored_course()
    seconds = course.time_s.copy()
    for name, value in channels.items():
        getattr(course, name)[:] = value(seconds) if callable(value) else value
    return course


async def understood(athlete: Athlete, work: Work, content: bytes) -> dict[str, Any]:
    """The run that a file became, with `segments` as a plain list; what holds for every run is looked at here."""
    await done(athlete, "setPhysiology", FIGURES, "physiology { id }")
    answer = await athlete.get(ASKED, id=await imported_run(athlete, work, "a.bin", content))
    run: dict[str, Any] = answer["run"]
    assert run["analysisState"] == "DONE"
    assert {job["status"] for kind in JobKind for job in await jobs_of(athlete, kind)} == {"SUCCEEDED"}
    run["segments"] = segments = [edge["node"] for edge in run["segments"]["edges"]]
    for segment in segments:
        assert (segment["efficiency"] is None) == (segment["zone"]["reason"] not in (None, "NOT_ENOUGH_DATA"))
    if segments and len(segments) < 100:
        assert_tiled(run, segments)
    return run


def assert_tiled(run: dict[str, Any], segments: list[dict[str, Any]]) -> None:
    assert [segment["startM"] for segment in segments] == [0, *(segment["endM"] for segment in segments[:-1])]
    assert segments[-1]["endM"] == pytest.approx(run["distanceM"], abs=0.06)
    for total, part in (("movingTimeS", "movingTimeS"), ("elapsedTimeS", "durationS")):
        assert sum(segment[part] for segment in segments) == pytest.approx(run[total], abs=0.7)
    for height in ("ascentM", "descentM"):
        assert sum(segment[height] for segment in segments) == pytest.approx(run[height] or 0, abs=0.05)


def reasons(run: dict[str, Any]) -> set[str | None]:
    return {segment["zone"]["reason"] for segment in run["segments"]}


def says(run: dict[str, Any], words: str) -> bool:
    return any(words in note for note in run["analysis"]["notes"])


def fastest(run: dict[str, Any]) -> float:
    return max(segment["speedMPerS"] for segment in run["segments"])


async def test_with_all_sensors_well_a_run_is_scored(ada: Athlete, work: Work) -> None:
    run = await understood(ada, work, fit_bytes(a_scored_course()))
    assert (run["analysis"]["scored"], run["analysis"]["zoneReason"]) == (True, None)
    assert reasons(run) == {"WARM_UP", "NOT_ENOUGH_DATA"}
    assert run["analysis"]["loadMethod"] == "RTSS"
    assert run["analysis"]["lowestDPrimeM"] < 150
    assert None not in run["track"]["dPrimeBalanceM"]
    assert sum(zone["timeS"] for zone in run["analysis"]["heartRateZones"]) == pytest.approx(run["movingTimeS"], abs=6)


async def test_without_altitudes_no_grade_is_made_up(ada: Athlete, work: Work) -> None:
    run = await understood(ada, work, fit_bytes(changed(altitude_m=NOTHING)))
    told = run["analysis"]
    assert (told["gradedPaceSPerKm"], told["gradedPaceMinettiSPerKm"], told["energyJPerKg"]) == (None, None, None)
    assert (told["zoneReason"], reasons(run)) == ("NO_ALTITUDE", {"NO_ALTITUDE"})
    assert (run["ascentM"], run["track"]["grade"], run["track"]["altitudeM"]) == (None, None, None)
    assert told["load"] > 0
    assert says(run, "Without altitudes")


@pytest.mark.parametrize("written", [NOTHING, 0, 255])
async def test_without_a_heart_rate_that_a_heart_has_nothing_is_made_of_it(
    ada: Athlete, work: Work, written: float
) -> None:
    run = await understood(ada, work, fit_bytes(changed(heart_rate_bpm=written)))
    told = run["analysis"]
    assert (told["zoneReason"], reasons(run)) == ("NO_HEART_RATE", {"NO_HEART_RATE"})
    assert (told["efficiencyFactor"], told["decouplingPercent"], told["halfHourHeartRate"]) == (None, None, None)
    assert (told["heartRateZones"], run["track"]["heartRate"]) == ([], None)
    assert {segment["averageHeartRate"] for segment in run["segments"]} == {None}
    assert told["gradedPaceSPerKm"] > 0
    assert says(run, "no efficiency factor")


@pytest.mark.parametrize("written", [0, 255])
async def test_a_strap_that_drops_out_now_and_then_pulls_no_mean(ada: Athlete, work: Work, written: float) -> None:
    whole = a_scored_course().heart_rate_bpm
    dropping = changed(heart_rate_bpm=lambda second: np.where(second % 60 == 0, written, whole))
    run = await understood(ada, work, fit_bytes(dropping))
    beats = [segment["averageHeartRate"] for segment in run["segments"]]
    assert run["analysis"]["scored"]
    assert whole.min() <= min(beats) <= max(beats) <= whole.max()


@pytest.mark.parametrize("write", [fit_bytes, gpx_bytes, tcx_bytes], ids=["fit", "gpx", "tcx"])
async def test_one_point_is_refused_with_its_reason_and_leaves_nothing_behind(
    ada: Athlete, work: Work, write: Callable[[Course], bytes]
) -> None:
    job = await imported(ada, work, ("one", write(a_scored_course().between(0, 0))))
    assert statuses(job) == ["FAILED"]
    assert "point" in job["items"][0]["message"]
    assert await jobs_of(ada, JobKind.ANALYSE_RUNS) == []


async def test_two_points_are_one_segment(ada: Athlete, work: Work) -> None:
    run = await understood(ada, work, gpx_bytes(a_scored_course().between(0, 5)))
    assert len(run["segments"]) == 1
    assert run["segments"][0]["movement"] == "RUNNING"


async def test_standing_still_has_no_segments_and_no_pace_and_says_so(ada: Athlete, work: Work) -> None:
    run = await understood(ada, work, gpx_bytes(changed(latitude=47.05, distance_m=0, speed_m_per_s=0)))
    told = run["analysis"]
    assert (run["segments"], run["movingTimeS"], told["scored"]) == ([], 0, False)
    assert (told["gradedPaceSPerKm"], told["normalizedGradedSpeedMPerS"], told["load"]) == (None, None, None)
    assert says(run, "covers less than 10 m")


async def test_a_long_rest_within_a_run_is_no_movement_of_any_segment(ada: Athlete, work: Work) -> None:
    latitude = a_scored_course().latitude
    resting = changed(latitude=lambda second: np.where(second < 1500, latitude, latitude[300]))
    run = await understood(ada, work, gpx_bytes(resting))
    assert run["movingTimeS"] == pytest.approx(1500, abs=6)
    assert min(segment["speedMPerS"] for segment in run["segments"]) > 1


@pytest.mark.parametrize(("start_s", "end_s"), [(1200, 1215), (1200, 3000)], ids=["and back", "for good"])
async def test_a_teleporting_signal_makes_no_segment_fast(
    ada: Athlete, work: Work, start_s: float, end_s: float
) -> None:
    true = a_scored_course()
    run = await understood(ada, work, gpx_bytes(true.elsewhere(start_s, end_s, 40_000)))
    assert run["distanceM"] == pytest.approx(true.distance_m[-1], abs=30)
    assert fastest(run) < 4
    assert np.nanmax(np.array(run["track"]["gradeAdjustedSpeedMPerS"], dtype=float)) < 8
    assert run["analysis"]["scored"]


@pytest.mark.parametrize("missing_m", [0.0, -900.0])
async def test_altitudes_that_begin_with_a_wrong_one_leave_the_rest_of_the_run_well(
    ada: Athlete, work: Work, missing_m: float
) -> None:
    true = a_scored_course().altitude_m
    run = await understood(ada, work, gpx_bytes(changed(altitude_m=lambda s: np.where(s < 20, missing_m, true))))
    assert run["analysis"]["scored"]
    assert None in run["track"]["grade"][:10]
    assert None not in run["track"]["grade"][10:]
    assert max(abs(segment["meanGrade"]) for segment in run["segments"][2:]) < 0.5


@pytest.mark.parametrize("legs", [1, 2])
async def test_whichever_legs_a_file_counts_the_segments_are_run(ada: Athlete, work: Work, legs: int) -> None:
    run = await understood(ada, work, gpx_bytes(a_scored_course(), legs=legs))
    assert {segment["movement"] for segment in run["segments"]} == {"RUNNING"}
    assert [segment["cadence"] for segment in run["segments"]] == pytest.approx([172.0] * len(run["segments"]))


async def test_a_run_of_48_hours_is_understood_whole(ada: Athlete, work: Work) -> None:
    course = changed(a_scored_course(minutes=240), time_s=lambda second: second * 12, speed_m_per_s=0.25)
    run = await understood(ada, work, fit_bytes(course))
    assert (run["elapsedTimeS"], run["movingTimeS"]) == (172_800, 172_800)
    assert run["analysis"]["movingTimeS"] == 172_800
    assert len(run["segments"]) == 100
    assert {segment["movement"] for segment in run["segments"]} <= {"STANDING", "WALKING", "RUNNING"}


@pytest.mark.parametrize("write", [fit_bytes, gpx_bytes, tcx_bytes], ids=["fit", "gpx", "tcx"])
async def test_a_pause_of_hours_slows_nothing_down(ada: Athlete, work: Work, write: Callable[..., bytes]) -> None:
    paused = changed(time_s=lambda second: second + 7 * 3600 * (second > 1500))
    run = await understood(ada, work, write(paused, **({"lap_s": 1e6} if write is tcx_bytes else {})))
    assert (run["elapsedTimeS"], run["movingTimeS"]) == (3000 + 7 * 3600, 2995)
    assert run["analysis"]["normalizedGradedSpeedMPerS"] == pytest.approx(3.4, abs=0.4)
    assert min(segment["speedMPerS"] for segment in run["segments"]) > 1
    assert run["analysis"]["scored"]


@pytest.mark.parametrize(
    ("change", "hours"),
    [
        (datetime(2026, 3, 29, 1, tzinfo=UTC), (1, 3)),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), (2, 2)),
    ],
    ids=["spring", "autumn"],
)
async def test_a_run_while_the_clocks_change_goes_on_and_its_hours_follow_the_clock(
    ada: Athlete, work: Work, sql: asyncpg.Connection, change: datetime, hours: tuple[int, int]
) -> None:
    athlete_id = await athlete_id_of(ada, timezone="Europe/Zurich")
    course = a_scored_course()
    moved = Course(**{name: getattr(course, name) for name in COURSE} | {"started_at": change - timedelta(minutes=25)})
    run = await understood(ada, work, fit_bytes(moved))
    assert run["movingTimeS"] == 3000
    assert all(segment["durationS"] > 0 for segment in run["segments"])
    told = await sql.fetch("select hour_of_day from segment where athlete = $1 order by ordinal", athlete_id)
    assert (int(told[0][0]), int(told[-1][0])) == hours
    day = f"{change:%Y-%m-%d}"
    summary = "query($day: Date!) { trainingSummary(from: $day, to: $day) { runs movingTimeS } }"
    assert (await ada.get(summary, day=day))["trainingSummary"] == {"runs": 1, "movingTimeS": 3000}


async def test_points_with_times_before_1970_are_left_out_of_what_is_understood(ada: Athlete, work: Work) -> None:
    course, text = a_scored_course(), gpx_bytes(a_scored_course()).decode()
    for nth in (10, 200, 400):
        text = text.replace(f"{course.instants()[nth]:%Y-%m-%dT%H:%M:%S}.000Z", f"1969-12-31T23:59:{nth % 60:02}Z")
    run = await understood(ada, work, text.encode())
    assert run["movingTimeS"] == 3000
    assert run["analysis"]["scored"]


async def test_times_that_step_back_are_no_time_that_was_run(ada: Athlete, work: Work) -> None:
    course = changed(time_s=lambda second: np.where(second > 2000, second - 300, second))
    run = await understood(ada, work, gpx_bytes(course))
    assert run["elapsedTimeS"] <= 2700
    assert all(segment["durationS"] >= 0 for segment in run["segments"])
    assert fastest(run) < 5
