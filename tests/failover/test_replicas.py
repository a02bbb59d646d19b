"""Queries that a standby answers: never with less than the athlete has changed or seen, and never with an error."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from uuid import UUID

import pytest

from infrastructure.database.connections import UNHEARD_S
from infrastructure.database.engine import Database
from infrastructure.standby.readers import Readers
from infrastructure.standby.server import Standby
from testing_payloads.failover.pair import Pair
from testing_payloads.failover.servers.node import Node
from tests.conftest import eventually

PORT = "select inet_server_port()"
COUNT = "select count(*) from noted"
NOTE = "insert into noted default values"
PATIENCE_S = 20.0
NUMBERS = count(1)


def somebody() -> UUID:
    """Whom nobody has heard of."""
    return UUID(int=next(NUMBERS))


@asynccontextmanager
async def reading(pair: Pair, database: Database) -> AsyncIterator[Readers]:
    """What one process reads with, once the standby answers it."""
    readers = Readers(
        database,
        watching=Database(pair.writer_url, pool_size=1, command_timeout_s=1),
        standby=Standby(pair.reader_url, pool_size=3),
        redis_url=pair.redis_url,
    )
    try:
        await answered_by(pair.standby, readers)
        yield readers
    finally:
        await readers.close()


async def answered_by(node: Node, readers: Readers, athlete: UUID | None = None) -> None:
    """Waits until it is this server that answers the athlete's queries, or else a stranger's."""

    async def answers() -> bool:
        port = await readers.from_anywhere(athlete or somebody(), PORT, ())
        return bool(port == node.port)

    await eventually(answers)


@pytest.fixture
async def database(pair: Pair) -> AsyncIterator[Database]:
    """The writer, with an empty table to note something in."""
    database = Database(pair.writer_url, pool_size=3, patience_s=PATIENCE_S)
    await database.open()
    await database.fetch("drop table if exists noted")
    await database.fetch("create table noted (at timestamptz default now())")
    yield database
    await database.close()


@pytest.fixture
async def readers(pair: Pair, database: Database) -> AsyncIterator[Readers]:
    """One process."""
    async with reading(pair, database) as readers:
        yield readers


@pytest.fixture
def paused(pair: Pair) -> Iterator[Callable[[], None]]:
    """Has the standby replay nothing any more; at the end it goes on."""
    standby = pair.standby

    def pause() -> None:
        standby.sql("select pg_wal_replay_pause()")

    yield pause
    if standby.is_running:
        standby.sql("select pg_wal_replay_resume() where pg_is_in_recovery()")


async def note(database: Database) -> None:
    """Note something."""
    await database.write(lambda connection: connection.execute(NOTE), settles=True)


async def noted(readers: Readers, athlete: UUID) -> int:
    """How often something was noted, as a query of this athlete's tells it."""
    return int(await readers.from_anywhere(athlete, COUNT, ()))


async def test_queries_are_answered_by_the_standby(pair: Pair, readers: Readers) -> None:
    await answered_by(pair.standby, readers)


async def test_what_belongs_to_a_mutation_is_read_from_the_writer(pair: Pair, readers: Readers) -> None:
    assert await readers.from_writer(somebody(), PORT, ()) == pair.writer.port


async def test_an_athlete_sees_their_own_change_at_once(
    readers: Readers, database: Database, paused: Callable[[], None]
) -> None:
    ada = somebody()
    paused()
    for times in range(1, 20):
        async with readers.changing(ada):
            await note(database)
        assert await noted(readers, ada) == times


async def test_while_an_athletes_change_is_under_way_the_writer_answers_them(pair: Pair, readers: Readers) -> None:
    ada = somebody()
    await answered_by(pair.standby, readers, ada)
    async with readers.changing(ada):
        assert await readers.from_anywhere(ada, PORT, ()) == pair.writer.port


async def test_after_their_change_the_standby_answers_them_again(
    pair: Pair, readers: Readers, database: Database
) -> None:
    ada = somebody()
    async with readers.changing(ada):
        await note(database)
    await answered_by(pair.standby, readers, ada)
    assert await noted(readers, ada) == 1


async def test_what_the_writer_showed_is_not_gone_in_the_next_query(
    readers: Readers, database: Database, paused: Callable[[], None]
) -> None:
    bob = somebody()
    paused()
    for times in range(1, 20):
        await note(database)
        assert await readers.from_writer(bob, COUNT, ()) == times
        assert await noted(readers, bob) == times


async def test_after_a_change_in_another_process_the_writer_answers_first(
    pair: Pair, readers: Readers, database: Database
) -> None:
    ada = somebody()
    async with reading(pair, database) as other:
        await answered_by(pair.standby, readers, ada)
        async with other.changing(ada):
            pass
        await answered_by(pair.writer, readers, ada)


async def test_a_standby_that_is_far_behind_is_not_read_from(
    pair: Pair, readers: Readers, database: Database, paused: Callable[[], None]
) -> None:
    paused()
    await note(database)
    await answered_by(pair.writer, readers)
    assert await noted(readers, somebody()) == 1
    pair.standby.sql("select pg_wal_replay_resume()")
    await answered_by(pair.standby, readers)


@pytest.mark.parametrize("lose", [Pair.kill, Pair.freeze])
async def test_a_standby_that_is_lost_costs_no_query(
    pair: Pair, readers: Readers, lose: Callable[[Pair, Node], None]
) -> None:
    standby, writer = pair.standby, pair.writer
    asking = asyncio.create_task(_ask_on(readers))
    lose(pair, standby)
    await answered_by(writer, readers)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    if standby.is_running:
        pair.thaw(standby)
        pair.wait_streaming()
    else:
        pair.rejoin(standby)
    await answered_by(standby, readers)


async def test_without_redis_the_writer_answers_all(pair: Pair, readers: Readers) -> None:
    pair.kill_redis()
    await answered_by(pair.writer, readers)
    pair.start_redis()
    await answered_by(pair.standby, readers)


async def test_through_a_failover_what_an_athlete_sees_only_grows(
    pair: Pair, readers: Readers, database: Database
) -> None:
    old, new, seen = pair.writer, pair.standby, list[int]()
    watching = asyncio.create_task(_watch(readers, seen))
    await note(database)
    await asyncio.to_thread(pair.kill, old)
    await asyncio.to_thread(pair.promote, new)
    await note(database)
    await answered_by(new, readers)
    await asyncio.to_thread(pair.rejoin, old)
    await answered_by(old, readers)
    await note(database)

    async def is_seen() -> bool:
        return bool(seen) and seen[-1] == 3

    await eventually(is_seen)
    watching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await watching
    assert seen == sorted(seen)


async def _ask_on(readers: Readers) -> None:
    while True:
        await asyncio.gather(*(noted(readers, somebody()) for _ in range(3)))


async def _watch(readers: Readers, seen: list[int]) -> None:
    athlete = somebody()
    while True:
        seen.append(await noted(readers, athlete))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is another one")
async def test_the_kernel_hangs_up_on_a_database_that_is_cut_off(database: Database) -> None:
    async with database.connection() as connection:
        wire = connection._transport.get_extra_info("socket")
        asked = (socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert [wire.getsockopt(*option) for option in asked] == [1, 1000 * UNHEARD_S]
