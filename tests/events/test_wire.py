"""Batches reach every replica while Redis is there; without it nobody is held up, and everybody looks into the log."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from redis.asyncio import Redis

from domain.events.model import TopicId
from infrastructure.events.follower import MOST_CHARACTERS, Follower
from tests.factories.redis_servers import RedisServer, a_redis_server
from tests.factories.wires import AWire, a_batch, a_topic_id, heard, heard_batch, wires

OFTEN_S = 0.05


@pytest.fixture
def topic_id() -> TopicId:
    return a_topic_id()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with a_redis_server() as server:
        yield server


@pytest.fixture
async def a_wire(server: RedisServer) -> AsyncIterator[AWire]:
    async with wires(server.url) as make:
        yield make


async def test_another_replica_hears_of_a_batch_as_it_was_sent(a_wire: AWire, topic_id: TopicId) -> None:
    async with a_wire().follow(topic_id) as told:
        assert await heard(told) is None  # from here on it reads
        await a_wire().send(a_batch(topic_id, 1, 3))
        assert await heard(told) == a_batch(topic_id, 1, 3)


async def test_a_topic_that_is_followed_later_is_heard_at_once(
    a_wire: AWire, server: RedisServer, topic_id: TopicId
) -> None:
    wire, other = a_wire(), a_topic_id()
    async with wire.follow(other) as before:
        await heard(before)
        async with wire.follow(topic_id) as told:
            await heard(told)
            await a_wire().send(a_batch(topic_id))
            assert await heard(told) == a_batch(topic_id)


async def test_a_topic_is_not_told_of_another_s_batches(a_wire: AWire, topic_id: TopicId) -> None:
    wire, sender, other = a_wire(), a_wire(), a_topic_id()
    async with wire.follow(other) as not_told, wire.follow(topic_id) as told:
        await heard(not_told)
        await heard(told)
        await sender.send(a_batch(topic_id))
        await sender.send(a_batch(other, 5))
        assert await heard(told) == a_batch(topic_id)
        assert await heard(not_told) == a_batch(other, 5)


async def test_followers_in_the_same_process_are_told_once(a_wire: AWire, topic_id: TopicId) -> None:
    wire, sender = a_wire(), a_wire()
    async with wire.follow(topic_id) as told:
        await heard(told)
        await wire.send(a_batch(topic_id, 1))
        assert await heard(told) == a_batch(topic_id, 1)
        async with sender.follow(topic_id) as elsewhere:  # the first entry is in Redis by the time of the second
            await heard(elsewhere)
            await sender.send(a_batch(topic_id, 2))
        assert await heard(told) == a_batch(topic_id, 2)


async def test_what_was_sent_before_is_left_to_the_log(a_wire: AWire, topic_id: TopicId) -> None:
    early, late, sender = a_wire(), a_wire(), a_wire()
    async with early.follow(topic_id) as told:
        await heard(told)
        await sender.send(a_batch(topic_id, 1))
        await heard(told)
        async with late.follow(topic_id) as later:
            assert await heard(later) is None
            await sender.send(a_batch(topic_id, 2))
            assert await heard(later) == a_batch(topic_id, 2)


async def test_there_is_a_tick_without_any_message(a_wire: AWire, topic_id: TopicId) -> None:
    async with a_wire(OFTEN_S).follow(topic_id) as told:
        assert [await heard(told) for _ in range(3)] == [None] * 3


async def test_a_redis_that_is_emptied_interrupts_nothing(
    a_wire: AWire, server: RedisServer, topic_id: TopicId
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
        async with wires(server.url) as a_wire, a_wire().follow(topic_id) as told:
            sender = a_wire()
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


async def test_without_redis_those_in_the_same_process_are_told(topic_id: TopicId) -> None:
    async with wires("redis://127.0.0.1:1") as a_wire:
        wire = a_wire()
        async with wire.follow(topic_id) as told:
            for first in range(1, 6):
                await wire.send(a_batch(topic_id, first))
            assert await heard_batch(told) == a_batch(topic_id, 1, 5)


async def test_a_stream_is_not_kept_for_ever(a_wire: AWire, server: RedisServer, topic_id: TopicId) -> None:
    async with a_wire().follow(topic_id) as told:
        await heard(told)
        await a_wire().send(a_batch(topic_id))
        await heard(told)
    client = Redis.from_url(server.url)
    seconds = await client.ttl(f"cairn:feed:ours:{topic_id}")
    await client.aclose()
    assert 0 < seconds <= 60


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
