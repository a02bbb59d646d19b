"""The sweep finds what is due though nobody asked for it, and one worker at a time does it."""

import asyncio
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.zones.jobs import sweep_zones, sweep_zones_at_start
from configuration.settings import Settings
from domain.analysis.ports import AnalysisRepository
from domain.operations.model import JobId, JobKind
from domain.shared.ports import Clock
from domain.zones.ports import ZoneSweep
from infrastructure.machine.clock import SystemClock
from tests.conftest import Athlete, eventually
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.meanwhile import meanwhile
from tests.factories.plan_requests import done
from tests.factories.scored_runs import a_scored_file
from tests.factories.sweeps import EVERY_S, FORGOTTEN, forgotten_runs, waiting
from tests.factories.understood_runs import (
    StoppedClock,
    a_registry,
    imported_runs,
    jobs_of,
    runs_to_analyse,
    stored_zones,
    work_off,
)

ASKED = "update zone_state set asked = asked + 1 where athlete = $1"
FAILED = """
update job set status = 'FAILED', error = 'no', finished_at = now() - make_interval(secs => $2)
where id = (select id from job where athlete = $1 and kind = 'COMPUTE_ZONES' order by created_at desc limit 1)
"""
DELETE = "delete from run where id = $1"
LEGACY_FIRST = """
insert into zone_state (athlete, method, next_change_at)
values ($1, 'TRAILMETRICS', now() - interval '2 days'), ($1, 'NATIVE', now() - interval '1 day')
"""
HOLD_STATE = "select asked from zone_state where athlete = $1 and method = $2 for update"
STATE = "select asked, answered, as_of, next_change_at from zone_state where athlete = $1"


async def a_year_that_moved_on(athlete: Athlete, settings: Settings, sql: asyncpg.Connection) -> UUID:
    """Runs whose zones were told a hundred days ago, the first of which has left the year since; the athlete's id."""
    then = StoppedClock(SystemClock().now() - timedelta(days=100))
    async with a_registry(settings, {Clock: then}) as registry:

        async def work() -> None:
            await work_off(registry)

        files = [a_scored_file(nth, at=then.at - timedelta(days=ago)) for nth, ago in enumerate((300, 200, 100))]
        await imported_runs(athlete, work, *files)
    return await athlete_id_of(athlete)


async def test_a_run_that_left_the_year_is_found_and_judged(
    sweeping: ZoneSweep, ada: Athlete, settings: Settings, work: Work, sql: asyncpg.Connection
) -> None:
    athlete_id = await a_year_that_moved_on(ada, settings, sql)
    before = await sql.fetchrow(STATE, athlete_id)
    counts = {run: zones["grade_count"].sum() for run, zones in (await stored_zones(sql, athlete_id)).items()}
    await sweeping.sweep(EVERY_S)
    assert len(await waiting(ada)) == 1
    await work()
    after = await sql.fetchrow(STATE, athlete_id)
    assert before["next_change_at"] < after["as_of"] < after["next_change_at"]
    later = {run: zones["grade_count"].sum() for run, zones in (await stored_zones(sql, athlete_id)).items()}
    assert sorted(later[run] < count for run, count in counts.items()) == [False, True, True]


async def test_a_year_that_did_not_move_on_is_left_alone(
    sweeping: ZoneSweep, ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file(at=SystemClock().now() - timedelta(days=30)))
    before = await sql.fetchrow(STATE, await athlete_id_of(ada))
    await sweeping.sweep(EVERY_S)
    assert await waiting(ada) == []
    assert await sql.fetchrow(STATE, await athlete_id_of(ada)) == before


async def test_what_was_asked_for_and_forgotten_is_found(
    sweeping: ZoneSweep, ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file())
    await sql.execute(ASKED, await athlete_id_of(ada))
    await sweeping.sweep(EVERY_S)
    assert len(await waiting(ada)) == 1


