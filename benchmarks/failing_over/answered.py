"""Somebody who looks how much a standby is asked, so that nobody takes for tried what was never used."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

PAUSE_S = 0.1
WITHIN_S = 2.0
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
# Each query that clients send looks at one of these through its index, or through all of it while it is small. What a
# standby replays looks at none; and of a server that is no standby any more nothing is told.
LOOKED_AT = """
select sum(seq_scan + idx_scan)::bigint from pg_stat_user_tables
where relname = any('{plan,topic}') and pg_is_in_recovery()
"""


@dataclass
class Answered:
    """How often tables were looked at on the standby behind an address; of the last second it may not know yet."""

    url: str
    looks: int = 0

    async def watch(self) -> None:
        """Count until cancelled."""
        while self.url:
            with suppress(*TROUBLE):
                await self._count()
            await asyncio.sleep(PAUSE_S)

    async def _count(self) -> None:
        """As long as it is one standby, over one connection: a writer that becomes a standby has counted before."""
        connection = await asyncpg.connect(self.url, timeout=WITHIN_S, command_timeout=WITHIN_S, statement_cache_size=0)
        try:
            before = await connection.fetchval(LOOKED_AT)
            while (now := await connection.fetchval(LOOKED_AT)) is not None:
                self.looks += now - (now if before is None else before)
                before = now
                await asyncio.sleep(PAUSE_S)
        finally:
            connection.terminate()
