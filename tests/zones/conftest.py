"""What tests of zones begin with."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.zones.ports import ZoneSweep


@pytest.fixture
async def sweeping(app: Starlette, sql: asyncpg.Connection) -> AsyncIterator[ZoneSweep]:
    """The sweep, as if there never was one."""
    await sql.execute("delete from sweep")
    async with Container(app.state.registry) as services:
        yield await services.aget(ZoneSweep)
    await sql.execute("delete from sweep")
