"""The record gives what follows an offset: in order, what was wanted, and no more than was asked for."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configuration.settings import Settings
from domain.events.model import Bounds, EventFilter, TopicId
from infrastructure.database.engine import Database
from infrastructure.events.log import PostgresEventLog
from infrastructure.events.taking import take
from tests.factories.intake import IDS, START, a_topic_id, an_event, some_events

SOURCES = "abcd"
MOMENTS = st.none() | st.integers(-1, 14).map(lambda at: START + timedelta(seconds=at))
WANTED = st.builds(
    EventFilter, st.none() | st.frozensets(st.sampled_from([*SOURCES, "nobody"]), max_size=3), MOMENTS, MOMENTS
)


@pytest.fixture
async def log(settings: Settings, tables: None) -> AsyncIterator[PostgresEventLog]:
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=1)
    await database.open()
    yield PostgresEventLog(database)
    await database.close()


@pytest.fixture
async def full(topic_id: TopicId, sql: asyncpg.Connection) -> TopicId:
    """Twelve events, whose sources alternate and whose times go back and forth."""
    numbers = [5, 1, 9, 3, 12, 7, 2, 11, 4, 8, 10, 6]
    events = [an_event(number, source=SOURCES[at % 4]) for at, number in enumerate(numbers)]
    await stored(sql, topic_id, events)
    return topic_id


async def stored(sql: asyncpg.Connection, topic_id: TopicId, events: list[object]) -> None:
    async with sql.transaction():
        await take(sql, topic_id, [events], IDS)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=WANTED, after=st.integers(0, 13), limit=st.integers(1, 13), up_to=st.none() | st.integers(0, 13))
async def test_what_follows_is_all_that_passes_in_order_up_to_the_limit(
    log: PostgresEventLog, full: TopicId, wanted: EventFilter, after: int, limit: int, up_to: int | None
) -> None:
    everything = await log.after(full, 0, limit=100)
    within = [event for event in everything if after < event.offset <= (up_to if up_to is not None else 99)]
    passing = [event for event in within if wanted.lets_pass(event)]
    assert await log.after(full, after, limit=limit, wanted=wanted, up_to=up_to) == passing[:limit]


async def test_an_event_comes_back_as_it_was_taken(log: PostgresEventLog, full: TopicId) -> None:
    (event,) = await log.after(full, 1, limit=1)
    given = an_event(1, source="b")
    assert (event.event_id, event.offset, event.occurred_at) == (given.event_id, 2, given.occurred_at)
    assert (event.source, event.payload) == ("b", given.payload)
    assert event.received_at.tzinfo is not None


async def test_other_topics_events_are_not_given(log: PostgresEventLog, full: TopicId, sql: asyncpg.Connection) -> None:
    other = await a_topic_id(sql)
    await stored(sql, other, some_events(100))
    assert len(await log.after(full, 0, limit=100)) == 12
    wanted = EventFilter(sources=frozenset({"mat"}))
    assert await log.after(full, 0, limit=100, wanted=wanted) == []


async def test_bounds_tell_the_first_and_the_last_offset_of_the_topics_that_are_there(
    log: PostgresEventLog, full: TopicId, sql: asyncpg.Connection
) -> None:
    empty = await a_topic_id(sql)
    bounds = await log.bounds({full, empty, TopicId(IDS.new())})
    assert bounds == {full: Bounds(earliest=1, head=12), empty: Bounds(earliest=1, head=0)}
