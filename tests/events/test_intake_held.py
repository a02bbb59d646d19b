"""A topic that somebody holds for too long is given up for a moment, and the other topics do not notice."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import Taken, TopicId
from domain.shared.errors import Unavailable
from domain.shared.once import Once
from infrastructure.database.once import CLAIM
from infrastructure.events.intake import TOPICS_AT_ONCE, PostgresEventIntake
from infrastructure.events.queues import IntakeQueues, Request
from infrastructure.events.taking import TopicHeld
from tests.conftest import eventually
from tests.factories.intake import (
    IDS,
    a_topic_id,
    an_athlete_id,
    an_intake,
    counters,
    some_events,
)
from tests.factories.meanwhile import Meanwhile, meanwhile

HOLD = "select id from topic where id = any($1::uuid[]) for no key update"
WAITING = "select count(*) from pg_stat_activity where $1 = any(pg_blocking_pids(pid))"
TOPIC = TopicId(IDS.new())


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[PostgresEventIntake]:
    """One without patience."""
    async with an_intake(settings, pool_size=TOPICS_AT_ONCE + 1, patience_ms=1) as intake:
        yield intake


@pytest.fixture
async def holder(settings: Settings) -> AsyncIterator[Meanwhile]:
    async with meanwhile(settings) as holder:
        yield holder


@pytest.fixture
async def held(topic_id: TopicId, holder: Meanwhile, sql: asyncpg.Connection) -> list[TopicId]:
    """As many topics as are served at once, all held by somebody else."""
    topics = [topic_id, *[await a_topic_id(sql) for _ in range(TOPICS_AT_ONCE - 1)]]
    await holder.sql.fetch(HOLD, topics)
    return topics


async def test_topics_that_are_held_are_given_up_and_the_same_again_will_do(
    intake: PostgresEventIntake, held: list[TopicId], holder: Meanwhile, sql: asyncpg.Connection
) -> None:
    with pytest.raises(TopicHeld) as refused:
        await intake.take(held[0], some_events(1))
    assert isinstance(refused.value, Unavailable)
    assert refused.value.retry_after_ms > 0
    assert (await counters(sql, held[0]))["received"] == 0
    await holder.sql.execute("commit")
    assert await intake.take(held[0], some_events(1)) == Taken(1, 0, 0, head=1)


async def test_as_many_held_topics_as_are_served_at_once_do_not_stop_another(
    intake: PostgresEventIntake, held: list[TopicId], sql: asyncpg.Connection
) -> None:
    stuck = [asyncio.create_task(intake.take(topic_id, some_events(1))) for topic_id in held]
    assert (await intake.take(await a_topic_id(sql), some_events(1))).accepted == 1
    outcomes = await asyncio.gather(*stuck, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {TopicHeld}


async def test_topics_that_were_found_held_have_one_turn_together(
    intake: PostgresEventIntake, held: list[TopicId], holder: Meanwhile, sql: asyncpg.Connection
) -> None:
    for topic_id in held:
        with pytest.raises(TopicHeld):
            await intake.take(topic_id, some_events(1))
    intake._patience_ms = 60_000
    again = [asyncio.create_task(intake.take(topic_id, some_events(1))) for topic_id in held]
    await eventually(holder.is_waited_for)
    others = [await a_topic_id(sql) for _ in range(TOPICS_AT_ONCE)]
    await asyncio.gather(*(intake.take(topic_id, some_events(1)) for topic_id in others))
    assert await holder.looker.fetchval(WAITING, holder.sql.get_server_pid()) == 1
    await holder.sql.execute("commit")
    assert [taken.accepted for taken in await asyncio.gather(*again)] == [1] * len(held)


async def test_while_one_request_tries_a_held_topic_again_others_for_it_are_sent_away_at_once(
    intake: PostgresEventIntake, held: list[TopicId], holder: Meanwhile
) -> None:
    with pytest.raises(TopicHeld):
        await intake.take(held[0], some_events(1))
    intake._patience_ms = 60_000
    trying = asyncio.create_task(intake.take(held[0], some_events(1)))
    await eventually(holder.is_waited_for)
    with pytest.raises(TopicHeld):
        await intake.take(held[0], some_events(2))
    await holder.sql.execute("commit")
    await trying
    assert await asyncio.gather(*(intake.take(held[0], some_events(number)) for number in (2, 3))) == [
        Taken(1, 0, 0, head=3)
    ] * 2  # fmt: skip


async def test_a_key_that_somebody_holds_is_given_up_and_its_topic_is_not(
    intake: PostgresEventIntake, topic_id: TopicId, holder: Meanwhile, sql: asyncpg.Connection
) -> None:
    once = Once(await an_athlete_id(sql), "key", "one request")
    await holder.sql.fetchval(CLAIM, once.athlete_id, once.key, once.fingerprint)
    with pytest.raises(Unavailable) as refused:
        await intake.take(topic_id, some_events(1), once=once)
    assert not isinstance(refused.value, TopicHeld)
    assert not intake._queues.is_held(topic_id)


def a_request(*numbers: int) -> Request:
    return Request(some_events(*numbers), None, 1, asyncio.get_running_loop().create_future(), until=0.0)


async def test_what_waits_for_a_topic_that_was_found_held_waits_no_more_and_leaves_room() -> None:
    queues = IntakeQueues(most_events=3, most_characters=100)
    running, waiting = a_request(1), a_request(2, 3, 4)
    queues.put(TOPIC, running)
    queues.next_run(TOPIC)
    queues.put(TOPIC, waiting)
    assert queues.found_held(TOPIC) == [waiting]
    assert not queues.is_waited_for(TOPIC)
    queues.put(TopicId(IDS.new()), a_request(1, 2, 3))
