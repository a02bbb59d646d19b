"""What is an outage and what is a bug, and that the next query of the same task works again after either."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import NoneType
from typing import Any

import asyncpg
import pytest

from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.database.failures import Collided, TookTooLong
from infrastructure.database.transaction import HealedTransaction
from tests.database.conftest import fallen_asleep, opened

KILL = "select pg_terminate_backend($1, 5000)"


async def kill(sql: asyncpg.Connection, connection: Any) -> None:
    """End a connection from the server's side."""
    assert await sql.fetchval(KILL, await connection.fetchval("select pg_backend_pid()"))


async def killed_inside(database: Database, sql: asyncpg.Connection, then: Callable[[Any], Awaitable[Any]]) -> None:
    """A transaction whose connection dies before `then`."""
    async with database.transaction() as connection:
        await kill(sql, connection)
        await then(connection)


async def refuse(_: Any) -> None:
    raise KeyError


async def do_nothing(_: Any) -> None:
    pass


async def test_a_statement_on_a_dead_connection_is_an_outage_and_the_next_one_works(
    url: str, sql: asyncpg.Connection
) -> None:
    async with opened(url, pool_size=1) as database:
        with pytest.raises(Unavailable):
            await killed_inside(database, sql, lambda connection: connection.execute("select 1"))
        assert await database.fetchval("select 1") == 1
        async with database.transaction() as connection:
            assert await connection.fetchval("select 2") == 2


async def test_a_connection_that_dies_before_the_commit_is_an_outage(url: str, sql: asyncpg.Connection) -> None:
    async with opened(url, pool_size=1) as database:
        with pytest.raises(Unavailable):
            await killed_inside(database, sql, do_nothing)
        async with database.transaction() as connection:
            assert await connection.fetchval("select 2") == 2


async def test_a_connection_that_dies_before_the_rollback_does_not_hide_what_went_wrong(
    url: str, sql: asyncpg.Connection
) -> None:
    async with opened(url, pool_size=1) as database:
        with pytest.raises(KeyError):
            await killed_inside(database, sql, refuse)
        async with database.transaction() as connection:
            assert await connection.fetchval("select 2") == 2


async def test_a_connection_that_dies_in_the_middle_of_a_statement_is_an_outage(
    url: str, sql: asyncpg.Connection
) -> None:
    async with opened(url, pool_size=1) as database:
        pid = await database.fetchval("select pg_backend_pid()")
        sleeping = asyncio.create_task(database.fetchval("select pg_sleep(60)"))
        await fallen_asleep(sql, pid)
        assert await sql.fetchval(KILL, pid)
        with pytest.raises(Unavailable):
            await sleeping
        assert await database.fetchval("select 1") == 1


async def test_idle_connections_that_died_are_replaced(url: str, sql: asyncpg.Connection) -> None:
    async with opened(url, pool_size=1) as database:
        for _ in range(5):
            pid = await database.fetchval("select pg_backend_pid()")
            assert await sql.fetchval(KILL, pid)
            try:
                async with database.transaction() as connection:
                    await connection.execute("select 1")
            except Unavailable:  # nothing had told of its end yet
                pass
            assert await database.fetchval("select 1") == 1


class NeverRollsBack(HealedTransaction):
    async def rollback(self) -> None:
        raise ConnectionResetError


async def test_a_rollback_that_fails_hangs_up_and_does_not_hide_what_went_wrong(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        pid = await database.fetchval("select pg_backend_pid()")
        with pytest.raises(KeyError):
            async with NeverRollsBack(engine=database.engine):
                raise KeyError
        assert await database.fetchval("select pg_backend_pid()") != pid


class NeverBegins(HealedTransaction):
    async def begin(self) -> None:
        raise ConnectionResetError


async def test_a_transaction_that_cannot_begin_gives_its_connection_back(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        for _ in range(2):
            with pytest.raises(Unavailable):
                async with NeverBegins(engine=database.engine):
                    pytest.fail("it never begins")
        assert await database.fetchval("select 1") == 1


async def test_a_statement_that_takes_too_long_is_told_as_that(url: str) -> None:
    async with opened(url, pool_size=1, command_timeout_s=0.05) as database:
        with pytest.raises(TookTooLong):
            await database.fetchval("select pg_sleep(60)")
        assert await database.fetchval("select 1") == 1


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://cairn@127.0.0.1:1/cairn",
        "postgresql://cairn@no-such-host.invalid/cairn",
        "postgresql://cairn@/cairn?host=/no/such/folder",
    ],
)
async def test_a_server_that_is_not_there_is_an_outage(address: str) -> None:
    async with opened(address) as database:
        with pytest.raises(Unavailable) as reading:
            await database.fetchval("select 1")
        with pytest.raises(Unavailable) as writing:
            async with database.transaction():
                pytest.fail("nobody is there")
    assert reading.value.__cause__ is not None
    assert writing.value.__cause__ is not None
    assert "Nothing is wrong with your request" in reading.value.message


