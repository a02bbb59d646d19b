"""The time by which plans are read, stopped where a test wants it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from svcs import Container

from di.registry import VIEWS
from domain.shared.ports import Reader
from infrastructure.database.engine import Database
from infrastructure.reading.reader import PostgresReader
from tests.conftest import Athlete
from tests.factories.plan_requests import done


@dataclass
class StoppedClock:
    """A clock that a test sets."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@pytest.fixture
async def clock(app: Starlette) -> AsyncIterator[StoppedClock]:
    registry = app.state.registry
    async with Container(registry) as services:
        reader, database = await services.aget(Reader, Database)
    stopped = StoppedClock(datetime(2026, 4, 15, 12, tzinfo=UTC))
    registry.register_value(Reader, PostgresReader(database, VIEWS, stopped))
    yield stopped
    registry.register_value(Reader, reader)


@pytest.fixture
def living_in(ada: Athlete) -> Callable[[str], object]:
    """Moves ada to another time zone."""

    async def move(zone: str) -> None:
        await done(ada, "updateViewer", {"timezone": zone})

    return move
