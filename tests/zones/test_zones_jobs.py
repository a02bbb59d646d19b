"""Zones are worked out once for one cause, by one worker, and an athlete's trouble is nobody else's."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs
from svcs import Container

from configuration.settings import Settings
from domain.operations.model import Claim, JobId, JobKind, LeaseLost
from domain.zones.athlete_zones import zones_of
from domain.zones.kept import ZoneHistory
from domain.zones.model import ZoneMethod
from domain.zones.ports import ZoneRepository
from infrastructure.database.engine import Database
from infrastructure.machine.clock import SystemClock
from infrastructure.operations.leased_jobs import MAX_MISTAKES, MISTAKE
from infrastructure.zones.repository import PostgresZoneRepository
from tests.conftest import WORK, Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import (
    a_registry,
    assert_same_zones,
    imported_runs,
    jobs_of,
    runs_to_analyse,
    stored_zones,
    work_off,
    zones_from_nothing,
)

RECOMPUTE = "mutation { recomputeZones(input: {}) { job { id status } userErrors { code } } }"
EXPIRE = "update job set lease_until = now() - interval '1 second' where id = $1"
PASS = "update job set not_before = '-infinity' where $1 in (id, athlete)"
JUDGED = "select sum(done) from job where athlete = $1 and kind = 'COMPUTE_ZONES'"
SCORED = "select count(*) from segment where athlete = $1 and efficiency is not null"
ZONED = "select count(*) from run_change where athlete = $1 and kind = 'ZONED'"
BUG = "bug"


class BrokenZones(PostgresZoneRepository):
    """The ZoneRepository port with a mistake in it for one athlete."""

    def __init__(self, database: Database, athlete_id: UUID) -> None:
        super().__init__(database)
        self._athlete_id = athlete_id

    async def history(self, claim: Claim, method: ZoneMethod) -> ZoneHistory:
        if claim.athlete_id == self._athlete_id:
            raise ZeroDivisionError
        return await super().history(claim, method)


@pytest.fixture
async def database(app: Starlette) -> Database:
    """What repositories stand on."""
    async with Container(app.state.registry) as services:
        return await services.aget(Database)


@pytest.fixture
async def zones(database: Database) -> PostgresZoneRepository:
    """The repository that workers use."""
    return PostgresZoneRepository(database)


async def runs_to_zone(app: Starlette, athlete: Athlete, *files: tuple[str, bytes]) -> JobId:
    """The job that will judge these runs: they are analysed, and nothing more yet."""
    await runs_to_analyse(app.state.registry, athlete, *files)
    analysis = (await jobs_of(athlete, JobKind.ANALYSE_RUNS))[0]
    await WORK[JobKind.ANALYSE_RUNS]({"registry": app.state.registry}, str(key_of(analysis["id"])))
    job = (await jobs_of(athlete, JobKind.COMPUTE_ZONES))[0]
    assert job["status"] == "QUEUED"
    return JobId(key_of(job["id"]))


async def taken(zones: ZoneRepository, sql: asyncpg.Connection, job_id: JobId, worker: int = 1) -> Claim:
    await sql.execute(PASS, job_id)
    claim = await zones.claim(job_id, UUID(int=worker))
    assert claim is not None
    return claim


async def test_zones_of_one_athlete_that_break_are_given_up_and_those_of_another_are_there_meanwhile(
    app: Starlette, ada: Athlete, bob: Athlete, settings: Settings, database: Database, sql: asyncpg.Connection
) -> None:
    await runs_to_zone(app, ada, a_scored_file())
    await runs_to_zone(app, bob, a_scored_file())
    athlete_id, bugs = await athlete_id_of(ada), 0
    async with a_registry(settings, {ZoneRepository: BrokenZones(database, athlete_id)}) as worker:
        for _ in range(MAX_MISTAKES):
            with capture_logs() as logs:
                await work_off(worker)
            bugs += len([line for line in logs if line["event"] == BUG])
            assert await stored_zones(sql, await athlete_id_of(bob))
            await sql.execute(PASS, athlete_id)
    (job,) = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    assert (bugs, job["status"], job["error"]) == (MAX_MISTAKES, "FAILED", MISTAKE)
    assert not await stored_zones(sql, athlete_id)


async def test_zones_that_failed_come_with_the_next_run(
    app: Starlette, ada: Athlete, settings: Settings, database: Database, sql: asyncpg.Connection, work: Work
) -> None:
    await runs_to_zone(app, ada, a_scored_file(0))
    athlete_id = await athlete_id_of(ada)
    async with a_registry(settings, {ZoneRepository: BrokenZones(database, athlete_id)}) as worker:
        for _ in range(MAX_MISTAKES):
            with capture_logs():
                await work_off(worker)
            await sql.execute(PASS, athlete_id)
    await imported_runs(ada, work, a_scored_file(1))
    assert len(await stored_zones(sql, athlete_id)) == 2


async def test_zones_that_kill_every_worker_are_given_up(
    app: Starlette, ada: Athlete, sql: asyncpg.Connection, zones: PostgresZoneRepository, work: Work
) -> None:
    job_id = await runs_to_zone(app, ada, a_scored_file())
    for worker in range(MAX_MISTAKES):
        await taken(zones, sql, job_id, worker)
        await sql.execute(EXPIRE, job_id)
    with capture_logs() as logs:
        await work()
    (job,) = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    assert job["status"] == "FAILED"
    assert [line["job"] for line in logs if line["event"] == BUG] == [str(job_id)]


async def test_a_worker_that_lost_its_lease_stores_no_zones(
    app: Starlette, ada: Athlete, sql: asyncpg.Connection, zones: PostgresZoneRepository
) -> None:
    lost = await taken(zones, sql, await runs_to_zone(app, ada, a_scored_file()))
    told = zones_of(await zones.history(lost, ZoneMethod.NATIVE), SystemClock().now())
    await sql.execute(EXPIRE, lost.job_id)
    await taken(zones, sql, lost.job_id, 2)
    for act in (zones.due(lost, told.as_of), zones.store(lost, told), zones.finish(lost, 1)):
        with pytest.raises(LeaseLost):
            await act
    assert not await stored_zones(sql, lost.athlete_id)
    assert await sql.fetchval(ZONED, lost.athlete_id) == 0


async def test_many_workers_judge_each_segment_once(
    app: Starlette, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    await runs_to_zone(app, ada, a_scored_file(0), a_scored_file(1), a_scored_file(2))
    async with a_registry(settings, {}) as one, a_registry(settings, {}) as two:
        await asyncio.gather(work_off(one), work_off(two), work_off(app.state.registry))
    athlete_id = await athlete_id_of(ada)
    assert await sql.fetchval(JUDGED, athlete_id) == await sql.fetchval(SCORED, athlete_id)
    assert await sql.fetchval(ZONED, athlete_id) == 3


async def test_runs_that_come_while_zones_are_computed_are_in_the_next(
    app: Starlette, ada: Athlete, sql: asyncpg.Connection, zones: PostgresZoneRepository, work: Work
) -> None:
    claim = await taken(zones, sql, await runs_to_zone(app, ada, a_scored_file(0)))
    told = zones_of(await zones.history(claim, ZoneMethod.NATIVE), SystemClock().now())
    await imported_runs(ada, work, a_scored_file(1))
    assert not await stored_zones(sql, claim.athlete_id)
    await zones.store(claim, told)
    await zones.finish(claim, told.judged)
    await work()
    stored = await stored_zones(sql, claim.athlete_id)
    assert len(stored) == 2
    assert_same_zones(stored, await zones_from_nothing(zones, claim.athlete_id))


async def test_zones_told_of_a_run_that_was_deleted_meanwhile_are_told_anew_without_it(
    app: Starlette, ada: Athlete, sql: asyncpg.Connection, zones: PostgresZoneRepository, work: Work
) -> None:
    runs = await imported_runs(ada, work, a_scored_file(0))
    claim = await taken(zones, sql, await runs_to_zone(app, ada, a_scored_file(1)))
    told = zones_of(await zones.history(claim, ZoneMethod.NATIVE), SystemClock().now())
    await ada.get("mutation($input: RunIdInput!) { deleteRun(input: $input) { deletedId } }", input={"id": runs[0]})
    await zones.store(claim, told)
    assert key_of(runs[0]) not in await stored_zones(sql, claim.athlete_id)
    await zones.finish(claim, told.judged)
    await work()
    stored = await stored_zones(sql, claim.athlete_id)
    assert len(stored) == 1
    assert_same_zones(stored, await zones_from_nothing(zones, claim.athlete_id))


async def test_what_comes_within_two_seconds_is_judged_together(
    app: Starlette, ada: Athlete, sql: asyncpg.Connection
) -> None:
    jobs = {await runs_to_zone(app, ada, a_scored_file(nth)) for nth in range(3)}
    assert len(jobs) == 1
    pause = (
        "select extract(epoch from not_before - created_at)::float8 from job where athlete = $1 and status = 'QUEUED'"
    )
    assert await sql.fetchval(pause, await athlete_id_of(ada)) == 2


async def test_a_recomputing_that_waits_serves_whoever_asks_again(ada: Athlete, work: Work) -> None:
    await imported_runs(ada, work, a_scored_file())
    asked = [(await ada.get(RECOMPUTE))["recomputeZones"]["job"] for _ in range(2)]
    assert asked[0]["id"] == asked[1]["id"]
