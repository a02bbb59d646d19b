"""Whatever stands in Redis holds up no other topic, and another installation's events are not taken for ours."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from configuration.settings import Settings
from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.events.going import Going
from infrastructure.events.installation import installation_of
from infrastructure.events.stream_reader import StreamReader
from infrastructure.events.stream_writer import AT_ONCE
from tests.factories.redis_servers import RedisServer, a_redis_server
from tests.factories.wires import AWire, a_batch, a_topic_id, heard, heard_batch, wires


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with a_redis_server() as server:
        yield server


@pytest.fixture
async def a_wire(server: RedisServer) -> AsyncIterator[AWire]:
    async with wires(server.url) as make:
        yield make


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    """What anybody who reaches it may write into."""
    client = Redis.from_url(server.url)
    yield client
    await client.aclose()


async def test_an_entry_that_is_garbage_is_looked_up_and_reading_goes_on(a_wire: AWire, redis: Redis) -> None:
    topic_id = a_topic_id()
    async with a_wire().follow(topic_id) as told:
        await heard(told)
        garbage = b"\x92\xc4\x10" + topic_id.bytes + b"\x91\x96\xa1\xff\x01\xa1a\xa1a\xa1a\xa1a"
        await redis.xadd(f"cairn:feed:ours:{topic_id}", {b"from": b"x", b"events2": garbage})
        assert await heard(told) is None
        await a_wire().send(a_batch(topic_id))
        assert await heard(told) == a_batch(topic_id)


async def test_a_key_that_holds_no_stream_stops_no_other_topic_s_reading(a_wire: AWire, redis: Redis) -> None:
    wire, broken, sound = a_wire(), a_topic_id(), a_topic_id()
    await redis.set(f"cairn:feed:ours:{broken}", "no stream")
    with capture_logs() as logs:
        async with wire.follow(broken), wire.follow(sound) as told:
            await heard(told)
            await a_wire().send(a_batch(sound))
            assert await heard(told) == a_batch(sound)
    assert [line["topic"] for line in logs] == [str(broken)]


async def test_a_key_that_holds_a_stream_again_is_read_again(a_wire: AWire, redis: Redis) -> None:
    wire, broken, other = a_wire(), a_topic_id(), a_topic_id()
    await redis.set(f"cairn:feed:ours:{broken}", "no stream")
    async with wire.follow(broken) as told, wire.follow(other) as beside:
        await heard(beside)
        await redis.delete(f"cairn:feed:ours:{broken}")
        assert await heard(told) is None
        await a_wire().send(a_batch(broken))
        assert await heard(told) == a_batch(broken)


async def test_a_key_that_holds_no_stream_stops_no_other_topic_s_writing(a_wire: AWire, redis: Redis) -> None:
    sender, broken, sound = a_wire(), a_topic_id(), a_topic_id()
    await redis.set(f"cairn:feed:ours:{broken}", "no stream")
    async with a_wire().follow(sound) as told:
        await heard(told)
        with capture_logs() as logs:
            for first in range(1, AT_ONCE + 1):
                await sender.send(a_batch(broken, first))
            await sender.send(a_batch(sound))  # which goes with the next round trip
            assert await heard(told) == a_batch(sound)
    assert {line["event"] for line in logs} == {"entries refused"}


async def test_another_installation_s_batches_of_the_same_topic_are_not_heard(a_wire: AWire) -> None:
    async def theirs() -> str:
        return "theirs"

    topic_id = a_topic_id()
    staging = a_wire(installation=theirs)
    async with staging.follow(topic_id) as there, a_wire().follow(topic_id) as told:
        await heard(there)
        await heard(told)
        await a_wire(installation=theirs).send(a_batch(topic_id, 1))
        await heard(there)
        await a_wire().send(a_batch(topic_id, 5))
        assert await heard(told) == a_batch(topic_id, 5)


async def test_an_installation_is_known_by_its_database(settings: Settings) -> None:
    assert settings.database_url is not None
    urls = [settings.database_url] * 2 + [urlsplit(settings.database_url)._replace(path="/template1").geturl()]
    told = []
    for url in urls:
        database = Database(url, pool_size=1)
        await database.open()
        told.append(await installation_of(database)())
        await database.close()
    assert told[0] == told[1] != told[2]


async def test_a_database_that_is_away_at_first_is_asked_again(a_wire: AWire) -> None:
    asked = 0

    async def once_away() -> str:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise Unavailable("The database is away.")
        return "ours"

    topic_id = a_topic_id()
    async with a_wire(installation=once_away).follow(topic_id) as told:
        await heard(told)
        await a_wire().send(a_batch(topic_id))
        assert await heard_batch(told) == a_batch(topic_id)


async def test_reading_that_ends_badly_leaves_no_writing_behind(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(_: StreamReader) -> None:
        raise ConnectionResetError

    before = asyncio.all_tasks()
    async with wires(server.url) as a_wire:
        wire = a_wire()
        await wire.send(a_batch(a_topic_id()))
        with monkeypatch.context() as broken:
            broken.setattr(StreamReader, "close", fails)
            with pytest.raises(ConnectionResetError):
                await wire.close()
        assert asyncio.all_tasks() == before


async def test_work_that_a_bug_ended_is_logged_and_begins_anew() -> None:
    begun, goes_on = 0, asyncio.Event()

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise LookupError("a bug")
        goes_on.set()
        await asyncio.Event().wait()

    going = Going(work, pause_s=0)
    with capture_logs() as logs:
        going.start()
        async with asyncio.timeout(10):
            await goes_on.wait()
        await going.stop()
    assert (begun, [repr(line["exc_info"]) for line in logs]) == (2, ["LookupError('a bug')"])


async def test_work_that_a_bug_ended_is_stopped_without_a_word() -> None:
    async def work() -> None:
        raise LookupError("a bug")

    going = Going(work, pause_s=3600)
    with capture_logs() as logs:
        going.start()
        for _ in range(3):
            await asyncio.sleep(0)
        await going.stop()
        await going.stop()
    assert (going.start(), len(logs)) == (False, 1)
