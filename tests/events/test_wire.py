"""Batches reach every replica while Redis is there; without it nobody is held up, and everybody looks into the log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from redis.asyncio import Redis

from domain.events.model import Batch, Event, TopicId
from infrastructure.events.entries import LARGEST, batch_of, entry_of, key_of, size_of
from infrastructure.events.follower import MOST_CHARACTERS, Follower
from infrastructure.events.wire import RedisEventWire
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds
from tests.factories.redis_servers import RedisServer, a_redis_server

IDS = SortedIds(SystemClock())
AT = datetime(2026, 6, 1, 8, 30, 0, 123456, tzinfo=UTC)
NEVER_S, OFTEN_S = 3600.0, 0.05


def a_batch(topic_id: TopicId, first: int = 1, count: int = 1, payload: str = '{"bib": 7}') -> Batch:
    return Batch(topic_id, [Event(f"e{at}", at, AT, AT, "mat", payload) for at in range(first, first + count)])


@pytest.fixture
def topic_id() -> TopicId:
    return TopicId(IDS.new())


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with a_redis_server() as server:
        yield server


@pytest.fixture
async def a_wire(server: RedisServer) -> AsyncIterator[Callable[..., RedisEventWire]]:
    """Makes wires as separate processes have them."""
    wires: list[RedisEventWire] = []

    def make(tick_s: float = NEVER_S) -> RedisEventWire:
        wires.append(RedisEventWire(server.url, sender=IDS.new(), tick_s=tick_s))
        return wires[-1]

    yield make
    for wire in wires:
        await wire.close()


async def heard(told: AsyncIterator[Batch | None]) -> Batch | None:
    async with asyncio.timeout(30):
        return await anext(told)


async def heard_batch(told: AsyncIterator[Batch | None]) -> Batch:
    while (batch := await heard(told)) is None:
        pass
    return batch


async def test_another_replica_hears_of_a_batch_as_it_was_sent(
    a_wire: Callable[..., RedisEventWire], topic_id: TopicId
) -> None:
    async with a_wire().follow(topic_id) as told:
        assert await heard(told) is None  # from here on it reads
        await a_wire().send(a_batch(topic_id, 1, 3))
        assert await heard(told) == a_batch(topic_id, 1, 3)


async def test_a_topic_that_is_followed_later_is_heard_at_once(
    a_wire: Callable[..., RedisEventWire], server: RedisServer, topic_id: TopicId
) -> None:
    wire, other = a_wire(), TopicId(IDS.new())
    async with wire.follow(other) as before:
        await heard(before)
        async with wire.follow(topic_id) as told:
            await heard(told)
            await a_wire().send(a_batch(topic_id))
            assert await heard(told) == a_batch(topic_id)


async def test_a_topic_is_not_told_of_another_s_batches(
    a_wire: Callable[..., RedisEventWire], topic_id: TopicId
) -> None:
    wire, sender, other = a_wire(), a_wire(), TopicId(IDS.new())
    async with wire.follow(other) as not_told, wire.follow(topic_id) as told:
        await heard(not_told)
        await heard(told)
        await sender.send(a_batch(topic_id))
        await sender.send(a_batch(other, 5))
        assert await heard(told) == a_batch(topic_id)
        assert await heard(not_told) == a_batch(other, 5)


async def test_followers_in_the_same_process_are_told_once(
    a_wire: Callable[..., RedisEventWire], topic_id: TopicId
) -> None:
    wire, sender = a_wire(), a_wire()
    async with wire.follow(topic_id) as told:
        await heard(told)
        await wire.send(a_batch(topic_id, 1))
        assert await heard(told) == a_batch(topic_id, 1)
        async with sender.follow(topic_id) as elsewhere:  # the first entry is in Redis by the time of the second
            await heard(elsewhere)
            await sender.send(a_batch(topic_id, 2))
        assert await heard(told) == a_batch(topic_id, 2)


async def test_what_was_sent_before_is_left_to_the_log(
    a_wire: Callable[..., RedisEventWire], topic_id: TopicId
) -> None:
    early, late, sender = a_wire(), a_wire(), a_wire()
    async with early.follow(topic_id) as told:
        await heard(told)
        await sender.send(a_batch(topic_id, 1))
        await heard(told)
        async with late.follow(topic_id) as later:
            assert await heard(later) is None
            await sender.send(a_batch(topic_id, 2))
            assert await heard(later) == a_batch(topic_id, 2)


async def test_there_is_a_tick_without_any_message(a_wire: Callable[..., RedisEventWire], topic_id: TopicId) -> None:
    async with a_wire(OFTEN_S).follow(topic_id) as told:
        assert [await heard(told) for _ in range(3)] == [None] * 3


async def test_a_redis_that_is_emptied_interrupts_nothing(
    a_wire: Callable[..., RedisEventWire], server: RedisServer, topic_id: TopicId
) -> None:
    sender = a_wire()
    async with a_wire().follow(topic_id) as told:
        await heard(told)
        await sender.send(a_batch(topic_id, 1))
        await heard(told)
        server.empty()
        await sender.send(a_batch(topic_id, 2))
        assert await heard(told) == a_batch(topic_id, 2)


async def test_after_redis_was_killed_followers_are_told_to_look_and_hear_again(topic_id: TopicId) -> None:
    with a_redis_server() as server:
        sender, wire = (RedisEventWire(server.url, sender=IDS.new(), tick_s=NEVER_S) for _ in range(2))
        async with wire.follow(topic_id) as told:
            await heard(told)
            server.kill()
            await sender.send(a_batch(topic_id, 1))
            server.start()
            assert await heard(told) is None

            async def send_on() -> None:
                for first in range(2, 1_000):
                    await sender.send(a_batch(topic_id, first))
                    await asyncio.sleep(0.05)  # until the sender has found the way back, too

            sending = asyncio.create_task(send_on())
            assert (await heard_batch(told)).first >= 1
            sending.cancel()
        await sender.close()
        await wire.close()


async def test_without_redis_those_in_the_same_process_are_told(topic_id: TopicId) -> None:
    wire = RedisEventWire("redis://127.0.0.1:1", sender=IDS.new(), tick_s=NEVER_S)
    async with wire.follow(topic_id) as told:
        for first in range(1, 6):
            await wire.send(a_batch(topic_id, first))
        assert await heard_batch(told) == a_batch(topic_id, 1, 5)
    await wire.close()


async def test_a_stream_is_not_kept_for_ever(
    a_wire: Callable[..., RedisEventWire], server: RedisServer, topic_id: TopicId
) -> None:
    async with a_wire().follow(topic_id) as told:
        await heard(told)
        await a_wire().send(a_batch(topic_id))
        await heard(told)
    client = Redis.from_url(server.url)
    seconds = await client.ttl(key_of(topic_id))
    await client.aclose()
    assert 0 < seconds <= 60


def test_of_a_batch_that_is_too_large_it_is_only_told_that_there_is_one(topic_id: TopicId) -> None:
    batch = a_batch(topic_id, count=20, payload='"' + "x" * (LARGEST // 20) + '"')
    entry = entry_of(batch, b"me", size_of(batch))
    assert (set(entry), batch_of(topic_id, entry)) == ({b"from"}, None)


@pytest.mark.parametrize("told", [b"", b"\xc1", b"\x90", b"\x93\x01\x02\x03"])
def test_an_entry_that_cannot_be_read_is_looked_up(topic_id: TopicId, told: bytes) -> None:
    assert batch_of(topic_id, {b"from": b"me", b"events1": told}) is None


async def test_batches_that_waited_for_one_another_come_as_one() -> None:
    topic_id = TopicId(UUID(int=1))
    follower = Follower(topic_id)
    for batch in (a_batch(topic_id, 1, 2), a_batch(topic_id, 3), a_batch(topic_id, 9)):
        follower.tell(batch, 1)
    assert [await heard(follower), await heard(follower)] == [a_batch(topic_id, 1, 3), a_batch(topic_id, 9)]


async def test_who_is_slow_to_take_batches_is_told_to_look_instead() -> None:
    topic_id = TopicId(UUID(int=1))
    follower = Follower(topic_id)
    for first in (1, 2, 3):
        follower.tell(a_batch(topic_id, first), MOST_CHARACTERS // 2)
    assert await heard(follower) is None
    follower.tell(a_batch(topic_id, 4), 1)
    assert await heard(follower) == a_batch(topic_id, 4)
