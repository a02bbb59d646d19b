"""Connections kept out of the pool between uses are never too many, never broken, and never kept from who waits."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from infrastructure.database.failures import is_lost
from infrastructure.database.leases import TooBusy
from tests.database.conftest import opened


async def backends(database: object) -> set[int]:
    """The server processes that answer several statements at once."""
    return {await database.fetchval("select pg_backend_pid()") for _ in range(3)}  # type: ignore[attr-defined]


async def test_one_after_the_other_they_are_all_the_same_connection(url: str) -> None:
    async with opened(url, pool_size=3) as database:
        assert len(await backends(database)) == 1


async def test_more_who_ask_than_connections_are_all_served(url: str) -> None:
    async with opened(url, pool_size=2) as database:
        answers = await asyncio.gather(*(database.fetchval("select $1::int", number) for number in range(40)))
    assert answers == list(range(40))


async def test_who_waits_gets_the_connection_that_comes_back_from_a_transaction(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        async with database.transaction() as connection:
            waiting = asyncio.create_task(database.fetchval("select 1"))
            await connection.fetchval("select 2")
        assert await waiting == 1


async def test_what_was_cancelled_leaves_a_connection_that_works(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        slow = asyncio.create_task(database.fetchval("select pg_sleep(600)"))
        while not await _sleeping(url):
            pass
        slow.cancel()
        await asyncio.wait({slow})
        assert slow.cancelled()
        assert await database.fetchval("select 1") == 1
        assert not await _sleeping(url)


async def test_who_is_cancelled_while_waiting_takes_no_connection_along(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        async with database.transaction() as connection:
            waiting = [asyncio.create_task(database.fetchval("select 1")) for _ in range(5)]
            await connection.fetchval("select 2")
            for task in waiting:
                task.cancel()
        await asyncio.wait(waiting)
        assert await database.fetchval("select 3") == 3


async def test_closing_gives_up_what_is_kept(url: str) -> None:
    async with opened(url, pool_size=2) as database:
        (process,) = await backends(database)
    async with opened(url, pool_size=1) as other:
        async with asyncio.timeout(30):
            while await other.fetchval("select exists (select from pg_stat_activity where pid = $1)", process):
                pass


async def _sleeping(url: str) -> bool:
    async with opened(url, pool_size=1) as watching:
        asked = "select exists (select from pg_stat_activity where state = 'active' and query like 'select pg_sleep%')"
        return bool(await watching.fetchval(asked))


async def test_who_waits_too_long_is_told_that_it_is_busy(url: str) -> None:
    async with opened(url, pool_size=1, command_timeout_s=0.05) as database, database.transaction():
        with pytest.raises(TooBusy):
            await database.fetchval("select 1")


async def test_after_an_error_of_one_the_next_who_waits_is_served(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        answers = await asyncio.gather(
            *(database.fetchval("select 1 / $1::int", number) for number in (0, 1, 0, 1)), return_exceptions=True
        )
    assert [answer for answer in answers if not isinstance(answer, Exception)] == [1, 1]


async def test_whoever_asks_in_whatever_order_is_served(url: str) -> None:
    async with opened(url, pool_size=2, command_timeout_s=60) as database:
        leases = database.engine.leases
        assert leases is not None
        served = []

        async def borrow(number: int) -> None:
            for _ in range(number % 5):
                await asyncio.sleep(0)
            connection = await leases.take()
            served.append(number)
            for _ in range(number % 3):
                await asyncio.sleep(0)
            await (leases.give_up if number % 4 == 0 else leases.give)(connection)

        async with asyncio.timeout(60):
            await asyncio.gather(*(borrow(number) for number in range(200)))

        assert sorted(served) == list(range(200))
        assert await database.fetchval("select 1") == 1


async def test_when_the_server_was_lost_connections_of_before_are_used_no_more(url: str) -> None:
    async with opened(url, pool_size=2) as database:
        async with database.transaction() as connection:
            lent = await connection.fetchval("select pg_backend_pid()")
            idle = await database.fetchval("select pg_backend_pid()")
            assert database.engine.leases is not None
            database.engine.leases.expire()
        assert not {lent, idle} & await backends(database)


async def test_connections_that_the_server_has_ended_are_forgotten_like_others(
    url: str, sql: asyncpg.Connection
) -> None:
    async with opened(url, pool_size=2) as database:
        (ended,) = await backends(database)
        assert await sql.fetchval("select pg_terminate_backend($1, 5000)", ended)
        while not is_lost(database.engine.leases._idle[0][1]):  # type: ignore[union-attr]  # noqa: ASYNC110 - asyncpg tells nobody
            await asyncio.sleep(0)
        database.engine.leases.expire()  # type: ignore[union-attr]
        assert ended not in await backends(database)


async def test_connections_that_lie_in_the_pool_are_forgotten_too(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        with suppress(KeyError):
            async with database.transaction() as connection:
                refused = await connection.fetchval("select pg_backend_pid()")
                raise KeyError  # it goes back to the pool, alive
        database.engine.leases.expire()  # type: ignore[union-attr]
        assert refused not in await backends(database)
