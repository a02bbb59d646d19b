"""Connections kept at hand between uses.

asyncpg's pool starts a task for every connection that comes back, which takes as long as a small read itself. So a
connection that was used without trouble stays out of the pool, on top of a stack, until it has not been needed for a
while or somebody waits for one.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

import asyncpg

from infrastructure.database.failures import is_lost, translate_dialling

IDLE_S = 30.0


class Leases:
    """Lends the connections of one pool."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._idle: list[tuple[float, asyncpg.Connection]] = []  # when it was last used; the latest on top
        self._waiting = 0
        self._closed = False
        self._sweep: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def take(self) -> asyncpg.Connection:
        """A connection, which must come back by `give` or `give_up`; raises Unavailable when none can be had."""
        while self._idle:
            _, connection = self._idle.pop()
            if not is_lost(connection):
                return connection
            await self.give_up(connection)
        self._waiting += 1
        try:
            with translate_dialling():
                return await self._pool.acquire()
        finally:
            self._waiting -= 1

    async def give(self, connection: asyncpg.Connection) -> None:
        """Take back a connection whose last use went well."""
        if self._waiting or self._closed or is_lost(connection):
            await self.give_up(connection)
            return
        loop = asyncio.get_running_loop()
        self._idle.append((loop.time(), connection))
        if self._sweep is None:
            self._sweep = loop.call_later(IDLE_S, self._send_idle_home)

    async def give_up(self, connection: asyncpg.Connection) -> None:
        """Take back a connection after trouble: the pool waits for what was cancelled, and drops what is broken."""
        await self._pool.release(connection)

    async def close(self) -> None:
        """Give everything back to the pool; what is out still goes there when it comes."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        idle, self._idle = self._idle, []
        for _, connection in idle:
            await self.give_up(connection)

    def _send_idle_home(self) -> None:
        loop = asyncio.get_running_loop()
        latest = loop.time() - IDLE_S
        old = [connection for used, connection in self._idle if used <= latest]
        self._idle = [(used, connection) for used, connection in self._idle if used > latest]
        for connection in old:
            self._in_background(self.give_up(connection))
        self._sweep = loop.call_later(IDLE_S, self._send_idle_home) if self._idle else None

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)
