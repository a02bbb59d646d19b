"""Another transaction, held open while something else goes on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg

from configuration.settings import Settings

WAITS = "select exists (select from pg_stat_activity where $1 = any(pg_blocking_pids(pid)))"


@dataclass(frozen=True)
class Meanwhile:
    """A transaction under way: what `sql` writes is committed at the end of the block."""

    sql: asyncpg.Connection
    looker: asyncpg.Connection

    async def is_waited_for(self) -> bool:
        waits: bool = await self.looker.fetchval(WAITS, self.sql.get_server_pid())
        return waits


@asynccontextmanager
async def meanwhile(settings: Settings) -> AsyncIterator[Meanwhile]:
    """A transaction of a connection of its own."""
    sql, looker = await asyncpg.connect(settings.database_url), await asyncpg.connect(settings.database_url)
    try:
        async with sql.transaction():
            yield Meanwhile(sql, looker)
    finally:
        await sql.close()
        await looker.close()
