"""Those who watch are told of a run's zones when they stand otherwise, and of nothing else."""

from datetime import timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from infrastructure.machine.clock import SystemClock
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.plan_requests import done
from tests.factories.recordings import fit_bytes
from tests.factories.scored_runs import FIRST, a_scored_course, a_scored_file
from tests.factories.understood_runs import imported_runs, segments_of, stored_zones

RECOMPUTE = "mutation($input: RecomputeZonesInput!) { recomputeZones(input: $input) { job { id } } }"
SIMILAR = """query($id: ID!) { run(id: $id) { segments(first: 100) { edges { node {
    calibratedEfficiency similar { distance } } } } } }"""
TOLD = "select run, count(*) from run_change where athlete = $1 and kind = 'ZONED' group by run"
COMPUTED = "select run, computed_at from run_zone where athlete = $1 and method = 'NATIVE'"
SIMILARS = "select count(*) from run_similars s join run on run.id = s.run where athlete = $1"
LOSE_SCORE = """
update segment set efficiency = null, reason = 'HEART_RATE_DOES_NOT_FOLLOW'
where id in (select id from segment where run = $1 and efficiency is not null order by ordinal limit 1)
returning ordinal
"""


async def told_of(sql: asyncpg.Connection, athlete_id: UUID) -> dict[UUID, int]:
    return {row["run"]: row["count"] for row in await sql.fetch(TOLD, athlete_id)}


def a_slow_heart(nth: int) -> tuple[str, bytes]:
    """A scored run on which the heart never beats faster than 128."""
    course = a_scored_course(nth)
    course.heart_rate_bpm[:] = np.clip(course.heart_rate_bpm - 55, 80, 128)
    return f"{nth:02}.fit", fit_bytes(course)


async def runs_below_rest(ada: Athlete, work: Work) -> list[str]:
    """Runs that had zones, until a resting heart rate was set that they hardly went above: only the gate lets them."""
    valid_from = str(FIRST.date() - timedelta(days=9))
    await done(ada, "setPhysiology", {"restingHeartRate": 45, "validFrom": valid_from})
    runs = await imported_runs(ada, work, *(a_slow_heart(nth) for nth in range(3)))
    await done(ada, "setPhysiology", {"restingHeartRate": 120, "validFrom": valid_from})
    return runs


async def test_a_run_of_which_nothing_is_scored_any_more_keeps_no_zones_and_says_so(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await runs_below_rest(ada, work)
    before = await stored_zones(sql, athlete_id)
    assert len(before) == 3
    await work()
    assert await stored_zones(sql, athlete_id) == {}
    assert await sql.fetchval(SIMILARS, athlete_id) == 0
    assert await told_of(sql, athlete_id) == {key_of(run): 2 for run in runs}


async def test_a_segment_that_lost_its_score_has_its_reason_and_no_zone_before_any_worker_comes(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    (run, *_) = await imported_runs(ada, work, *(a_scored_file(nth) for nth in range(4)))
    ordinal = await sql.fetchval(LOSE_SCORE, key_of(run))
    zone = next(segment["zone"] for segment in await segments_of(ada, run) if segment["ordinal"] == ordinal)
    assert zone.pop("computedAt")
    assert zone == {
        "amongSimilars": "NOT_ENOUGH_DATA",
        "amongGrade": "NOT_ENOUGH_DATA",
        "similarsPercentile": None,
        "gradePercentile": None,
        "similarsCount": 0,
        "gradeCount": 0,
        "reason": "HEART_RATE_DOES_NOT_FOLLOW",
    }
    edges = (await ada.get(SIMILAR, id=run))["run"]["segments"]["edges"]
    assert edges[ordinal - 1]["node"]["similar"] == []
    assert edges[ordinal]["node"]["similar"]


async def test_of_a_deletion_those_runs_are_told_whose_zones_it_changed(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await imported_runs(ada, work, *(a_scored_file(nth, days=200 * nth - 700) for nth in range(4)))
    before = await stored_zones(sql, athlete_id)
    told, computed = await told_of(sql, athlete_id), await sql.fetch(COMPUTED, athlete_id)
    await done(ada, "deleteRun", {"id": runs[3]})
    await work()
    after = await stored_zones(sql, athlete_id)
    changed = {run for run in after if any(str(before[run][name]) != str(after[run][name]) for name in after[run])}
    assert 0 < len(changed) < len(after)
    again = await told_of(sql, athlete_id)
    assert {run for run in after if again[run] > told[run]} == changed
    news = set(await sql.fetch(COMPUTED, athlete_id)) - set(computed)
    assert {row["run"] for row in news} == changed


@pytest.mark.parametrize("method", ["NATIVE", "TRAILMETRICS"])
async def test_a_recomputing_that_changes_nothing_tells_nobody(
    ada: Athlete, work: Work, sql: asyncpg.Connection, method: str
) -> None:
    athlete_id = await athlete_id_of(ada)
    await imported_runs(ada, work, a_scored_file(0), a_scored_file(1))
    await ada.get(RECOMPUTE, input={"method": method})
    await work()
    told = await told_of(sql, athlete_id)
    await ada.get(RECOMPUTE, input={"method": method})
    await work()
    assert await told_of(sql, athlete_id) == told


async def test_a_run_dated_ahead_is_told_once(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    now = SystemClock().now()
    (ahead,) = await imported_runs(ada, work, a_scored_file(0, at=now + timedelta(days=20)))
    for nth in (1, 2):
        await imported_runs(ada, work, a_scored_file(nth, at=now - timedelta(days=nth)))
    assert (await told_of(sql, await athlete_id_of(ada)))[key_of(ahead)] == 1
