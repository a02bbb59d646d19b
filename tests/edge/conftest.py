"""A small world behind the edge, for the tests of its transports."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.factories.edge_world import World, an_edge, served


@pytest.fixture
async def world() -> World:
    return World()


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger's client of the edge, in this process."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(an_edge(world)), base_url="http://test") as client:
        yield client


@pytest.fixture
async def online(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger's client of the edge behind a real server."""
    async with served(an_edge(world, keep_alive_s=0.02)) as client:
        yield client
