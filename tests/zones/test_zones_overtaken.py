"""Runs that go or change while a worker has their zones in hand: what it stores is not the last word."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from configuration.settings import Settings
from domain.analysis.ports import AnalysisRepository
from domain.operations.model import Claim, JobId, JobKind
from domain.zones.athlete_zones import zones_of
from domain.zones.model import ZoneMethod
from domain.zones.ports import ZoneRepository
from infrastructure.machine.clock import SystemClock
from tests.conftest import WORK, Athlete, eventually
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.analyses import taken, understood
from tests.factories.imports import Work, imported, key_of, undone
from tests.factories.meanwhile import Meanwhile, meanwhile
from tests.factories.plan_requests import done
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import (
    assert_same_zones,
    jobs_of,
    runs_to_analyse,
    stored_zones,
    zones_from_nothing,
)

STATE = "select asked, answered, anew from zone_state where athlete = $1"
MAY_BEGIN = "update job set not_before = '-infinity' where athlete = $1"


@pytest.fixture
async def athlete_id(ada: Athlete) -> UUID:
    return await athlete_id_of(ada)


@pytest.fixture
async def zones(app: Starlette) -> ZoneRepository:
    async with Container(app.state.registry) as services:
        return await services.aget(ZoneRepository)


async def zoning(app: Starlette, zones: ZoneRepository, ada: Athlete, sql: asyncpg.Connection) -> tuple[Claim, Any]:
    """The runs that wait are analysed; a worker has read them for their first zones, and stored nothing yet."""
    (analysis,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    await WORK[JobKind.ANALYSE_RUNS]({"registry": app.state.registry}, str(key_of(analysis["id"])))
    await sql.execute(MAY_BEGIN, await athlete_id_of(ada))
    (job,) = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    claim = await zones.claim(JobId(key_of(job["id"])), UUID(int=7))
    assert claim is not None
    await zones.due(claim, SystemClock().now())
    return claim, await zones.history(claim, ZoneMethod.NATIVE)


async def test_a_run_deleted_while_its_first_zones_are_computed_is_no_part_of_them_in_the_end(
    app: Starlette, ada: Athlete, work: Work, sql: asyncpg.Connection, athlete_id: UUID, zones: Any
) -> None:
    runs = await runs_to_analyse(app.state.registry, ada, *(a_scored_file(nth) for nth in range(3)))
    claim, history = await zoning(app, zones, ada, sql)
    await done(ada, "deleteRun", {"id": runs[2]})
    await zones.store(claim, zones_of(history, SystemClock().now()))
    await zones.finish(claim, 0)
    await work()
    stored = await stored_zones(sql, athlete_id)
    assert stored.keys() == {key_of(run) for run in runs[:2]}
    assert_same_zones(stored, await zones_from_nothing(zones, athlete_id))


@asynccontextmanager
async def being_zoned(settings: Settings, sql: asyncpg.Connection, run: UUID) -> AsyncIterator[Meanwhile]:
    """A run whose zones are stored, and not committed before the end of the block: as a worker does it."""
    row = await sql.fetchrow("delete from run_zone where run = $1 returning *", run)
    places = ", ".join(f"${at + 1}" for at in range(len(row)))
    async with meanwhile(settings) as storing:
        await storing.sql.fetchval("select id from run where id = $1 for key share", run)
        yield storing
        await storing.sql.execute(f"insert into run_zone values ({places})", *row.values())


@pytest.mark.parametrize("undo", [False, True], ids=["deleted", "import undone"])
async def test_who_takes_a_run_out_waits_for_its_zones_that_are_being_stored_and_sees_them(
    ada: Athlete, work: Work, settings: Settings, sql: asyncpg.Connection, athlete_id: UUID, undo: bool
) -> None:
    job = await imported(ada, work, a_scored_file())
    run = job["items"][0]["run"]["id"]
    async with being_zoned(settings, sql, key_of(run)) as storing:
        going = asyncio.create_task(undone(ada, job["id"]) if undo else done(ada, "deleteRun", {"id": run}))
        await eventually(storing.is_waited_for)
    assert (await going)["userErrors"] == []
    asked, answered, anew = await sql.fetchrow(STATE, athlete_id)
    assert asked == anew == answered + 1


async def test_an_analysis_waits_for_the_zones_of_its_run_that_are_being_stored_and_sees_them(
    app: Starlette, ada: Athlete, work: Work, settings: Settings, sql: asyncpg.Connection, athlete_id: UUID
) -> None:
    (item,) = (await imported(ada, work, a_scored_file()))["items"]
    async with Container(app.state.registry) as services:
        analyses = await services.aget(AnalysisRepository)
    await done(ada, "setPhysiology", {"validFrom": "2026-01-01", "restingHeartRate": 55})
    job, *_ = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    claim, again = await taken(analyses, JobId(key_of(job["id"])))
    async with being_zoned(settings, sql, key_of(item["run"]["id"])) as storing:
        analysing = asyncio.create_task(analyses.store(claim, again, understood(again)))
        await eventually(storing.is_waited_for)
    await analysing
    _, answered, anew = await sql.fetchrow(STATE, athlete_id)
    assert anew > answered
    await analyses.finish(claim)
