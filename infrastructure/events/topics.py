"""Topics in PostgreSQL: a topic is locked, changed by a pure function, and stored with those it names."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from domain.events.model import Topic, TopicId, TopicKind, TopicNotFound
from domain.events.names import PublisherNotFound, TopicNameTaken
from domain.shared.once import Once
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once

INSERT_TOPIC = """
insert into topic (id, name, owner, kind, retention_days, compacted) values ($1, $2, $3, $4, $5, $6)
"""
INSERT_PUBLISHERS = "insert into topic_publisher (topic, athlete) select $1, unnest($2::uuid[])"
UPDATE_TOPIC = "update topic set retention_days = $2, compacted = $3 where id = $1"
DELETE_PUBLISHERS = "delete from topic_publisher where topic = $1 and athlete = any($2)"
TOPIC = """
select t.id, t.name, t.owner, t.kind, t.retention_days, t.compacted,
    array(select p.athlete from topic_publisher p where p.topic = t.id) as publishers
from topic t where t.name = $1
"""
# The publishers are read by a statement of its own once the lock is held: one that waited for the lock would tell
# those of before.
LOCK_TOPIC = "select from topic where name = $1 for no key update"


class PostgresTopicRepository:
    """See TopicRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, topic: Topic, *, once: Once | None = None) -> TopicId:
        """See TopicRepository.create."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            values = (topic.id, topic.name, topic.owner, topic.kind, topic.retention_days, topic.compacted)
            with _collisions_told(topic):
                await connection.execute(INSERT_TOPIC, *values)
                await _name_publishers(connection, topic.id, topic.publishers)
            return [topic.id]

        return TopicId((await write_once(self._database, once, write))[0])

    async def by_name(self, name: str) -> Topic | None:
        """See TopicRepository.by_name."""
        if "\x00" in name:
            return None
        rows = await self._database.fetch(TOPIC, name)
        return _topic(rows[0]) if rows else None

    async def update(self, name: str, change: Callable[[Topic], Topic], *, once: Once | None = None) -> TopicId:
        """See TopicRepository.update."""
        if "\x00" in name:
            raise TopicNotFound(name)

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            if not await connection.fetch(LOCK_TOPIC, name):
                raise TopicNotFound(name)
            before = _topic(await connection.fetchrow(TOPIC, name))
            after = change(before)
            if after != before:
                await _store(connection, before, after)
            return [after.id]

        return TopicId((await write_once(self._database, once, write))[0])


async def _store(connection: asyncpg.Connection, before: Topic, after: Topic) -> None:
    await connection.execute(UPDATE_TOPIC, after.id, after.retention_days, after.compacted)
    await connection.execute(DELETE_PUBLISHERS, after.id, list(before.publishers - after.publishers))
    with _collisions_told(after):
        await _name_publishers(connection, after.id, after.publishers - before.publishers)


async def _name_publishers(connection: asyncpg.Connection, topic_id: TopicId, athletes: frozenset[UUID]) -> None:
    if athletes:
        await connection.execute(INSERT_PUBLISHERS, topic_id, list(athletes))


@contextmanager
def _collisions_told(topic: Topic) -> Iterator[None]:
    try:
        yield
    except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError) as error:
        match error.constraint_name:
            case "topic_name_key":
                raise TopicNameTaken(topic.name) from None
            case "topic_publisher_athlete_fkey":
                raise PublisherNotFound from None
        raise


def _topic(row: asyncpg.Record) -> Topic:
    values = dict(row)
    return Topic(**values | {"kind": TopicKind(row["kind"]), "publishers": frozenset(row["publishers"])})
