"""One little world for all tests of reading: they leave it as it is."""

from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.main import create_app
from configuration.settings import Settings
from domain.accounts.ports import TokenIssuer
from tests.conftest import Athlete
from tests.reading.world import World, a_world


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The application with limits out of the way: here it is asked for more than anybody may."""
    application = create_app(
        replace(
            settings,
            max_aliases=10_000,
            max_depth=200,
            max_cost=100_000_000,
            max_nodes=10_000_000,
            max_tokens=5_000,
            max_directives=10_000,
        )
    )
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture(scope="session")
async def world(app: Starlette, sql: asyncpg.Connection) -> AsyncIterator[World]:
    """Two athletes with plans, runs and jobs, and who they are."""
    async with Container(app.state.registry) as services:
        tokens = await services.aget(TokenIssuer)
    transport = httpx.ASGITransport(app)
    athletes = []
    for name in ("ada of reading", "bob of reading"):
        token = tokens.issue(name, scopes=None, hours=1)
        headers = {"authorization": f"Bearer {token}"}
        athletes.append(
            Athlete(name, token, httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers))
        )
    yield await a_world(*athletes, sql)
    for athlete in athletes:
        await athlete.http.aclose()
