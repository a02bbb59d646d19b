"""What tests of events begin with."""

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import TopicId
from infrastructure.database.engine import Database
from infrastructure.database.migrate import migrate
from tests.factories.intake import a_topic_id


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
