"""A transaction that gives its connection back and forgets itself, whatever happens to the server."""

import asyncio
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresTransaction

from infrastructure.database.failures import OUTAGES, is_lost, translate_dialling, translate_outage

ROLLBACK_TIMEOUT_S = 2.0


class HealedTransaction(PostgresTransaction):
    """Piccolo's, mended.

    Piccolo's own never returns the connection when BEGIN fails, and when the connection dies later it leaves its
    context variable set, so that every later query of the same task fails.
    """

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        assert self.engine.pool is not None, "Database.transaction sees to it"
        # Kept, because the engine forgets its pool while it is being closed.
        self._pool = self.engine.pool
        with translate_dialling():
            self.connection = await self._pool.acquire()
        try:
            with translate_outage(self.connection):
                self.transaction = self.connection.transaction()
                await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._pool.release(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent:
            return False
        try:
            if exception is None:
                with translate_outage(self.connection):
                    await self.commit()  # type: ignore[no-untyped-call]
            else:
                await self._take_back()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._pool.release(self.connection)
        return False

    async def _take_back(self) -> None:
        """Roll back; where that cannot be had soon, hang up, which comes to the same. What went wrong goes on."""
        try:
            async with asyncio.timeout(ROLLBACK_TIMEOUT_S):
                await self.rollback()  # type: ignore[no-untyped-call]
        except (*OUTAGES, asyncpg.InterfaceError):
            if not is_lost(self.connection):
                self.connection.terminate()
