"""A Cairn of the benchmark's own: servers on a folder that goes with it, tables, and what a worker works with."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
from svcs import Container, Registry

from configuration.settings import Settings, load_settings
from di.registry import register_services
from domain.shared.ports import Migrations
from infrastructure.embedded.servers import EmbeddedServers


@contextmanager
def a_world() -> Iterator[Settings]:
    """Settings of embedded servers that run; they end with the block, and nothing is left of them."""
    folder = Path(tempfile.mkdtemp(prefix="cairn-bench-"))
    try:
        with EmbeddedServers(folder) as servers:
            told = servers.start()
            yield replace(load_settings({}, data_dir=folder), database_url=told.database_url, redis_url=told.redis_url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[tuple[Registry, asyncpg.Connection]]:
    """All tables, the adapters of a worker in this process, and a connection that waits as long as it must."""
    registry = Registry()
    await register_services(registry, settings)
    async with registry:
        async with Container(registry) as container:
            await (await container.aget(Migrations)).apply()
        connection = await asyncpg.connect(settings.database_url)
        try:
            yield registry, connection
        finally:
            await connection.close()
