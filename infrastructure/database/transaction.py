"""A transaction that gives its connection back and forgets itself, whatever happens to the server."""

import asyncio
from contextlib import suppress
from typing import Any

from piccolo.engine.postgres import PostgresTransaction

from infrastructure.database.commits import Commits
from infrastructure.database.failures import (
    OUTAGES,
    OUTAGES_WHEN_LOST,
    Away,
    CommitWaits,
    OutcomeUnknown,
    hang_up,
    translate_outage,
)
from infrastructure.database.leases import Leases
from infrastructure.database.turns import Turns

ROLLBACK_TIMEOUT_S = 2.0
COMMIT_TIMEOUT_S = 30.0
LOST = (*OUTAGES, *OUTAGES_WHEN_LOST)
_left_alone: set[asyncio.Task[None]] = set()  # asyncio itself holds no task


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
        self._turns: Turns = self.engine.turns  # type: ignore[attr-defined]
        self._commits: Commits = self.engine.commits  # type: ignore[attr-defined]
        await self._turns.take()
        try:
            self.connection = await self._leases.take()
        except BaseException:
            self._turns.give()
            raise
        try:
            with translate_outage(self.connection):
                self.transaction = self.connection.transaction()
                await self.begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._give_up()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        if self._parent:
            return False
        self.engine.current_transaction.reset(self.context)
        if exception is None:
            await self._commit()
        else:
            try:
                await self._take_back()
            finally:
                await self._give_up()
        return False

    async def _commit(self) -> None:
        """Commit, in a task of its own: whoever waits may give up, but the COMMIT itself is never cancelled.

        It may wait for a standby for as long as that is gone. Until it has ended its connection stays with it.
        """
        committing = asyncio.ensure_future(self._commit_and_give())
        try:
            async with asyncio.timeout(COMMIT_TIMEOUT_S):
                await asyncio.shield(committing)
        except TimeoutError as too_long:
            if committing.done():
                return committing.result()
            _leave_alone(committing)
            raise CommitWaits from too_long
        except BaseException:
            _leave_alone(committing)
            raise

    async def _commit_and_give(self) -> None:
        self._commits.begin(self)
        try:
            with translate_outage(self.connection):
                await self.commit()  # type: ignore[no-untyped-call]
        except Away as lost:
            await self._give_up()
            raise OutcomeUnknown from (lost.__cause__ or lost)
        except BaseException:
            await self._give_up()
            raise
        finally:
            self._commits.end(self)
        self._turns.give()
        await self._leases.give(self.connection)

    async def _give_up(self) -> None:
        self._turns.give()
        await self._leases.give_up(self.connection)

    async def _take_back(self) -> None:
        """Roll back; where that cannot be had soon, hang up, which comes to the same. What went wrong goes on."""
        try:
            async with asyncio.timeout(ROLLBACK_TIMEOUT_S):
                await self.rollback()  # type: ignore[no-untyped-call]
        except LOST:
            hang_up(self.connection)


def _leave_alone(committing: asyncio.Task[None]) -> None:
    _left_alone.add(committing)
    committing.add_done_callback(_ended)


def _ended(committing: asyncio.Task[None]) -> None:
    _left_alone.discard(committing)
    with suppress(asyncio.CancelledError):
        committing.exception()  # nobody waits any more; taken, so that asyncio does not tell of it
