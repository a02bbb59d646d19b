"""A page of the record ends with the event that makes it large, and a topic's last event is told with its bounds."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import EVERYTHING, EventFilter, TopicId
from infrastructure.database.engine import Database
from infrastructure.events.log import PostgresEventLog
from infrastructure.events.taking import take
from tests.factories.intake import IDS, START, a_topic_id, an_event

OF_ONE = EventFilter(frozenset({"mat"}))
FROM = EventFilter(occurred_from=START)


@pytest.fixture
async def log(settings: Settings, tables: None) -> AsyncIterator[PostgresEventLog]:
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=1)
    await database.open()
    yield PostgresEventLog(database)
    await database.close()


@pytest.fixture
async def five(topic_id: TopicId, sql: asyncpg.Connection) -> TopicId:
    """Five events whose payloads have ten characters each."""
    async with sql.transaction():
        await take(sql, topic_id, [[an_event(at, payload='"' + "ö" * 8 + '"') for at in range(1, 6)]], IDS)
    return topic_id


@pytest.mark.parametrize("wanted", [EVERYTHING, OF_ONE, FROM, EventFilter(frozenset({"mat"}), START)])
@pytest.mark.parametrize(("characters", "count"), [(1, 1), (10, 1), (11, 2), (50, 5), (51, 5), (None, 5)])
async def test_a_page_ends_with_the_event_that_fills_it(
    log: PostgresEventLog, five: TopicId, wanted: EventFilter, characters: int | None, count: int
) -> None:
    page = await log.after(five, 0, limit=9, wanted=wanted, characters=characters)
    assert [event.offset for event in page] == list(range(1, count + 1))


async def test_bounds_tell_the_last_event(log: PostgresEventLog, five: TopicId, sql: asyncpg.Connection) -> None:
    empty = await a_topic_id(sql)
    found = await log.bounds([five, empty])
    assert (found[five].newest, found[empty].newest) == (an_event(5).event_id, None)


async def test_a_last_event_that_was_compacted_away_is_not_told(
    log: PostgresEventLog, five: TopicId, sql: asyncpg.Connection
) -> None:
    await sql.execute("delete from event where topic = $1 and feed_offset = 5", five)
    assert (await log.bounds([five]))[five].newest is None
