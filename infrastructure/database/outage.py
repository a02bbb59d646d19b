"""While the database is away, one asks for all of this process whether it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from itertools import count

import asyncpg
import structlog

from domain.shared.errors import Unavailable

FIRST_PAUSE_S, LONGEST_PAUSE_S, GROWTH = 0.02, 0.25, 1.5
# A look that has no answer by then may hang on a server that is gone, or in a pgbouncer that tries the server again
# only when it hears something, or after a third of a second: another begins beside it.
SLOW_S, LOOKS_AT_ONCE = 0.08, 3
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
        """Wait until the server answers or, `for_writing`, takes writes; False when that took too long, or the process
        ends."""
        waited_for = self._writable if for_writing else self._answers
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await waited_for.wait()
                return not self._closed
        return False

    def stop(self) -> None:
        """The process ends: look no more, and let nobody wait any longer."""
        self._closed = True
        if self._looking is not None:
            self._looking.cancel()
        self._answers.set()
        self._writable.set()

    async def close(self) -> None:
        """The same, and wait until the last look has ended."""
        self.stop()
        looking, self._looking = self._looking, None
        if looking is not None:
            await asyncio.wait({looking})

    async def _look_until_writable(self) -> None:
        loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
        began, looks = loop.time(), set[asyncio.Task[bool]]()
        try:
            for number in count(1):
                looks.add(asyncio.create_task(self._is_writable()))
                longest_s = SLOW_S if len(looks) < LOOKS_AT_ONCE else None
                answered, looks = await asyncio.wait(looks, timeout=longest_s, return_when=asyncio.FIRST_COMPLETED)
                if any(look.result() for look in answered):
                    self._looking = None
                    self._writable.set()
                    log.info("database back", away_s=round(loop.time() - began, 3), looks=number)
                    return
                if answered:
                    await asyncio.sleep(pause_s * (0.5 + 0.5 * self._jitter()))
                    pause_s = min(pause_s * GROWTH, LONGEST_PAUSE_S)
        finally:
            for look in looks:
                look.cancel()
            if looks:
                await asyncio.wait(looks)

    async def _is_writable(self) -> bool:
        try:
            writable = await self._look()
        except TROUBLE:
            self._lose()  # whoever got a connection meanwhile lets go of it: the server may have no other for this look
            return False
        self._answers.set()
        return writable
