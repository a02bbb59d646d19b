"""A sweep goes on chunk by chunk while events come, owners change their minds, and a topic goes wrong."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from structlog.testing import capture_logs

from configuration.settings import Settings
from domain.events.model import Taken, TopicId
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.retention import PostgresEventSweep
from tests.conftest import eventually
from tests.factories.intake import (
    a_topic_id,
    an_intake,
    some_events,
    stored_ids,
)
from tests.factories.meanwhile import meanwhile

AGE = "update event set received_at = now() - make_interval(days => $2) where topic = $1 and feed_offset <= $3"
BREAK = """
create function test_break() returns trigger language plpgsql as 'begin raise division_by_zero; end';
create trigger test_break before delete on event for each row when (old.topic = '{topic}') execute function test_break()
"""
MEND = "drop function test_break cascade"


@pytest.fixture
async def intake(settings: Settings) -> AsyncIterator[PostgresEventIntake]:
    async with an_intake(settings) as intake:
        yield intake


async def offsets(sql: asyncpg.Connection, topic_id: TopicId) -> list[int]:
    return [offset for offset, _ in await stored_ids(sql, topic_id)]


async def test_events_are_taken_while_a_sweep_is_in_the_middle_of_its_transaction(
    settings: Settings,
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    week: TopicId,
    sql: asyncpg.Connection,
) -> None:
    await intake.take(week, some_events(1, 2, 3))
    await sql.execute(AGE, week, 8, 2)
    async with meanwhile(settings) as holder:
        await holder.sql.fetchval("select 1 from event where topic = $1 and feed_offset = 2 for update", week)
        swept = asyncio.create_task(sweeping.sweep(0))
        await eventually(holder.is_waited_for)
        assert await intake.take(week, some_events(1, 3, 4)) == Taken(1, 2, 0, head=4)
        assert not swept.done()
    assert await swept == 2
    assert await offsets(sql, week) == [3, 4]


async def test_events_are_taken_while_compaction_is_in_the_middle_of_its_transaction(
    settings: Settings,
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    newest: TopicId,
    sql: asyncpg.Connection,
) -> None:
    await intake.take(newest, some_events(1, 2, 3))
    async with meanwhile(settings) as holder:
        await holder.sql.fetchval("select 1 from event where topic = $1 and feed_offset = 2 for update", newest)
        swept = asyncio.create_task(sweeping.sweep(0))
        await eventually(holder.is_waited_for)
        assert await intake.take(newest, some_events(1, 4)) == Taken(1, 1, 0, head=4)
    assert await swept == 2
    assert await intake.take(newest, some_events(1, 2)) == Taken(0, 2, 0, head=4)


async def test_events_that_the_owner_decides_to_keep_while_a_sweep_goes_on_stay(
    settings: Settings,
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    week: TopicId,
    sql: asyncpg.Connection,
) -> None:
    await intake.take(week, some_events(*range(1, 11)))
    await sql.execute(AGE, week, 8, 9)
    async with meanwhile(settings) as holder:
        await holder.sql.fetchval("select 1 from event where topic = $1 and feed_offset = 2 for update", week)
        swept = asyncio.create_task(sweeping.sweep(0))
        await eventually(holder.is_waited_for)
        await sql.execute("update topic set retention_days = null where id = $1", week)
    assert await swept == 3
    assert await offsets(sql, week) == [4, 5, 6, 7, 8, 9, 10]


async def test_a_topic_that_is_no_longer_to_be_compacted_stays_whole_from_then_on(
    settings: Settings,
    sweeping: PostgresEventSweep,
    intake: PostgresEventIntake,
    newest: TopicId,
    sql: asyncpg.Connection,
) -> None:
    await intake.take(newest, some_events(*range(1, 11)))
    async with meanwhile(settings) as holder:
        await holder.sql.fetchval("select 1 from event where topic = $1 and feed_offset = 2 for update", newest)
        swept = asyncio.create_task(sweeping.sweep(0))
        await eventually(holder.is_waited_for)
        await sql.execute("update topic set compacted = false where id = $1", newest)
    assert await swept == 3
    assert await offsets(sql, newest) == [4, 5, 6, 7, 8, 9, 10]


async def test_a_topic_that_goes_wrong_is_told_and_the_others_are_swept(
    sweeping: PostgresEventSweep, intake: PostgresEventIntake, week: TopicId, sql: asyncpg.Connection
) -> None:
    broken = await a_topic_id(sql, retention_days=7)
    for topic_id in (broken, week):
        await intake.take(topic_id, some_events(*range(1, 6)))
        await sql.execute(AGE, topic_id, 8, 5)
    await sql.execute(BREAK.format(topic=broken))
    try:
        with capture_logs() as logs:
            assert await sweeping.sweep(0) == 5
    finally:
        await sql.execute(MEND)
    assert [(line["log_level"], line["topic"]) for line in logs] == [("error", str(broken))]
    assert (len(await offsets(sql, week)), len(await offsets(sql, broken))) == (0, 5)
