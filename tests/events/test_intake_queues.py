"""Requests that come at once share a transaction, wait within bounds, and do not suffer for one another."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import Batch, Taken, TopicId, TopicNotFound
from domain.shared.errors import Invalid, Unavailable
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.queues import RUN_EVENTS, IntakeFull
from tests.conftest import eventually
from tests.factories.intake import (
    IDS,
    WireToNobody,
    a_topic_id,
    an_event,
    an_intake,
    counters,
    some_events,
    stored_ids,
)
from tests.factories.meanwhile import Meanwhile, meanwhile

HOLD = "select id from topic where id = $1 for no key update"
TRANSACTIONS = "select count(distinct xmin::text) from event where topic = $1"
KILL_WAITING = "select count(pg_terminate_backend(pid)) from pg_stat_activity where $1 = any(pg_blocking_pids(pid))"


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[PostgresEventIntake]:
    async with an_intake(settings, most_events=100, most_characters=10_000) as intake:
        yield intake


@pytest.fixture
async def held(settings: Settings, topic_id: TopicId) -> AsyncIterator[Meanwhile]:
    """Somebody who holds the topic; `sql.execute("commit")` lets go."""
    async with meanwhile(settings) as holder:
        await holder.sql.fetchval(HOLD, topic_id)
        yield holder


async def a_running(intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile) -> asyncio.Task[Taken]:
    """A request whose transaction has begun and waits for the topic."""
    running = asyncio.create_task(intake.take(topic_id, [an_event(1_000)]))
    await eventually(held.is_waited_for)
    return running


async def waiting(intake: PostgresEventIntake, topic_id: TopicId, *numbers: int) -> asyncio.Task[Taken]:
    task = asyncio.create_task(intake.take(topic_id, some_events(*numbers)))
    await asyncio.sleep(0)
    return task


async def test_requests_that_wait_share_one_transaction_and_each_is_told_its_own(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    tasks = [
        await waiting(intake, topic_id, 1, 2),
        await waiting(intake, topic_id, 2, 3),
        await waiting(intake, topic_id, 3),
    ]
    await held.sql.execute("commit")
    taken = await asyncio.gather(running, *tasks)
    assert taken == [Taken(1, 0, 0, 1), Taken(2, 0, 0, 4), Taken(1, 1, 0, 4), Taken(0, 1, 0, 4)]
    assert await sql.fetchval(TRANSACTIONS, topic_id) == 2


async def test_a_run_is_no_longer_than_others_would_want_to_wait(
    settings: Settings, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    async with an_intake(settings) as intake:
        running = await a_running(intake, topic_id, held)
        half = RUN_EVENTS // 2
        tasks = [await waiting(intake, topic_id, *range(half * at, half * at + half)) for at in range(1, 4)]
        await held.sql.execute("commit")
        await asyncio.gather(running, *tasks)
    assert await sql.fetchval(TRANSACTIONS, topic_id) == 3


async def test_past_the_bound_of_events_a_request_is_sent_away_and_none_of_it_is_stored(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    fits = await waiting(intake, topic_id, *range(99))
    with pytest.raises(IntakeFull) as full:
        await intake.take(topic_id, some_events(200, 201))
    assert isinstance(full.value, Unavailable)
    assert full.value.retry_after_ms > 0
    await held.sql.execute("commit")
    await asyncio.gather(running, fits)
    assert (await counters(sql, topic_id))["received"] == 100


async def test_past_the_bound_of_payload_a_request_is_sent_away(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile
) -> None:
    running = await a_running(intake, topic_id, held)
    large = f'"{"x" * 6_000}"'
    fits = asyncio.create_task(intake.take(topic_id, [an_event(1, payload=large)]))
    await asyncio.sleep(0)
    with pytest.raises(IntakeFull):
        await intake.take(topic_id, [an_event(2, payload=large)])
    await held.sql.execute("commit")
    await asyncio.gather(running, fits)


async def test_the_bound_is_for_all_topics_together(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    fits = await waiting(intake, topic_id, *range(99))
    with pytest.raises(IntakeFull):
        await intake.take(await a_topic_id(sql), some_events(1, 2))
    await held.sql.execute("commit")
    await asyncio.gather(running, fits)


async def test_where_nothing_waits_a_request_past_the_bound_is_taken(
    intake: PostgresEventIntake, topic_id: TopicId
) -> None:
    assert (await intake.take(topic_id, some_events(*range(150)))).accepted == 150


async def test_when_what_waited_is_stored_there_is_room_again(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile
) -> None:
    tasks = [await a_running(intake, topic_id, held), await waiting(intake, topic_id, *range(99))]
    await held.sql.execute("commit")
    await asyncio.gather(*tasks)
    for at in range(3):
        assert (await intake.take(topic_id, some_events(*range(100, 199)))).duplicates == (99 if at else 0)


async def test_a_request_that_is_given_up_while_it_waits_is_not_stored_and_leaves_room(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    given_up = await waiting(intake, topic_id, *range(99))
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    fits = await waiting(intake, topic_id, *range(200, 299))
    await held.sql.execute("commit")
    await asyncio.gather(running, fits)
    assert [id for _, id in await stored_ids(sql, topic_id)] == ["mat-1000", *(f"mat-{at}" for at in range(200, 299))]


async def test_a_request_that_is_given_up_in_its_transaction_is_stored_whole(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    given_up = await a_running(intake, topic_id, held)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await held.sql.execute("commit")
    await intake.close()
    assert await stored_ids(sql, topic_id) == [(1, "mat-1000")]


async def test_neighbours_do_not_suffer_for_a_payload_that_cannot_be_stored(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    good = [await waiting(intake, topic_id, number) for number in range(1, 4)]
    bad = asyncio.create_task(intake.take(topic_id, [an_event(7, payload='"\\u0000"'), an_event(8)]))
    await asyncio.sleep(0)
    good += [await waiting(intake, topic_id, number) for number in range(4, 7)]
    await held.sql.execute("commit")
    assert [taken.accepted for taken in await asyncio.gather(running, *good)] == [1] * 7
    with pytest.raises(Invalid):
        await bad
    assert {id for _, id in await stored_ids(sql, topic_id)} == {"mat-1000", *(f"mat-{at}" for at in range(1, 7))}


async def test_a_connection_that_dies_is_told_to_all_of_its_requests_and_the_same_again_will_do(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    first = await a_running(intake, topic_id, held)
    await sql.fetchval(KILL_WAITING, held.sql.get_server_pid())
    with pytest.raises(Unavailable):
        await first
    await held.sql.execute("commit")
    assert await intake.take(topic_id, [an_event(1_000)]) == Taken(1, 0, 0, 1)


async def test_topics_do_not_wait_for_one_that_is_held(
    intake: PostgresEventIntake, topic_id: TopicId, held: Meanwhile, sql: asyncpg.Connection
) -> None:
    running = await a_running(intake, topic_id, held)
    assert (await intake.take(await a_topic_id(sql), some_events(1))).accepted == 1
    assert not running.done()
    await held.sql.execute("commit")
    await running


async def test_a_wire_that_hangs_holds_nothing_up(settings: Settings, topic_id: TopicId) -> None:
    class Hanging(WireToNobody):
        def __init__(self) -> None:
            super().__init__()
            self.mended = asyncio.Event()

        async def send(self, batch: Batch) -> None:
            await self.mended.wait()
            await super().send(batch)

    wire = Hanging()
    async with an_intake(settings, wire) as intake:
        for number in range(1, 4):
            assert (await intake.take(topic_id, some_events(number))).accepted == 1
        wire.mended.set()
    assert [batch.first for batch in wire.sent] == [1, 2, 3]


async def test_an_idle_topic_is_forgotten(intake: PostgresEventIntake, topic_id: TopicId) -> None:
    await intake.take(topic_id, some_events(1))
    await intake.close()
    assert intake._queues._queues == {}
    assert (intake._queues._events, intake._queues._characters) == (0, 0)


async def test_a_request_for_a_topic_that_is_not_there_leaves_no_trace(
    intake: PostgresEventIntake, tables: None
) -> None:
    with pytest.raises(TopicNotFound):
        await intake.take(TopicId(IDS.new()), some_events(1))
    await intake.close()
    assert intake._queues._queues == {}
