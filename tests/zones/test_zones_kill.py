"""Whatever becomes of workers, zones are there in the end, told once and as if nothing had happened."""

import signal

import asyncpg
from starlette.applications import Starlette
from svcs import Container

from configuration.settings import Settings
from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobQueue
from tests.conftest import WORK, Athlete, eventually
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import (
    held_up,
    imported_runs,
    jobs_of,
    runs_to_analyse,
    stored_zones,
    told_alike,
)
from tests.factories.workers import a_worker

FILES = [a_scored_file(nth) for nth in range(4)]
EXPIRE = "update job set lease_until = now() - interval '1 second' where athlete = $1 and status = 'RUNNING'"
MAY_BEGIN = "update job set not_before = '-infinity' where athlete = any($1) and kind = 'COMPUTE_ZONES'"
HOLD_STATE = "select asked from zone_state where athlete = $1 for update"
DONE = "select count(*) from run where athlete = any($1) and analysis_state = 'DONE'"
OPEN = "select count(*) from job where athlete = any($1) and status in ('QUEUED', 'RUNNING') and kind = any($2)"
JOBS = "select status, attempts from job where athlete = $1"
ANSWERED = "select asked = answered from zone_state where athlete = $1"
JUDGED = "select sum(done) from job where athlete = $1 and kind = 'COMPUTE_ZONES'"
SCORED = "select count(*) from segment where athlete = $1 and efficiency is not null"
TOLD = "select kind, count(*), count(distinct run) as runs from run_change where athlete = $1 group by kind"


async def test_a_worker_killed_while_it_stores_zones_leaves_them_to_the_next(
    app: Starlette, ada: Athlete, bob: Athlete, settings: Settings, sql: asyncpg.Connection, work: Work
) -> None:
    athlete_id = await athlete_id_of(ada)
    await runs_to_analyse(app.state.registry, ada, *FILES)
    (analysis,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    await WORK[JobKind.ANALYSE_RUNS]({"registry": app.state.registry}, str(key_of(analysis["id"])))
    await sql.execute(MAY_BEGIN, [athlete_id])
    async with held_up(settings, HOLD_STATE, athlete_id) as somebody_waits:
        with a_worker(settings) as worker:
            await eventually(somebody_waits)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    assert [job["status"] for job in await jobs_of(ada, JobKind.COMPUTE_ZONES)] == ["RUNNING"]
    assert not await stored_zones(sql, athlete_id)
    await sql.execute(EXPIRE, athlete_id)
    await work()
    await imported_runs(bob, work, *FILES)
    assert await told_alike(sql, athlete_id) == await told_alike(sql, await athlete_id_of(bob))
    assert await sql.fetchval(JUDGED, athlete_id) == await sql.fetchval(SCORED, athlete_id)


async def test_two_workers_with_their_schedulers_do_everything_once(
    app: Starlette, ada: Athlete, bob: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    athletes = [await athlete_id_of(ada), await athlete_id_of(bob)]

    async def all_analysed() -> bool:
        waiting = await sql.fetchval(OPEN, athletes, [JobKind.IMPORT_RUNS, JobKind.ANALYSE_RUNS])
        return bool(waiting == 0 and await sql.fetchval(DONE, athletes) == 2 * len(FILES))

    async def all_ended() -> bool:
        return bool(await sql.fetchval(OPEN, athletes, list(JobKind)) == 0)

    async with Container(app.state.registry) as services:
        queue = await services.aget(JobQueue)
        with a_worker(settings), a_worker(settings):
            for athlete in (ada, bob):
                await athlete.upload(*FILES)
            await eventually(all_analysed)
            await sql.execute(MAY_BEGIN, athletes)
            for athlete in (ada, bob):
                for job in await jobs_of(athlete, JobKind.COMPUTE_ZONES):
                    await queue.hand_over(JobKind.COMPUTE_ZONES, JobId(key_of(job["id"])))
            await eventually(all_ended)
    for athlete_id in athletes:
        # Zones may follow each analysis apart: how often is a matter of time, but no job is done twice.
        assert {tuple(row) for row in await sql.fetch(JOBS, athlete_id)} == {("SUCCEEDED", 1)}
        assert await sql.fetchval(ANSWERED, athlete_id)
        told = {row["kind"]: (row["count"], row["runs"]) for row in await sql.fetch(TOLD, athlete_id)}
        assert told.pop("ZONED")[1] == len(FILES)
        assert told == dict.fromkeys(("CREATED", "ANALYSED"), (len(FILES), len(FILES)))
    assert await told_alike(sql, athletes[0]) == await told_alike(sql, athletes[1])
