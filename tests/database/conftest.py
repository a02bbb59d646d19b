"""Databases of a test's own on the shared server, and ways to disturb them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from urllib.parse import urlsplit

import asyncpg
import pytest

from configuration.settings import Settings
from infrastructure.database.engine import Database
from tests.conftest import eventually

ASLEEP = "select true from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'"
NUMBERS = count(1)

Opened = Callable[..., AbstractAsyncContextManager[Database]]


@asynccontextmanager
async def opened(
    url: str, *, pool_size: int = 3, command_timeout_s: float = 30, patience_s: float = 0
) -> AsyncIterator[Database]:
    """A pool on a database, closed afterwards."""
    database = Database(url, pool_size=pool_size, command_timeout_s=command_timeout_s, patience_s=patience_s)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def fallen_asleep(sql: asyncpg.Connection, pid: int) -> None:
    """Waits until the server works on the connection's pg_sleep: what comes earlier may pass it by."""
    await eventually(lambda: sql.fetchval(ASLEEP, pid))


@pytest.fixture
async def empty_url(settings: Settings, sql: asyncpg.Connection) -> AsyncIterator[str]:
    """The address of a database without tables."""
    assert settings.database_url is not None
    name = f"empty_{next(NUMBERS)}"
    await sql.execute(f"create database {name}")
    yield urlsplit(settings.database_url)._replace(path=f"/{name}").geturl()
    await sql.execute(f"drop database {name} with (force)")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A pool on the shared database, of which three transactions may be open at once."""
    assert settings.database_url is not None
    async with opened(settings.database_url, pool_size=5) as database:
        yield database


@pytest.fixture
def url(settings: Settings) -> str:
    """The address of the shared database."""
    assert settings.database_url is not None
    return settings.database_url
