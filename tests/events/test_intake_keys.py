"""A request that carries an idempotency key is done once, and told the same counts again."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import Taken, TopicId, TopicNotFound
from domain.shared.once import IdempotencyKeyReused, Once
from infrastructure.events.intake import PostgresEventIntake
from tests.factories.intake import IDS, an_athlete_id, an_intake, counters, some_events


@pytest.fixture
async def once(tables: None, sql: asyncpg.Connection) -> Once:
    return Once(await an_athlete_id(sql), "key", "one request")


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[PostgresEventIntake]:
    async with an_intake(settings) as intake:
        yield intake


async def test_the_key_again_tells_the_counts_of_then_and_counts_nothing(
    intake: PostgresEventIntake, topic_id: TopicId, once: Once, sql: asyncpg.Connection
) -> None:
    first = await intake.take(topic_id, some_events(1, 2, 2), once=once)
    await intake.take(topic_id, some_events(3))
    assert await intake.take(topic_id, some_events(1, 2, 2), once=once) == first == Taken(2, 1, 0, head=2)
    assert (await counters(sql, topic_id))["received"] == 4


async def test_the_key_with_another_request_is_refused(
    intake: PostgresEventIntake, topic_id: TopicId, once: Once
) -> None:
    await intake.take(topic_id, some_events(1), once=once)
    with pytest.raises(IdempotencyKeyReused):
        await intake.take(topic_id, some_events(2), once=replace(once, fingerprint="another"))


async def test_the_same_key_of_somebody_else_is_another(
    intake: PostgresEventIntake, topic_id: TopicId, once: Once, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, some_events(1), once=once)
    theirs = replace(once, athlete_id=await an_athlete_id(sql))
    assert await intake.take(topic_id, some_events(1), once=theirs) == Taken(0, 1, 0, head=1)


async def test_the_key_many_times_at_once_in_two_processes_is_one_request(
    settings: Settings, intake: PostgresEventIntake, topic_id: TopicId, once: Once, sql: asyncpg.Connection
) -> None:
    async with an_intake(settings) as other:
        tasks = [way.take(topic_id, some_events(1, 2), once=once) for way in (intake, other) for _ in range(10)]
        assert set(await asyncio.gather(*tasks)) == {Taken(2, 0, 0, head=2)}
    assert (await counters(sql, topic_id))["received"] == 2


async def test_a_request_that_was_refused_leaves_its_key_free(
    intake: PostgresEventIntake, topic_id: TopicId, once: Once
) -> None:
    with pytest.raises(TopicNotFound):
        await intake.take(TopicId(IDS.new()), some_events(1), once=once)
    assert (await intake.take(topic_id, some_events(1), once=once)).accepted == 1


async def test_requests_with_and_without_a_key_go_in_their_order(
    intake: PostgresEventIntake, topic_id: TopicId, once: Once
) -> None:
    ways = [None, once, None, replace(once, key="other")]
    taken = await asyncio.gather(*(intake.take(topic_id, some_events(at), once=way) for at, way in enumerate(ways)))
    assert [answer.head for answer in taken] == [1, 2, 3, 4]
