"""The pool and its transactions, while the server is well and while it is not."""

import asyncio
from collections import Counter

import asyncpg
import pytest
from piccolo.columns import Text
from piccolo.table import Table

from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from tests.database.conftest import fallen_asleep, opened

MY_PID = "select pg_backend_pid()"


class Refused(Exception):
    """What a repository's caller may raise inside a transaction."""


@pytest.fixture
async def notes(sql: asyncpg.Connection) -> str:
    """An empty table with one column."""
    await sql.execute("drop table if exists test_note")
    await sql.execute("create table test_note (word text)")
    return "test_note"


class NoteRow(Table, tablename="test_note"):
    word = Text()


async def write_and_refuse(connection: asyncpg.Connection) -> None:
    await connection.execute("insert into test_note values ('lost')")
    raise Refused


async def words(sql: asyncpg.Connection) -> list[str]:
    return [row["word"] for row in await sql.fetch("select word from test_note order by word")]


async def test_opening_connects_to_nobody() -> None:
    async with opened("postgresql://nobody@127.0.0.1:1/nothing") as database:
        with pytest.raises(Unavailable):
            await database.fetchval("select 1")


async def test_what_ends_well_is_stored(database: Database, notes: str, sql: asyncpg.Connection) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into test_note values ('kept')")
    assert await words(sql) == ["kept"]


async def test_what_is_refused_is_rolled_back_and_told(database: Database, notes: str, sql: asyncpg.Connection) -> None:
    with pytest.raises(Refused):
        async with database.transaction() as connection:
            await write_and_refuse(connection)
    assert await words(sql) == []


async def test_a_transaction_within_a_transaction_is_part_of_it(
    database: Database, notes: str, sql: asyncpg.Connection
) -> None:
    async def act() -> None:
        async with database.transaction() as outer:
            async with database.transaction() as inner:
                await inner.execute("insert into test_note values ('lost too')")
            await write_and_refuse(outer)

    with pytest.raises(Refused):
        await act()
    assert await words(sql) == []


async def test_transactions_of_one_gather_are_independent(
    database: Database, notes: str, sql: asyncpg.Connection
) -> None:
    together = asyncio.Barrier(3)

    async def write(word: str, *, refused: bool) -> int:
        async with database.transaction() as connection:
            await connection.execute("insert into test_note values ($1)", word)
            await together.wait()
            if refused:
                raise Refused
            pid: int = await connection.fetchval(MY_PID)
            return pid

    ends = await asyncio.gather(
        write("a", refused=False), write("b", refused=True), write("c", refused=False), return_exceptions=True
    )
    assert [type(end) for end in ends] == [int, Refused, int]
    assert ends[0] != ends[2]
    assert await words(sql) == ["a", "c"]


async def test_piccolos_queries_take_part_in_the_transaction_around_them(database: Database, notes: str) -> None:
    NoteRow._meta.db = database.engine
    async with database.transaction() as connection:
        (row,) = await NoteRow.raw(MY_PID)
        assert row["pg_backend_pid"] == await connection.fetchval(MY_PID)


async def test_no_more_connections_are_used_than_the_pool_has(url: str) -> None:
    async with opened(url, pool_size=2) as database:
        pids = await asyncio.gather(*(database.fetchval(f"{MY_PID} from pg_sleep(0.01)") for _ in range(12)))
    assert len(set(pids)) == 2


async def test_a_cancelled_transaction_gives_its_connection_back(url: str, notes: str, sql: asyncpg.Connection) -> None:
    async with opened(url, pool_size=1) as database:
        pid = await database.fetchval(MY_PID)

        async def hang() -> None:
            async with database.transaction() as connection:
                await connection.execute("insert into test_note values ('lost')")
                await connection.execute("select pg_sleep(60)")

        task = asyncio.create_task(hang())
        await fallen_asleep(sql, pid)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await database.fetchval(MY_PID) == pid
    assert await words(sql) == []


async def test_a_transaction_that_is_under_way_at_the_close_comes_to_its_end(
    url: str, notes: str, sql: asyncpg.Connection
) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()
    async with opened(url) as database:

        async def write() -> None:
            async with database.transaction() as connection:
                inside.set()
                await go_on.wait()
                await connection.execute("insert into test_note values ('kept')")

        writing = asyncio.create_task(write())
        await inside.wait()
        closing = asyncio.create_task(database.close())
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.gather(writing, closing)
        with pytest.raises(Unavailable):
            await database.fetchval("select 1")
    assert await words(sql) == ["kept"]


async def test_a_failed_statement_leaves_its_connection_good_for_the_next(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        for _ in range(3):
            with pytest.raises(asyncpg.UndefinedColumnError):
                await database.fetchval("select no_such_column")
        assert await database.fetchval("select 1") == 1


async def test_a_constraint_that_is_checked_at_the_end_is_told_and_rolls_back(
    database: Database, sql: asyncpg.Connection
) -> None:
    await sql.execute("drop table if exists test_late")
    await sql.execute("create table test_late (word text unique deferrable initially deferred)")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with database.transaction() as connection:
            await connection.execute("insert into test_late values ('a'), ('a')")
    async with database.transaction() as connection:
        assert await connection.fetchval("select count(*) from test_late") == 0


async def test_a_connection_is_used_again_and_again(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        pids: Counter[int] = Counter()
        for _ in range(5):
            pids[await database.fetchval(MY_PID)] += 1
            async with database.transaction() as connection:
                pids[await connection.fetchval(MY_PID)] += 1
    assert list(pids.values()) == [10]
