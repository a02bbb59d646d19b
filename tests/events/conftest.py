"""What tests of events begin with."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import TopicId
from infrastructure.database.engine import Database
from infrastructure.database.migrate import migrate
from infrastructure.events import retention
from infrastructure.events.retention import PostgresEventSweep
from tests.factories.intake import IDS, a_topic_id


@pytest.fixture(scope="session")
async def tables(settings: Settings) -> None:
    """The database's tables, for tests that need no application."""
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=1)
    await database.open()
    await migrate(database)
    await database.close()


@pytest.fixture
async def topic_id(tables: None, sql: asyncpg.Connection) -> TopicId:
    """A new topic."""
    return await a_topic_id(sql)


@pytest.fixture
async def unswept(settings: Settings, tables: None, sql: asyncpg.Connection) -> AsyncIterator[Database]:
    """A pool of its own; as if there never was a sweep, and no other topic to be swept."""
    await sql.execute("delete from sweep")
    others = await sql.fetch("select id, retention_days, compacted from topic")
    await sql.execute("update topic set retention_days = null, compacted = false")
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=2)
    await database.open()
    yield database
    await database.close()
    await sql.execute("delete from sweep")
    await sql.executemany("update topic set retention_days = $2, compacted = $3 where id = $1", map(tuple, others))


@pytest.fixture
def sweeping(unswept: Database, monkeypatch: pytest.MonkeyPatch) -> PostgresEventSweep:
    """The sweep, in small chunks."""
    monkeypatch.setattr(retention, "CHUNK", 3)
    monkeypatch.setattr(retention, "CONFLICTS_KEPT", 4)
    return PostgresEventSweep(unswept, IDS)


@pytest.fixture
async def week(unswept: Database, sql: asyncpg.Connection) -> TopicId:
    """A topic that keeps events for a week."""
    return await a_topic_id(sql, retention_days=7)


@pytest.fixture
async def newest(unswept: Database, sql: asyncpg.Connection) -> TopicId:
    """A compacted topic."""
    return await a_topic_id(sql, compacted=True)
