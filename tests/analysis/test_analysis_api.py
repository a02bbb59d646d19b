"""What runs tell, over HTTP: by itself after an import, by the physiology of the day, and to the athlete alone."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from domain.operations.model import JobKind
from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.analysed_runs import a_run, a_segment, analysed, athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.plan_requests import done
from tests.factories.recordings import fit_bytes
from tests.factories.scored_runs import FIRST, a_scored_course, a_scored_file
from tests.factories.understood_runs import imported_runs, jobs_of, segments_of

RUN = """query($id: ID!) { run(id: $id) { analysisState distanceM elapsedTimeS load loadMethod
    analysis { analysedAt physiologyFrom gradedPaceSPerKm loadMethod scored zoneReason lowestDPrimeM notes }
    track(points: 50) { timeS altitudeM grade gradeAdjustedSpeedMPerS heartRate cadence dPrimeBalanceM } } }"""
NODE = "query($id: ID!) { node(id: $id) { id ... on Segment { ordinal run { id } zone { reason } } } }"
STATE = "query($id: ID!) { run(id: $id) { analysisState analysis { analysedAt } } }"
JOB = "query($id: ID!) { job(id: $id) { id } jobs { totalCount } node(id: $id) { id } }"
KINDS = (JobKind.IMPORT_RUNS, JobKind.ANALYSE_RUNS, JobKind.COMPUTE_ZONES)
KEYS = "select ordinal, id, key from segment where run = $1"
SHORT = {"minutes": 20}


async def run_of(athlete: Athlete, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = (await athlete.get(RUN, id=run_id))["run"]
    return run


async def analysed_at(athlete: Athlete, runs: list[str]) -> list[str]:
    return [(await run_of(athlete, run))["analysis"]["analysedAt"] for run in runs]


async def set_from(athlete: Athlete, work: Work, days: int, **figures: Any) -> None:
    """Figures that hold from so many days after the first run on."""
    await done(athlete, "setPhysiology", {"validFrom": str(FIRST.date() + timedelta(days=days))} | figures)
    await work()


async def test_what_is_imported_is_analysed_and_zoned_by_itself(ada: Athlete, work: Work) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file())
    run = await run_of(ada, run_id)
    assert (run["analysisState"], run["analysis"]["scored"]) == ("DONE", True)
    assert any(segment["zone"]["gradePercentile"] for segment in await segments_of(ada, run_id))
    ended = [(job["status"], job["progress"]) for kind in KINDS for job in await jobs_of(ada, kind)]
    assert ended == [("SUCCEEDED", 1)] * 3


async def test_until_it_is_analysed_a_run_says_that_it_waits(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    run_id = await a_run(sql, await athlete_id_of(ada), analysis_state="PENDING")
    told = (await ada.get(STATE, id=node_id("Run", run_id)))["run"]
    assert told == {"analysisState": "PENDING", "analysis": None}


async def test_the_points_carry_what_the_analysis_adds(ada: Athlete, work: Work) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    track = (await run_of(ada, run_id))["track"]
    assert track.pop("dPrimeBalanceM") is None
    assert {name: None in values for name, values in track.items()} == dict.fromkeys(track, False)
    assert {len(values) for values in track.values()} == {50}
    assert max(track["grade"]) > 0.05 > -0.05 > min(track["grade"])


async def test_with_critical_speed_and_d_prime_the_points_carry_its_balance(ada: Athlete, work: Work) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    await set_from(ada, work, 0, criticalSpeedMPerS=3.4, dPrimeM=180.0)
    run = await run_of(ada, run_id)
    balance = run["track"]["dPrimeBalanceM"]
    assert (balance[0], len(balance)) == (180, 50)
    assert run["analysis"]["lowestDPrimeM"] <= min(balance) < 180


async def test_segments_tile_the_run(ada: Athlete, work: Work) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    run, segments = await run_of(ada, run_id), await segments_of(ada, run_id)
    assert [segment["ordinal"] for segment in segments] == list(range(1, len(segments) + 1))
    assert [segment["endM"] for segment in segments[:-1]] == [segment["startM"] for segment in segments[1:]]
    assert segments[0]["startM"] == 0
    assert segments[-1]["endM"] == pytest.approx(run["distanceM"], abs=0.2)


async def test_physiology_of_the_past_has_just_the_runs_of_its_days_analysed_anew(ada: Athlete, work: Work) -> None:
    files = (a_scored_file(nth, days=day, **SHORT) for nth, day in enumerate((0, 1, 2, 3, 4, 40)))
    runs = await imported_runs(ada, work, *files)
    await set_from(ada, work, 4, restingHeartRate=48)
    before = await analysed_at(ada, runs)
    await set_from(ada, work, 2, restingHeartRate=52)
    after = await analysed_at(ada, runs)
    assert [one != other for one, other in zip(before, after, strict=True)] == [False] * 2 + [True] * 2 + [False] * 2
    since = [(await run_of(ada, run))["analysis"]["physiologyFrom"] for run in runs]
    assert since == [None] * 2 + ["2026-03-04"] * 2 + ["2026-03-06"] * 2


async def test_figures_that_were_there_already_have_nothing_analysed_anew(ada: Athlete, work: Work) -> None:
    runs = await imported_runs(ada, work, a_scored_file(**SHORT))
    await set_from(ada, work, 0, restingHeartRate=48)
    before = await analysed_at(ada, runs)
    await set_from(ada, work, 0, restingHeartRate=48)
    assert await analysed_at(ada, runs) == before


async def test_physiology_of_one_athlete_has_no_runs_of_another_analysed(
    ada: Athlete, bob: Athlete, work: Work
) -> None:
    runs = await imported_runs(bob, work, a_scored_file(**SHORT))
    before = await analysed_at(bob, runs)
    await set_from(ada, work, 0, restingHeartRate=48)
    assert await analysed_at(bob, runs) == before


async def test_segments_keep_their_names_when_a_run_is_analysed_anew(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    before = await sql.fetch(KEYS, key_of(run_id))
    await set_from(ada, work, 0, restingHeartRate=60)
    assert {tuple(row) for row in await sql.fetch(KEYS, key_of(run_id))} == {tuple(row) for row in before}


@pytest.mark.parametrize("channel", ["heart_rate_bpm", "altitude_m", "distance_m"])
async def test_what_a_recording_lacks_is_null_and_never_a_number_that_is_none(
    ada: Athlete, work: Work, channel: str
) -> None:
    course = a_scored_course(**SHORT)
    getattr(course, channel)[:] = getattr(course, channel)[0]
    (run_id,) = await imported_runs(ada, work, ("still.fit", fit_bytes(course)))
    response = await ada.http.post("/graphql", json={"query": RUN, "variables": {"id": run_id}})
    assert response.json()["data"]["run"]["analysisState"] == "DONE"
    assert not {"NaN", "Infinity", "-Infinity"} & set(response.text.replace(":", " ").replace(",", " ").split())


@pytest.mark.parametrize("never", ["nan", "inf", "-inf"])
async def test_the_database_refuses_what_is_no_number(ada: Athlete, sql: asyncpg.Connection, never: str) -> None:
    athlete_id = await athlete_id_of(ada)
    run_id = await a_run(sql, athlete_id)
    with pytest.raises(asyncpg.CheckViolationError, match="finite"):
        await analysed(sql, athlete_id, run_id, load=float(never))
    with pytest.raises(asyncpg.CheckViolationError, match="finite"):
        await a_segment(sql, athlete_id, run_id, efficiency=float(never))


async def test_a_segment_is_found_by_its_id_and_by_nobody_elses_token(ada: Athlete, bob: Athlete, work: Work) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    segment = (await segments_of(ada, run_id))[0]
    found = (await ada.get(NODE, id=segment["id"]))["node"]
    assert found == {"id": segment["id"], "ordinal": 1, "run": {"id": run_id}, "zone": {"reason": "TOO_ONE_SIDED"}}
    assert (await bob.get(NODE, id=segment["id"]))["node"] is None


async def test_the_analysis_of_another_athletes_run_and_its_jobs_are_not_there(
    ada: Athlete, bob: Athlete, work: Work
) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    assert (await bob.get(RUN, id=run_id))["run"] is None
    for kind in KINDS:
        for job in await jobs_of(ada, kind):
            assert await bob.get(JOB, id=job["id"]) == {"job": None, "jobs": {"totalCount": 0}, "node": None}


async def test_what_runs_tell_is_for_tokens_that_may_read_training(
    athlete: Callable[..., Athlete], ada: Athlete, work: Work
) -> None:
    (run_id,) = await imported_runs(ada, work, a_scored_file(**SHORT))
    segment = (await segments_of(ada, run_id))[0]
    writer = athlete("ada", scopes=["training:write"])
    answer = await writer.ask(NODE, id=segment["id"])
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
