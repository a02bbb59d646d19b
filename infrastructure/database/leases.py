"""Connections kept at hand between uses.

asyncpg's pool starts a task for every connection that comes back, which takes as long as a small read itself. So a
connection that was used without trouble stays out of the pool, on top of a stack, until it has not been needed for a
while; who waits for one gets it from hand to hand.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import asyncpg

from domain.shared.errors import Unavailable
from infrastructure.database.failures import OUTAGES, OUTAGES_WHEN_LOST, hang_up, is_lost, translate_dialling

IDLE_S = 30.0
GIVE_UP_S = 5.0


class TooBusy(Unavailable):
    """Every connection was in use for as long as one may wait."""

    def __init__(self) -> None:
        super().__init__("The database is too busy just now. Try again in a moment.")


class Leases:
    """Lends the connections of one pool; who has waited for one for `patience_s` is told that it is too busy."""

    def __init__(self, pool: asyncpg.Pool, *, patience_s: float | None = None) -> None:
        self._pool, self._patience_s = pool, patience_s
        self._idle: list[tuple[float, asyncpg.Connection]] = []  # when it was last used; the latest on top
        self._out = 0  # how many the pool has given: those that are lent, and the idle
        self._known = set[asyncpg.Connection]()  # of these, the ones fetched since the server was last lost
        self._old = set[asyncpg.Connection]()  # and those of before
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()
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
        if self._out < self._pool.get_max_size():
            self._out += 1
            return await self._fetched()
        return await self._turn() or await self._fetched()

    async def give(self, connection: asyncpg.Connection) -> None:
        """Take back a connection whose last use went well."""
        if not self.give_at_once(connection):
            await self.give_up(connection)

    def give_at_once(self, connection: asyncpg.Connection) -> bool:
        """`give`, unless that takes waiting: then the answer is False, and it is the caller's to give up."""
        if self._closed or is_lost(connection) or connection in self._old:
            return False
        if not self._hand_on(connection):
            loop = asyncio.get_running_loop()
            self._idle.append((loop.time(), connection))
            if self._sweep is None:
                self._sweep = loop.call_later(IDLE_S, self._send_idle_home)
        return True

    async def give_up(self, connection: asyncpg.Connection) -> None:
        """Take back a connection after trouble: the pool waits for what was cancelled, and drops what is broken."""
        self._known.discard(connection)
        if connection in self._old:
            self._old.discard(connection)
            hang_up(connection)
        try:
            # The pool hangs up on a server that goes on with what was cancelled. What else goes wrong here follows from
            # what went wrong before, which is told.
            with suppress(*OUTAGES, *OUTAGES_WHEN_LOST):
                await self._pool.release(connection, timeout=GIVE_UP_S)
        finally:
            self._free_place()

    def expire(self) -> None:
        """Use none of the connections that there are any more: the server behind them is gone, or is another now."""
        with suppress(StopIteration):  # those that lie in the pool; it only counts, and waits for nothing
            self._pool.expire_connections().send(None)
        self._old |= self._known
        self._known = set()
        idle, self._idle = self._idle, []
        for _, connection in idle:
            self._in_background(self.give_up(connection))

    async def close(self) -> None:
        """Give everything back to the pool; what is out still goes there when it comes."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        idle, self._idle = self._idle, []
        for _, connection in idle:
            await self.give_up(connection)

    async def _fetched(self) -> asyncpg.Connection:
        """A connection of the pool's, for a place that is counted already."""
        try:
            with translate_dialling():
                connection = await self._pool.acquire()
        except BaseException:
            self._free_place()
            raise
        self._known.add(connection)
        return connection

    def _free_place(self) -> None:
        """Leave a connection's place to whoever has waited longest, or to nobody."""
        if not self._hand_on(None):
            self._out -= 1

    async def _turn(self) -> asyncpg.Connection | None:
        """The connection that somebody gives back; None with a place to fetch one from the pool."""
        turn: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        loop, expiry = asyncio.get_running_loop(), None
        if self._patience_s is not None:
            expiry = loop.call_later(self._patience_s, _expire, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:  # it came in this very moment
                self._pass_on(turn.result())
            raise
        finally:
            if expiry is not None:
                expiry.cancel()

    def _pass_on(self, connection: asyncpg.Connection | None) -> None:
        if connection is None:
            self._free_place()
        elif not self.give_at_once(connection):
            self._in_background(self.give_up(connection))

    def _hand_on(self, connection: asyncpg.Connection | None) -> bool:
        """Give whoever has waited longest a connection, or (None) a place to fetch one. False when nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

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


def _expire(turn: asyncio.Future[Any]) -> None:
    if not turn.done():
        turn.set_exception(TooBusy())
