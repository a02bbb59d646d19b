"""Topics in the real database, changed by several at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import Topic, TopicId
from domain.events.names import PublisherNotFound, TopicNameTaken
from infrastructure.database.engine import Database
from infrastructure.events.topics import PostgresTopicRepository
from tests.factories.intake import ADD_ATHLETE, IDS

AT_ONCE = 8
DAYS = 5


@pytest.fixture
async def topics(settings: Settings, tables: None) -> AsyncIterator[PostgresTopicRepository]:
    """A repository of the test's own."""
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=AT_ONCE)
    await database.open()
    yield PostgresTopicRepository(database)
    await database.close()


@pytest.fixture
async def athletes(tables: None, sql: asyncpg.Connection) -> list[UUID]:
    """Athletes; the first of them owns topics."""
    ids = [IDS.new() for _ in range(AT_ONCE)]
    await sql.executemany(ADD_ATHLETE, [(id, str(id)) for id in ids])
    return ids


def a_topic(owner: UUID, publishers: frozenset[UUID] = frozenset()) -> Topic:
    id = IDS.new()
    return Topic(TopicId(id), f"t-{id}", owner, publishers=publishers, retention_days=DAYS)


def naming(athlete: UUID) -> Callable[[Topic], Topic]:
    """One publisher more, and one day."""
    return lambda topic: replace(
        topic, publishers=topic.publishers | {athlete}, retention_days=(topic.retention_days or 0) + 1
    )


async def test_a_topic_comes_back_as_it_was_stored(topics: PostgresTopicRepository, athletes: list[UUID]) -> None:
    topic = a_topic(athletes[0], frozenset(athletes[1:3]))

    await topics.create(topic)

    assert await topics.by_name(topic.name) == topic


async def test_of_those_who_take_a_name_at_once_one_gets_it(
    topics: PostgresTopicRepository, athletes: list[UUID]
) -> None:
    rivals = [replace(a_topic(athlete), name=f"rivals-{athletes[0]}") for athlete in athletes]

    answers = await asyncio.gather(*(topics.create(topic) for topic in rivals), return_exceptions=True)

    assert sum(isinstance(answer, TopicNameTaken) for answer in answers) == AT_ONCE - 1


async def test_changes_at_once_are_all_kept(topics: PostgresTopicRepository, athletes: list[UUID]) -> None:
    topic = a_topic(athletes[0])
    await topics.create(topic)

    await asyncio.gather(*(topics.update(topic.name, naming(athlete)) for athlete in athletes))

    changed = await topics.by_name(topic.name)
    assert changed is not None
    assert (changed.publishers, changed.retention_days) == (frozenset(athletes), DAYS + AT_ONCE)


async def test_a_topic_that_names_nobody_who_is_there_is_not_stored(
    topics: PostgresTopicRepository, athletes: list[UUID]
) -> None:
    topic = a_topic(athletes[0], frozenset({IDS.new()}))

    with pytest.raises(PublisherNotFound):
        await topics.create(topic)

    assert await topics.by_name(topic.name) is None


async def test_a_change_that_changes_nothing_writes_nothing(
    topics: PostgresTopicRepository, athletes: list[UUID], sql: asyncpg.Connection
) -> None:
    topic = a_topic(athletes[0])
    await topics.create(topic)
    version = await sql.fetchval("select ctid from topic where id = $1", topic.id)

    await topics.update(topic.name, lambda same: same)

    assert await sql.fetchval("select ctid from topic where id = $1", topic.id) == version
