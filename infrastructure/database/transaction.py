"""A transaction that gives its connection back and forgets itself, whatever happens to the server."""

import asyncio
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresTransaction

from infrastructure.database.failures import OUTAGES, is_lost, translate_outage
from infrastructure.database.leases import Leases

ROLLBACK_TIMEOUT_S = 2.0


class HealedTransaction(PostgresTransaction):
    """Piccolo's, mended.

    Piccolo's own never returns the connection when BEGIN fails, and when the connection dies later it leaves its
    context variable set, so that every later query of the same task fails.
    """

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            return self._parent
        # Kept, because the engine forgets them while it is being closed.
        self._leases: Leases = self.engine.leases  # type: ignore[attr-defined]
        self.connection = await self._leases.take()
        try:
            with translate_outage(self.connection):
                self.transaction = self.connection.transaction()
                await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._leases.give_up(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent:
            return False
        back = self._leases.give_up
        try:
            if exception is None:
                with translate_outage(self.connection):
                    await self.commit()  # type: ignore[no-untyped-call]
                back = self._leases.give
            else:
                await self._take_back()
        finally:
            self.engine.current_transaction.reset(self.context)
            await back(self.connection)
        return False

    async def _take_back(self) -> None:
        """Roll back; where that cannot be had soon, hang up, which comes to the same. What went wrong goes on."""
        try:
            async with asyncio.timeout(ROLLBACK_TIMEOUT_S):
                await self.rollback()  # type: ignore[no-untyped-call]
        except (*OUTAGES, asyncpg.InterfaceError):
            if not is_lost(self.connection):
                self.connection.terminate()