async def test_a_database_that_the_server_lacks_is_an_outage_for_clients(url: str) -> None:
    async with opened(url.replace("/cairn?", "/no_such_database?")) as database:
        with pytest.raises(Unavailable) as refused:
            await database.fetchval("select 1")
    assert isinstance(refused.value.__cause__, asyncpg.InvalidCatalogNameError)


async def test_a_standby_is_told_by_the_ping(database: Database, url: str) -> None:
    await database.ping()
    async with opened(f"{url}&default_transaction_read_only=on") as standby:
        with pytest.raises(Unavailable, match="read-only"):
            await standby.ping()


async def test_a_write_to_a_server_that_takes_none_is_an_outage(url: str, sql: asyncpg.Connection) -> None:
    await sql.execute("create table if not exists test_read_only (id int)")
    async with opened(f"{url}&default_transaction_read_only=on") as standby:
        with pytest.raises(Unavailable):
            async with standby.transaction() as connection:
                await connection.execute("delete from test_read_only")


@pytest.mark.parametrize("bug", [FileNotFoundError("a file"), PermissionError("a file"), KeyError("a key")])
async def test_a_bug_inside_the_block_stays_what_it_is(database: Database, bug: Exception) -> None:
    for block in (database.transaction, database.connection):
        with pytest.raises(type(bug)):
            async with block():
                raise bug


async def test_wrong_arguments_are_a_bug(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError):
        await database.fetchval("select $1::int", 1, 2)


async def test_two_statements_at_once_on_one_connection_are_a_bug(database: Database) -> None:
    with pytest.raises(asyncpg.InterfaceError):
        async with database.transaction() as connection:
            await asyncio.gather(connection.execute("select pg_sleep(0.2)"), connection.execute("select 1"))
    assert await database.fetchval("select 1") == 1


async def test_a_malformed_address_is_a_bug() -> None:
    async with opened("postgresql://cairn@localhost/cairn?sslmode=no-such-mode") as database:
        with pytest.raises(asyncpg.ClientConfigurationError):
            await database.fetchval("select 1")


async def test_of_two_transactions_that_wait_for_each_other_one_may_be_sent_again(
    database: Database, sql: asyncpg.Connection
) -> None:
    await sql.execute("drop table if exists test_pair")
    await sql.execute("create table test_pair as select generate_series(1, 2) as id")
    both_hold = asyncio.Barrier(2)

    async def lock(first: int, second: int) -> None:
        async with database.transaction() as connection:
            await connection.execute("select from test_pair where id = $1 for update", first)
            await both_hold.wait()
            await connection.execute("select from test_pair where id = $1 for update", second)

    ends = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    assert {type(end) for end in ends} == {Collided, NoneType}
    assert await database.fetchval("select 1") == 1


async def test_a_transaction_of_which_an_error_was_passed_over_is_not_told_as_stored(url: str) -> None:
    async def pass_over(connection: asyncpg.Connection) -> None:
        with suppress(asyncpg.UndefinedTableError):
            await connection.execute("select from no_such_table")

    async with opened(url, pool_size=1) as database:
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            await database.write(pass_over)
        assert await database.fetchval("select 1") == 1


async def test_a_connection_that_lost_its_statements_is_replaced_and_the_others_stay(url: str) -> None:
    async with opened(url, pool_size=2, patience_s=20) as database:
        async with database.transaction() as held:
            kept = await held.fetchval("select pg_backend_pid()")
            spoilt = await database.fetchval("select pg_backend_pid()")
            await database.read(lambda connection: connection.execute("deallocate all"))
            other = await database.fetchval("select pg_backend_pid()")
            assert spoilt != other
        assert database.outages == 0
        assert kept == await database.fetchval("select pg_backend_pid()")
