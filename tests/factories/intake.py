"""Topics and events to be taken in, and intakes as separate processes have them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from configuration.settings import Settings
from domain.events.model import Batch, NewEvent, TopicId
from infrastructure.database.engine import Database
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds

IDS = SortedIds(SystemClock())
START = datetime(2026, 6, 1, 8, tzinfo=UTC)
ADD_ATHLETE = """
insert into athlete (id, issuer, subject, display_name, timezone) values ($1, 'tests', $2, 'A timekeeper', 'UTC')
"""
ADD_TOPIC = """
insert into topic (id, name, owner, kind, retention_days, compacted) values ($1, $2, $3, 'GENERAL', $4, $5)
"""
COUNTERS = "select head, received, unique_processed, duplicates_dropped, conflicting from topic where id = $1"
STORED = """
select feed_offset, event_id, occurred_at, source, payload::text as payload from event
where topic = $1 order by feed_offset
"""
MOST = {"most_events": 20_000, "most_characters": 64_000_000, "patience_ms": 60_000}


def an_event(number: int = 1, **given: Any) -> NewEvent:
    """The same for the same number."""
    event = {
        "event_id": f"mat-{number}",
        "occurred_at": START + timedelta(seconds=number),
        "source": "mat",
        "payload": f'{{"bib": {number}}}',
    }
    return NewEvent(**event | given)


def some_events(*numbers: int) -> list[NewEvent]:
    return [an_event(number) for number in numbers]


async def an_athlete_id(sql: asyncpg.Connection) -> UUID:
    """Somebody new."""
    athlete_id = IDS.new()
    await sql.execute(ADD_ATHLETE, athlete_id, str(athlete_id))
    return athlete_id


async def a_topic_id(sql: asyncpg.Connection, *, retention_days: int | None = None, compacted: bool = False) -> TopicId:
    """A new topic of somebody's."""
    topic_id = IDS.new()
    await sql.execute(ADD_TOPIC, topic_id, str(topic_id), await an_athlete_id(sql), retention_days, compacted)
    return TopicId(topic_id)


async def counters(sql: asyncpg.Connection, topic_id: TopicId) -> dict[str, int]:
    return dict(await sql.fetchrow(COUNTERS, topic_id))


async def stored_ids(sql: asyncpg.Connection, topic_id: TopicId) -> list[tuple[int, str]]:
    """The offsets and ids in a topic."""
    return [(row["feed_offset"], row["event_id"]) for row in await sql.fetch(STORED, topic_id)]


@dataclass
class WireToNobody:
    """The EventWire port, which keeps what it is told."""

    sent: list[Batch] = field(default_factory=list)

    async def send(self, batch: Batch) -> None:
        self.sent.append(batch)

    def follow(self, topic_id: TopicId) -> Any:
        raise NotImplementedError


@asynccontextmanager
async def an_intake(
    settings: Settings, wire: Any = None, *, pool_size: int = 4, **most: int
) -> AsyncIterator[PostgresEventIntake]:
    """An intake with a pool of its own, as another process has one."""
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=pool_size)
    await database.open()
    intake = PostgresEventIntake(database, wire or WireToNobody(), IDS, **MOST | most)
    try:
        yield intake
    finally:
        await intake.close()
        await database.close()
