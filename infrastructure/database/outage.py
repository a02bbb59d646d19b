"""While the database is away, one asks for all of this process whether it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from itertools import count

import asyncpg
import structlog

from domain.shared.errors import Unavailable

FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 0.02, 0.25, 1.5
TROUBLE = (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)  # whatever it is, look again
log = structlog.get_logger("cairn.database")


class Outage:
    """Begins when somebody has lost the database, and ends when it takes writes again.

    `look` asks the server over a new connection whether it takes writes; `lose` forgets the connections of before;
    `jitter` gives numbers from 0 to 1, by which not all processes ask in the same moment.
    """

    def __init__(
        self, look: Callable[[], Awaitable[bool]], jitter: Callable[[], float], *, lose: Callable[[], None]
    ) -> None:
        self._look, self._jitter, self._lose = look, jitter, lose
        self.count, self._closed = 0, False
        self._answers, self._writable = asyncio.Event(), asyncio.Event()
        self._answers.set()
        self._writable.set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether nobody has found the database writable yet."""
        return self._looking is not None

    def begin(self, *, read_only: bool, reason: object) -> None:
        """Somebody has lost the server, or found that it takes no writes. Nothing changes while that is known."""
        if self._closed:
            return
        self._writable.clear()
        if not read_only:
            self._answers.clear()
        if self._looking is None:
            log.warning("database away", reason=str(reason) or type(reason).__name__, read_only=read_only)
            self.count += 1
            self._lose()
            # In a context of its own: it is nobody's operation.
            self._looking = asyncio.create_task(self._look_until_writable(), context=Context())

    async def over(self, *, for_writing: bool, within_s: float) -> bool:
        """Wait until the server answers or, `for_writing`, takes writes; False when that took too long."""
        waited_for = self._writable if for_writing else self._answers
        if waited_for.is_set():
            return True
        try:
            async with asyncio.timeout(within_s):
                return await waited_for.wait()
        except TimeoutError:
            return False

    async def close(self) -> None:
        """Look no more; who waits goes on, and is told that the pool is closed."""
        self._closed = True
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.wait({looking})
        self._answers.set()
        self._writable.set()

    async def _look_until_writable(self) -> None:
        loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
        began = loop.time()
        for looks in count(1):
            if await self._is_writable():
                self._looking = None
                self._writable.set()
                log.info("database back", away_s=round(loop.time() - began, 3), looks=looks)
                return
            await asyncio.sleep(pause_s * (0.5 + 0.5 * self._jitter()))
            pause_s = min(pause_s * GROWTH, LONGEST_PAUSE_S)

    async def _is_writable(self) -> bool:
        try:
            writable = await self._look()
        except TROUBLE:
            self._lose()  # whoever got a connection meanwhile lets go of it: the server may have no other for this look
            return False
        self._answers.set()
        return writable
