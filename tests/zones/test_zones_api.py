"""Zones as clients read them: told of their populations, with a reason where there is none, and to nobody else."""

from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from domain.operations.model import JobKind
from tests.conftest import WORK, Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.scored_runs import (
    a_file_of_a_climb,
    a_file_of_a_slipped_sensor,
    a_file_without_heart_rate,
    a_scored_file,
)
from tests.factories.understood_runs import imported_runs, jobs_of, runs_to_analyse, segments_of

RECOMPUTE = """mutation($input: RecomputeZonesInput!) { recomputeZones(input: $input) {
    job { id kind status message } userErrors { code } } }"""
LEGACY = """query($id: ID!) { run(id: $id) { segments(first: 100) { edges { node {
    zone(method: TRAILMETRICS) { method gradeCount } } } } } }"""
SIMILAR = """query($id: ID!) { run(id: $id) { segments(first: 100) { edges { node {
    id similar(first: 10) { distance segment { id run { id } } } } } } } }"""
KEPT = """
select efficiency is null as unscored, score[ordinal] = -1 as none, detrended[ordinal] = -1 as none_too,
    similars_count[ordinal] = 0 and grade_count[ordinal] = 0 as nowhere
from segment join run_zone using (run) join run_similars using (run, method) where segment.athlete = $1
"""
COMPUTED = "select method, as_of from zone_state where athlete = $1"
FIFTHS = ("VERY_LOW", "LOW", "MEDIUM", "HIGH", "VERY_HIGH")


async def all_segments(athlete: Athlete, runs: list[str]) -> list[dict[str, Any]]:
    return [segment for run in runs for segment in await segments_of(athlete, run)]


async def recomputed(athlete: Athlete, work: Work, **input: Any) -> dict[str, Any]:
    payload = (await athlete.get(RECOMPUTE, input=input))["recomputeZones"]
    assert payload["userErrors"] == []
    await work()
    job: dict[str, Any] = payload["job"]
    return job


async def test_a_percentile_is_the_share_of_the_same_slope_that_scores_no_higher(ada: Athlete, work: Work) -> None:
    segments = await all_segments(ada, await imported_runs(ada, work, *(a_scored_file(nth) for nth in range(3))))
    scored = [segment for segment in segments if segment["efficiency"] is not None]
    assert len(scored) > 90
    for segment in scored:
        likes = [other for other in scored if other["gradeCategory"] == segment["gradeCategory"]]
        no_higher = [other for other in likes if other["calibratedEfficiency"] <= segment["calibratedEfficiency"]]
        zone = segment["zone"]
        assert (zone["gradeCount"], zone["gradePercentile"]) == (len(likes), len(no_higher) / len(likes))


async def test_a_zone_is_the_fifth_that_the_percentile_lies_in(ada: Athlete, work: Work) -> None:
    segments = await all_segments(ada, await imported_runs(ada, work, *(a_scored_file(nth) for nth in range(4))))
    judged = [segment["zone"] for segment in segments if segment["zone"]["similarsCount"] >= 20]
    for zone in judged:
        fifth = next(place for place in range(5) if zone["similarsPercentile"] <= (place + 1) / 5 + 1e-9)
        assert zone["amongSimilars"] == FIFTHS[fifth]
    assert {zone["amongSimilars"] for zone in judged} == set(FIFTHS)


async def test_a_slope_that_was_seldom_run_is_not_judged_and_says_so(ada: Athlete, work: Work) -> None:
    segments = await all_segments(ada, await imported_runs(ada, work, a_scored_file()))
    few = [segment["zone"] for segment in segments if 0 < segment["zone"]["gradeCount"] < 20]
    assert few
    assert {(zone["amongGrade"], zone["reason"]) for zone in few} == {("NOT_ENOUGH_DATA", "NOT_ENOUGH_DATA")}


