"""Events go when they are older than their topic keeps them: the oldest first, and intake goes on meanwhile."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import Bounds, Taken, TopicId
from domain.events.places import CursorExpired, cursor_of, start_of
from infrastructure.database.engine import Database
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.log import PostgresEventLog
from infrastructure.events.retention import PostgresEventSweep
from tests.factories.intake import (
    IDS,
    a_topic_id,
    an_event,
    an_intake,
    counters,
    some_events,
    stored_ids,
)

AGE = "update event set received_at = now() - make_interval(days => $2) where topic = $1 and feed_offset <= $3"
CONFLICTS = "select payload::text from event_conflict where topic = $1 order by id"


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[PostgresEventIntake]:
    async with an_intake(settings) as intake:
        yield intake


async def offsets(sql: asyncpg.Connection, topic_id: TopicId) -> list[int]:
    return [offset for offset, _ in await stored_ids(sql, topic_id)]


async def bounds(database: Database, topic_id: TopicId) -> Bounds:
    return (await PostgresEventLog(database).bounds([topic_id]))[topic_id]


async def test_what_is_older_than_its_topic_keeps_goes_over_several_chunks_and_the_rest_stays(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, week: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(week, some_events(*range(1, 11)))
    await sql.execute(AGE, week, 8, 7)
    assert await sweeping.sweep(0) == 7
    assert await offsets(sql, week) == [8, 9, 10]


async def test_a_cursor_whose_next_event_is_gone_has_expired_and_the_one_behind_has_not(
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    week: TopicId,
    sql: asyncpg.Connection,
    unswept: Database,
) -> None:
    await intake.take(week, some_events(*range(1, 11)))
    await sql.execute(AGE, week, 8, 7)
    await sweeping.sweep(0)
    kept = await bounds(unswept, week)
    assert kept == Bounds(earliest=8, head=10)
    assert start_of(cursor_of(week, 7), week, kept) == 7
    with pytest.raises(CursorExpired):
        start_of(cursor_of(week, 6), week, kept)


async def test_a_feed_whose_events_are_all_gone_goes_on_behind_its_last_offset(
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    week: TopicId,
    sql: asyncpg.Connection,
    unswept: Database,
) -> None:
    await intake.take(week, some_events(1, 2, 3, 4))
    await sql.execute(AGE, week, 8, 4)
    assert await sweeping.sweep(0) == 4
    assert await bounds(unswept, week) == Bounds(earliest=5, head=4)
    assert await intake.take(week, some_events(5)) == Taken(1, 0, 0, head=5)
    assert await offsets(sql, week) == [5]


async def test_what_is_gone_does_not_count_backwards(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, week: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(week, some_events(1, 2))
    before = await counters(sql, week)
    await sql.execute(AGE, week, 8, 2)
    await sweeping.sweep(0)
    assert await counters(sql, week) == before


async def test_an_id_is_free_again_when_its_event_is_past_retention(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, week: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(week, some_events(1))
    await sql.execute(AGE, week, 8, 1)
    await sweeping.sweep(0)
    assert await intake.take(week, [an_event(1, payload="{}")]) == Taken(1, 0, 0, head=2)


async def test_a_topic_that_keeps_events_for_ever_keeps_them(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, some_events(1))
    await sql.execute(AGE, topic_id, 9_000, 1)
    await sweeping.sweep(0)
    assert await offsets(sql, topic_id) == [1]


async def test_of_a_compacted_topic_the_newest_event_of_each_source_stays_at_its_offset(
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    newest: TopicId,
    sql: asyncpg.Connection,
    unswept: Database,
) -> None:
    await intake.take(newest, [an_event(number, source="abca"[number % 4]) for number in range(1, 11)])
    assert await sweeping.sweep(0) == 7
    assert await offsets(sql, newest) == [8, 9, 10]
    assert await bounds(unswept, newest) == Bounds(earliest=1, head=10)


async def test_what_was_compacted_away_is_known_when_it_comes_again(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, newest: TopicId
) -> None:
    await intake.take(newest, [an_event(1, payload='{"a": 1, "b": 2}'), *some_events(2)])
    await sweeping.sweep(0)
    again = [an_event(1, payload='{"b": 2.0, "a": 1}'), an_event(1, payload='{"a": 1}'), an_event(1, source="other")]
    assert await intake.take(newest, again) == Taken(0, 1, 2, head=2)


async def test_a_compacted_topic_with_retention_forgets_the_ids_of_what_is_old(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, sql: asyncpg.Connection
) -> None:
    topic_id = await a_topic_id(sql, compacted=True, retention_days=7)
    await intake.take(topic_id, some_events(*range(1, 7)))
    await sweeping.sweep(0)
    aged = "update compacted_event set received_at = now() - interval '8 days' where topic = $1 and feed_offset <= 4"
    await sql.execute(aged, topic_id)
    await sweeping.sweep(0)
    assert await intake.take(topic_id, some_events(4, 5)) == Taken(1, 1, 0, head=7)


async def test_of_refused_events_the_newest_are_kept(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, [an_event(1), *(an_event(1, payload=str(number)) for number in range(9))])
    await sweeping.sweep(0)
    assert [row["payload"] for row in await sql.fetch(CONFLICTS, topic_id)] == ["5", "6", "7", "8"]


async def test_refused_events_past_their_topic_s_retention_go(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, week: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(week, [an_event(1), an_event(1, payload="1"), an_event(1, payload="2")])
    aged = "update event_conflict set received_at = now() - interval '8 days' where topic = $1 and payload = '1'"
    await sql.execute(aged, week)
    await sweeping.sweep(0)
    assert [row["payload"] for row in await sql.fetch(CONFLICTS, week)] == ["2"]


async def test_of_several_workers_one_sweeps(sweeping: PostgresEventSweep, unswept: Database) -> None:
    others = [PostgresEventSweep(unswept, IDS) for _ in range(3)]
    answers = await asyncio.gather(*(one.sweep(60) for one in (sweeping, *others)))
    assert [answer for answer in answers if answer is not None] == [0]
