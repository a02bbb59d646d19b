"""What follows from a change is asked for in its transaction: for what is left, in one order, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from configuration.settings import Settings
from domain.operations.model import JobKind
from domain.zones.ports import ZoneRepository
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds
from infrastructure.operations.follow_ups import Compared, ask_for_zones, ask_for_zones_anew, request_analysis
from tests.conftest import Athlete, eventually
from tests.factories.analysed_runs import a_run, athlete_id_of
from tests.factories.imports import Work, imported, key_of, undone
from tests.factories.meanwhile import meanwhile
from tests.factories.plan_requests import done
from tests.factories.scored_runs import a_file_without_heart_rate, a_scored_file
from tests.factories.understood_runs import (
    imported_runs,
    jobs_of,
    runs_to_analyse,
)

STATES = "select method, asked, answered, anew from zone_state where athlete = $1 order by method"
LEGACY_FIRST = "insert into zone_state (athlete, method) values ($1, 'TRAILMETRICS'), ($1, 'NATIVE')"
AS_THEY_LIE = "set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off"
HOLD_STATE = "select asked from zone_state where athlete = $1 and method = $2 for update"
ITEMS = "select run from job_item where job = $1 order by ordinal"
LOCK = "select id from run where id = $1 for no key update"
DELETE = "delete from run where id = $1"
MAY_BEGIN = "update job set not_before = '-infinity' where athlete = $1"
SHORT = {"minutes": 20}
ANEW = Compared(zoned_by=("NATIVE", "TRAILMETRICS"), comparable_by=())
IDS = SortedIds(SystemClock())


@pytest.fixture
async def athlete_id(ada: Athlete) -> UUID:
    return await athlete_id_of(ada)


@pytest.fixture
async def zones(app: Starlette) -> ZoneRepository:
    async with Container(app.state.registry) as services:
        return await services.aget(ZoneRepository)


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """One more connection, in a transaction that is committed if it went well."""
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            yield connection
    finally:
        await connection.close()


async def states(sql: asyncpg.Connection, athlete_id: UUID) -> dict[str, tuple[int, int, int]]:
    return {method: tuple(counts) for method, *counts in await sql.fetch(STATES, athlete_id)}


async def test_a_run_that_is_being_deleted_is_left_out_of_what_is_analysed(
    settings: Settings, sql: asyncpg.Connection, other: asyncpg.Connection, athlete_id: UUID
) -> None:
    going, staying = [await a_run(sql, athlete_id, analysis_state="DONE") for _ in range(2)]
    async with meanwhile(settings) as deletion:
        await deletion.sql.execute(DELETE, going)
        asking = asyncio.create_task(request_analysis(other, athlete_id, [going, staying], IDS))
        await eventually(deletion.is_waited_for)
    job_id = await asking
    assert [row["run"] for row in await other.fetch(ITEMS, job_id)] == [staying]


async def test_where_no_run_is_left_no_job_is_made(
    settings: Settings, sql: asyncpg.Connection, other: asyncpg.Connection, athlete_id: UUID
) -> None:
    run = await a_run(sql, athlete_id, analysis_state="DONE")
    async with meanwhile(settings) as deletion:
        await deletion.sql.execute(DELETE, run)
        asking = asyncio.create_task(request_analysis(other, athlete_id, [run], IDS))
        await eventually(deletion.is_waited_for)
    assert await asking is None
    assert await other.fetchval("select count(*) from job where athlete = $1", athlete_id) == 0


async def test_figures_set_while_a_run_is_being_deleted_are_kept(
    app: Starlette, ada: Athlete, settings: Settings
) -> None:
    (run,) = await runs_to_analyse(app.state.registry, ada, a_scored_file(**SHORT))
    async with meanwhile(settings) as deletion:
        await deletion.sql.execute(DELETE, key_of(run))
        figures = {"validFrom": "2026-01-01", "restingHeartRate": 50}
        setting = asyncio.create_task(done(ada, "setPhysiology", figures, "physiology { restingHeartRate }"))
        await eventually(deletion.is_waited_for)
    assert (await setting)["physiology"] == {"restingHeartRate": 50}


async def test_two_who_ask_for_all_methods_at_once_do_not_wait_for_each_other(
    settings: Settings, sql: asyncpg.Connection, other: asyncpg.Connection, athlete_id: UUID
) -> None:
    await sql.execute(LEGACY_FIRST, athlete_id)
    await other.execute(AS_THEY_LIE)
    async with meanwhile(settings) as one:
        await one.sql.fetchval(HOLD_STATE, athlete_id, "NATIVE")
        anew = asyncio.create_task(ask_for_zones_anew(other, athlete_id, ANEW))
        await eventually(one.is_waited_for)
        await ask_for_zones(one.sql, athlete_id)
    assert await anew
    assert await states(other, athlete_id) == {"NATIVE": (2, 0, 2), "TRAILMETRICS": (2, 0, 2)}


async def test_asking_for_a_run_that_is_not_scored_keeps_to_the_order_of_the_others(
    settings: Settings, sql: asyncpg.Connection, other: asyncpg.Connection, athlete_id: UUID
) -> None:
    await sql.execute(LEGACY_FIRST, athlete_id)

    async def unscored_then_anew() -> None:
        await ask_for_zones(other, athlete_id, scored=False)
        await ask_for_zones_anew(other, athlete_id, ANEW)

    async with meanwhile(settings) as one:
        await one.sql.fetchval(HOLD_STATE, athlete_id, "NATIVE")
        asking = asyncio.create_task(unscored_then_anew())
        await eventually(one.is_waited_for)
        await one.sql.fetchval(HOLD_STATE, athlete_id, "TRAILMETRICS")
    await asking
    assert await states(other, athlete_id) == {"NATIVE": (1, 0, 1), "TRAILMETRICS": (2, 0, 2)}


async def taken_out(athlete: Athlete, job: dict[str, Any], *, undo: bool) -> None:
    """The run that an import made goes, alone or with the import."""
    if undo:
        assert (await undone(athlete, job["id"]))["userErrors"] == []
    else:
        await done(athlete, "deleteRun", {"id": job["items"][0]["run"]["id"]})


@pytest.mark.parametrize("undo", [False, True], ids=["deleted", "import undone"])
async def test_a_run_that_was_never_zoned_changes_nobodys_zones(
    ada: Athlete, work: Work, sql: asyncpg.Connection, athlete_id: UUID, undo: bool
) -> None:
    await imported_runs(ada, work, a_scored_file(0))
    job = await imported(ada, work, a_file_without_heart_rate(1))
    before, jobs = await states(sql, athlete_id), await jobs_of(ada, JobKind.COMPUTE_ZONES)
    await taken_out(ada, job, undo=undo)
    assert await states(sql, athlete_id) == before
    assert await jobs_of(ada, JobKind.COMPUTE_ZONES) == jobs


@pytest.mark.parametrize("undo", [False, True], ids=["deleted", "import undone"])
async def test_a_run_that_goes_is_taken_out_of_the_zones_that_it_is_in(
    ada: Athlete, work: Work, sql: asyncpg.Connection, athlete_id: UUID, undo: bool
) -> None:
    await imported_runs(ada, work, a_scored_file(0))
    job = await imported(ada, work, a_file_without_heart_rate(1))
    await done(ada, "recomputeZones", {"method": "TRAILMETRICS"})
    await work()
    native = (await states(sql, athlete_id))["NATIVE"]
    await taken_out(ada, job, undo=undo)
    after = await states(sql, athlete_id)
    asked, answered, anew = after["TRAILMETRICS"]
    assert after["NATIVE"] == native
    assert asked == anew == answered + 1
    newest, *_ = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    assert newest["status"] == "QUEUED"


async def test_an_import_is_undone_in_the_order_in_which_others_lock_its_runs(
    ada: Athlete, work: Work, settings: Settings, sql: asyncpg.Connection
) -> None:
    job = await imported(ada, work, *(a_file_without_heart_rate(nth) for nth in range(2)))
    first, second = sorted(key_of(item["run"]["id"]) for item in job["items"])
    await sql.execute(
        "update job_item set run = case run when $1 then $2::uuid else $1 end where run in ($1, $2)", first, second
    )
    async with meanwhile(settings) as other:
        await other.sql.fetchval(LOCK, first)
        undoing = asyncio.create_task(undone(ada, job["id"]))
        await eventually(other.is_waited_for)
        assert await other.sql.fetchval(f"{LOCK} nowait", second) == second
    assert (await undoing)["userErrors"] == []