async def test_recorded_runs_that_no_job_has_are_found_understood_and_zoned(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(app.state.registry, ada, a_scored_file(0), a_scored_file(1))
    await sql.execute(FORGOTTEN, await athlete_id_of(ada), JobKind.ANALYSE_RUNS)
    await sweeping.sweep(EVERY_S)
    (job,) = await waiting(ada, JobKind.ANALYSE_RUNS)
    assert sorted(item["run"]["id"] for item in job["items"]) == sorted(runs)
    await work()
    assert len(await stored_zones(sql, await athlete_id_of(ada))) == 2


async def test_what_a_worker_of_the_release_before_imported_is_found(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(app.state.registry, ada, a_scored_file(0))
    await sql.execute(FORGOTTEN, await athlete_id_of(ada), JobKind.ANALYSE_RUNS)
    await sql.execute("update run set analysis_state = null where athlete = $1", await athlete_id_of(ada))
    await sweeping.sweep(EVERY_S)
    (job,) = await waiting(ada, JobKind.ANALYSE_RUNS)
    assert [item["run"]["id"] for item in job["items"]] == runs


async def test_runs_that_wait_for_their_analysis_are_not_asked_for_again(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete
) -> None:
    await runs_to_analyse(app.state.registry, ada, a_scored_file(0))
    await sweeping.sweep(EVERY_S)
    (job,) = await waiting(ada, JobKind.ANALYSE_RUNS)
    assert len(job["items"]) == 1


async def test_runs_that_a_worker_is_at_are_not_asked_for_again(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete
) -> None:
    await runs_to_analyse(app.state.registry, ada, a_scored_file(0))
    async with Container(app.state.registry) as services:
        analyses = await services.aget(AnalysisRepository)
    (job,) = await waiting(ada, JobKind.ANALYSE_RUNS)
    claim = await analyses.claim(JobId(key_of(job["id"])), UUID(int=1))
    assert claim is not None
    await sweeping.sweep(EVERY_S)
    assert await waiting(ada, JobKind.ANALYSE_RUNS) == []
    await analyses.release(claim)


@pytest.mark.parametrize(("ago_s", "jobs"), [(60, 0), (3660, 1)])
async def test_what_failed_is_tried_again_an_hour_later(
    sweeping: ZoneSweep, ada: Athlete, work: Work, sql: asyncpg.Connection, ago_s: int, jobs: int
) -> None:
    await imported_runs(ada, work, a_scored_file())
    await sql.execute(FAILED, await athlete_id_of(ada), ago_s)
    await sql.execute(ASKED, await athlete_id_of(ada))
    await sweeping.sweep(EVERY_S)
    assert len(await waiting(ada)) == jobs


async def test_two_schedulers_at_once_make_one_job_and_the_segments_are_judged_once(
    sweeping: ZoneSweep, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    athlete_id = await a_year_that_moved_on(ada, settings, sql)
    before = len(await jobs_of(ada, JobKind.COMPUTE_ZONES))
    async with a_registry(settings, {}) as one, a_registry(settings, {}) as two:
        await asyncio.gather(*(sweep_zones_at_start({"registry": registry}) for registry in (one, two)))
        await asyncio.gather(*(sweep_zones({"registry": registry}) for registry in (one, two)))
        await asyncio.gather(work_off(one), work_off(two))
    assert len(await jobs_of(ada, JobKind.COMPUTE_ZONES)) == before + 1
    zoned = "select count(*) from run_change where athlete = $1 and kind = 'ZONED'"
    assert await sql.fetchval(zoned, athlete_id) == 3 + 2


async def test_physiology_without_runs_makes_nothing_to_find(sweeping: ZoneSweep, ada: Athlete) -> None:
    await done(ada, "setPhysiology", {"restingHeartRate": 50})
    await sweeping.sweep(EVERY_S)
    assert await waiting(ada) == await waiting(ada, JobKind.ANALYSE_RUNS) == []


async def test_a_run_that_is_being_deleted_meanwhile_is_left_out_and_the_others_are_found(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    going, staying = await forgotten_runs(app, ada, sql, 2)
    async with meanwhile(settings) as deletion:
        await deletion.sql.execute(DELETE, going)
        found = asyncio.create_task(sweeping.sweep(EVERY_S))
        await eventually(deletion.is_waited_for)
    assert await found
    (job,) = await waiting(ada, JobKind.ANALYSE_RUNS)
    assert [key_of(item["run"]["id"]) for item in job["items"]] == [staying]


async def test_a_sweep_and_an_analysis_at_once_do_not_wait_for_each_other(
    sweeping: ZoneSweep, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    athlete_id = await athlete_id_of(ada)
    await sql.execute(LEGACY_FIRST, athlete_id)
    async with meanwhile(settings) as analysis:
        await analysis.sql.fetchval(HOLD_STATE, athlete_id, "NATIVE")
        found = asyncio.create_task(sweeping.sweep(EVERY_S))
        await eventually(analysis.is_waited_for)
        await analysis.sql.fetchval(HOLD_STATE, athlete_id, "TRAILMETRICS")
    assert await found
    assert [row["asked"] for row in await sql.fetch(STATE, athlete_id)] == [1, 1]