async def test_the_warm_up_has_no_score_and_says_so(ada: Athlete, work: Work) -> None:
    segments = await all_segments(ada, await imported_runs(ada, work, a_scored_file()))
    early = [segment for segment in segments if segment["startS"] < 300]
    assert early
    for segment in early:
        zone = segment["zone"]
        assert (zone["reason"], zone["amongGrade"], zone["gradeCount"]) == ("WARM_UP", "NOT_ENOUGH_DATA", 0)
        assert (zone["similarsPercentile"], zone["gradePercentile"]) == (None, None)
        assert {segment[f"{kind}fficiency"] for kind in ("e", "calibratedE", "detrendedE")} == {None}


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (a_file_without_heart_rate(), "NO_HEART_RATE"),
        (a_file_of_a_slipped_sensor(), "HEART_RATE_DOES_NOT_FOLLOW"),
        (a_file_of_a_climb(), "TOO_ONE_SIDED"),
    ],
    ids=["no sensor", "slipped sensor", "climb"],
)
async def test_a_run_that_cannot_be_scored_says_why_before_any_zones_are_computed(
    ada: Athlete, work: Work, file: tuple[str, bytes], reason: str
) -> None:
    segments = await all_segments(ada, await imported_runs(ada, work, file))
    assert segments
    assert {segment["zone"]["reason"] for segment in segments} == {reason}
    assert {segment["zone"]["amongSimilars"] for segment in segments} == {"NOT_ENOUGH_DATA"}
    assert await jobs_of(ada, JobKind.COMPUTE_ZONES) == []


async def test_until_zones_are_computed_a_scored_segment_has_none(app: Starlette, ada: Athlete) -> None:
    (run,) = await runs_to_analyse(app.state.registry, ada, a_scored_file())
    (analysis,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    await WORK[JobKind.ANALYSE_RUNS]({"registry": app.state.registry}, str(key_of(analysis["id"])))
    for segment in await segments_of(ada, run):
        assert (segment["efficiency"] is None) == (segment["zone"] is not None)


async def test_where_there_is_no_score_nothing_else_is_kept_and_nowhere_else(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file(0), a_scored_file(1))
    rows = await sql.fetch(KEPT, await athlete_id_of(ada))
    assert {tuple(row) for row in rows} == {(True,) * 4, (False,) * 4}


async def test_similar_segments_come_nearest_first_and_from_the_athlete_alone(
    ada: Athlete, bob: Athlete, work: Work
) -> None:
    runs = await imported_runs(ada, work, a_scored_file(0), a_scored_file(1), a_scored_file(2))
    await imported_runs(bob, work, a_scored_file(0))
    edges = (await ada.get(SIMILAR, id=runs[0]))["run"]["segments"]["edges"]
    for node in (edge["node"] for edge in edges if edge["node"]["similar"]):
        distances = [similar["distance"] for similar in node["similar"]]
        assert len(distances) == 10
        assert distances == sorted(distances)
        assert node["id"] not in {similar["segment"]["id"] for similar in node["similar"]}
        assert {similar["segment"]["run"]["id"] for similar in node["similar"]} <= set(runs)


async def test_recomputing_is_a_job_that_says_how_many_it_judged(ada: Athlete, work: Work) -> None:
    runs = await imported_runs(ada, work, a_scored_file())
    scored = [segment for segment in await segments_of(ada, runs[0]) if segment["efficiency"] is not None]
    job = await recomputed(ada, work)
    (last, *_) = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    assert (job["id"], job["kind"]) == (last["id"], "COMPUTE_ZONES")
    assert (last["status"], last["message"]) == ("SUCCEEDED", f"{len(scored)} segments judged")


async def test_the_same_key_again_recomputes_nothing(ada: Athlete, work: Work) -> None:
    await imported_runs(ada, work, a_scored_file())
    first = await recomputed(ada, work, idempotencyKey="once")
    again = await recomputed(ada, work, idempotencyKey="once")
    assert (again["id"], again["status"]) == (first["id"], "SUCCEEDED")


async def test_an_athlete_without_runs_may_recompute(ada: Athlete, work: Work) -> None:
    await recomputed(ada, work)
    (job,) = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    assert (job["status"], job["message"]) == ("SUCCEEDED", "0 segments judged")


async def test_legacy_zones_are_there_once_they_were_asked_for(ada: Athlete, work: Work) -> None:
    (run,) = await imported_runs(ada, work, a_scored_file())

    async def zones() -> list[Any]:
        edges = (await ada.get(LEGACY, id=run))["run"]["segments"]["edges"]
        return [edge["node"]["zone"] for edge in edges]

    assert set(map(str, await zones())) == {"None"}
    await recomputed(ada, work, method="TRAILMETRICS")
    assert {zone["method"] for zone in await zones()} == {"TRAILMETRICS"}


async def test_recomputing_one_method_leaves_the_other_as_it_is(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file())
    await recomputed(ada, work, method="TRAILMETRICS")
    before = {tuple(row) for row in await sql.fetch(COMPUTED, await athlete_id_of(ada))}
    await recomputed(ada, work)
    after = {tuple(row) for row in await sql.fetch(COMPUTED, await athlete_id_of(ada))}
    assert {method for method, _ in before - after} == {"NATIVE"}
