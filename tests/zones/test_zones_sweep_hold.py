"""Of all workers one does the sweep, holds it while it works, and lets go of its own hold alone."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs
from svcs import Container

from app.zones.jobs import sweep_zones_at_start
from configuration.settings import Settings
from domain.operations.model import JobKind
from domain.zones.ports import ZoneSweep
from infrastructure.database.engine import Database
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds
from infrastructure.operations.sweep_lease import HOLD
from infrastructure.zones.sweep import PostgresZoneSweep
from tests.conftest import Athlete, eventually
from tests.factories.meanwhile import meanwhile
from tests.factories.sweeps import EVERY_S, forgotten_runs, waiting
from tests.factories.understood_runs import a_registry

BEGUN = "update sweep set begun_at = now() - make_interval(secs => $1)"
HELD = "update sweep set held_until = now() + make_interval(secs => $1)"
IS_HELD = "select held_until > now() from sweep"


class IdsThatEnd(SortedIds):
    """The Ids port, which has one and then no more."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self._left = 1

    def new(self) -> UUID:
        self._left -= 1
        if self._left < 0:
            raise ZeroDivisionError
        return super().new()


async def test_of_many_sweeps_at_once_one_is_done(sweeping: ZoneSweep) -> None:
    found = await asyncio.gather(*(sweeping.sweep(EVERY_S) for _ in range(6)))
    assert len([answer for answer in found if answer is not None]) == 1


async def test_a_sweep_is_not_repeated_before_its_time(sweeping: ZoneSweep, sql: asyncpg.Connection) -> None:
    assert await sweeping.sweep(EVERY_S) is not None
    assert await sweeping.sweep(EVERY_S) is None
    await sql.execute(BEGUN, EVERY_S + 1)
    assert await sweeping.sweep(EVERY_S) is not None


async def test_a_sweep_whose_worker_died_is_left_to_it_for_a_while_and_then_taken_over(
    sweeping: ZoneSweep, sql: asyncpg.Connection
) -> None:
    await sweeping.sweep(EVERY_S)
    await sql.execute(BEGUN, EVERY_S + 1)
    await sql.execute(HELD, 60)
    assert await sweeping.sweep(EVERY_S) is None
    await sql.execute(HELD, -1)
    assert await sweeping.sweep(EVERY_S) is not None


async def test_a_sweep_holds_on_while_it_works(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    (run,) = await forgotten_runs(app, ada, sql)
    async with meanwhile(settings) as slow:
        await slow.sql.fetchval("select id from run where id = $1 for update", run)
        found = asyncio.create_task(sweeping.sweep(EVERY_S))
        await eventually(slow.is_waited_for)
        assert await sql.fetchval("select held_until - begun_at > $1 from sweep", HOLD), "renewed since it began"
    assert await found


async def test_a_sweep_that_was_taken_over_leaves_the_hold_to_the_other(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    (run,) = await forgotten_runs(app, ada, sql)
    async with meanwhile(settings) as slow:
        await slow.sql.fetchval("select id from run where id = $1 for update", run)
        found = asyncio.create_task(sweeping.sweep(EVERY_S))
        await eventually(slow.is_waited_for)
        await sql.execute("update sweep set held_by = $1, held_until = now() + interval '1 minute'", UUID(int=1))
    await found
    assert await sql.fetchval(IS_HELD)


async def test_a_sweep_that_was_taken_over_leaves_the_rest_to_the_other(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, bob: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    runs = [*await forgotten_runs(app, ada, sql), *await forgotten_runs(app, bob, sql)]
    async with meanwhile(settings) as slow:
        await slow.sql.fetch("select id from run where id = any($1) for update", runs)
        found = asyncio.create_task(sweeping.sweep(EVERY_S))
        await eventually(slow.is_waited_for)
        await sql.execute("update sweep set held_by = $1", UUID(int=1))
    await found
    made = [len(await waiting(athlete, JobKind.ANALYSE_RUNS)) for athlete in (ada, bob)]
    assert sorted(made) == [0, 1]


async def test_a_sweep_that_went_wrong_is_let_go_of(
    sweeping: ZoneSweep, app: Starlette, ada: Athlete, sql: asyncpg.Connection
) -> None:
    await forgotten_runs(app, ada, sql)
    async with Container(app.state.registry) as services:
        broken = PostgresZoneSweep(await services.aget(Database), IdsThatEnd())
    with pytest.raises(ZeroDivisionError):
        await broken.sweep(EVERY_S)
    assert await sql.fetchval(IS_HELD) is False
    assert await sweeping.sweep(0) is not None


async def test_a_worker_starts_though_its_sweep_goes_wrong(settings: Settings) -> None:
    class Broken:
        async def sweep(self, every_s: float) -> int | None:
            raise ZeroDivisionError

    with capture_logs() as logs:
        async with a_registry(settings, {ZoneSweep: Broken()}) as registry:
            await sweep_zones_at_start({"registry": registry})
    assert [(line["event"], line["sweep"]) for line in logs] == [("bug", "zones")]
