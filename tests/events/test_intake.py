"""What becomes of events: new ones get the next offsets, repeats are dropped, others under a known id are refused."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import EVERYTHING, Taken, TopicId, TopicNotFound
from domain.shared.errors import Invalid
from infrastructure.database.engine import Database
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.log import PostgresEventLog
from tests.factories.intake import (
    IDS,
    START,
    WireToNobody,
    a_topic_id,
    an_event,
    an_intake,
    counters,
    some_events,
    stored_ids,
)


@pytest.fixture
def wire() -> WireToNobody:
    return WireToNobody()


@pytest.fixture
async def intake(settings: Settings, wire: WireToNobody) -> AsyncIterator[PostgresEventIntake]:
    async with an_intake(settings, wire) as intake:
        yield intake


async def test_new_events_get_the_next_offsets_in_their_order(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, some_events(3, 1))
    await intake.take(topic_id, some_events(2))
    assert await stored_ids(sql, topic_id) == [(1, "mat-3"), (2, "mat-1"), (3, "mat-2")]


async def test_what_was_taken_is_told_with_the_topic_s_last_offset(
    intake: PostgresEventIntake, topic_id: TopicId
) -> None:
    await intake.take(topic_id, some_events(1, 2))
    assert await intake.take(topic_id, some_events(2, 3, 4)) == Taken(accepted=2, duplicates=1, conflicting=0, head=4)


async def test_no_events_change_nothing(intake: PostgresEventIntake, topic_id: TopicId) -> None:
    await intake.take(topic_id, some_events(1))
    assert await intake.take(topic_id, []) == Taken(0, 0, 0, head=1)


async def test_a_repeat_is_dropped_and_counted(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, some_events(1))
    assert await intake.take(topic_id, some_events(1)) == Taken(0, 1, 0, head=1)
    assert await counters(sql, topic_id) == {
        "head": 1, "received": 2, "unique_processed": 1, "duplicates_dropped": 1, "conflicting": 0
    }  # fmt: skip


async def test_a_repeat_within_one_request_is_dropped_and_counted(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    assert await intake.take(topic_id, some_events(1, 2, 1, 1)) == Taken(2, 2, 0, head=2)
    assert await stored_ids(sql, topic_id) == [(1, "mat-1"), (2, "mat-2")]
    assert (await counters(sql, topic_id))["duplicates_dropped"] == 2


async def test_a_repeat_of_what_conflicts_conflicts_too(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, [an_event(1)])
    assert await intake.take(topic_id, [an_event(1, payload="7"), an_event(1, payload="7")]) == Taken(0, 0, 2, head=1)
    assert await sql.fetchval("select count(*) from event_conflict where topic = $1", topic_id) == 2
    assert (await counters(sql, topic_id))["conflicting"] == 2


@pytest.mark.parametrize(
    "other",
    [
        {"payload": '{"bib": 7}'},
        {"source": "other mat"},
        {"occurred_at": START},
        {"occurred_at": START + timedelta(seconds=1, microseconds=1)},
    ],
)
async def test_the_same_id_with_something_else_is_a_conflict_and_what_was_first_stays(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection, other: dict[str, object]
) -> None:
    await intake.take(topic_id, [an_event(1)])
    assert await intake.take(topic_id, [an_event(1, **other)]) == Taken(0, 0, 1, head=1)
    row = await sql.fetchrow("select occurred_at, source, payload::text from event where topic = $1", topic_id)
    assert tuple(row) == (an_event(1).occurred_at, "mat", '{"bib": 1}')
    assert (await counters(sql, topic_id))["conflicting"] == 1


async def test_a_conflict_within_one_request_is_found_and_the_first_wins(
    intake: PostgresEventIntake, topic_id: TopicId
) -> None:
    events = [an_event(1), an_event(1, payload="[]"), an_event(1)]
    assert await intake.take(topic_id, events) == Taken(1, 1, 1, head=1)


async def test_what_was_refused_as_conflicting_is_kept_for_inspection(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, [an_event(1)])
    await intake.take(topic_id, [an_event(1, payload='{"bib": 7}'), an_event(2), an_event(2, source="b")])
    rows = await sql.fetch(
        "select event_id, source, payload::text from event_conflict where topic = $1 order by id", topic_id
    )
    assert [tuple(row) for row in rows] == [("mat-1", "mat", '{"bib": 7}'), ("mat-2", "b", '{"bib": 2}')]


@pytest.mark.parametrize(
    ("one", "same"),
    [('{"a": 1, "b": 2}', '{"b":2,"a":1}'), ("1", "1.0"), ('"é"', '"\\u00e9"'), ('{"a": 1, "a": 2}', '{"a": 2}')],
)
async def test_payloads_that_are_the_same_json_are_the_same(
    intake: PostgresEventIntake, topic_id: TopicId, one: str, same: str
) -> None:
    events = [an_event(1, payload=one), an_event(1, payload=same)]
    assert await intake.take(topic_id, events) == Taken(1, 1, 0, head=1)


async def test_the_same_id_on_two_topics_is_two_events(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    other = await a_topic_id(sql)
    await intake.take(topic_id, [an_event(1)])
    assert await intake.take(other, [an_event(1, payload="{}")]) == Taken(1, 0, 0, head=1)


async def test_the_time_of_receiving_never_goes_back_within_a_topic(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    await intake.take(topic_id, some_events(1))
    await sql.execute("update event set received_at = now() + interval '1 hour' where topic = $1", topic_id)
    await intake.take(topic_id, some_events(2))
    rows = await sql.fetch("select received_at from event where topic = $1", topic_id)
    assert len({row["received_at"] for row in rows}) == 1


async def test_what_goes_over_the_wire_is_what_is_stored(
    intake: PostgresEventIntake, topic_id: TopicId, wire: WireToNobody, settings: Settings
) -> None:
    await intake.take(topic_id, some_events(1, 2, 1))
    await intake.take(topic_id, some_events(2))
    await intake.take(topic_id, some_events(2, 3))
    await intake.close()
    assert [(batch.topic_id, batch.first, batch.last) for batch in wire.sent] == [(topic_id, 1, 2), (topic_id, 3, 3)]
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=1)
    await database.open()
    stored = await PostgresEventLog(database).after(topic_id, 0, limit=10, wanted=EVERYTHING)
    await database.close()
    assert [event for batch in wire.sent for event in batch.events] == stored


async def test_a_topic_that_is_not_there_takes_nothing(intake: PostgresEventIntake, tables: None) -> None:
    with pytest.raises(TopicNotFound):
        await intake.take(TopicId(IDS.new()), some_events(1))


@pytest.mark.parametrize("payload", ['"\\u0000"', "[1,", "1e999999999", "{} {}", '"\udc00"'])
async def test_a_payload_that_cannot_be_stored_is_refused_and_nothing_of_its_request_is_there(
    intake: PostgresEventIntake, topic_id: TopicId, sql: asyncpg.Connection, payload: str
) -> None:
    with pytest.raises(Invalid, match="cannot be stored"):
        await intake.take(topic_id, [an_event(1), an_event(2, payload=payload)])
    assert await stored_ids(sql, topic_id) == []
    assert (await counters(sql, topic_id))["received"] == 0
