"""Work that is to go on for as long as the process does."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from infrastructure.bus.redis_bus import RECONNECT_S

log = structlog.get_logger("cairn.wire")


class Going:
    """A task that begins with the first need of it. When a bug ends it, that is logged, and it begins anew."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, None]], *, pause_s: float = RECONNECT_S) -> None:
        self._work, self._pause_s = work, pause_s
        self._task: asyncio.Task[None] | None = None
        self._pausing: asyncio.TimerHandle | None = None
        self._stopped = False

    def start(self) -> bool:
        """Begin, unless it goes on or was stopped; answers whether it began."""
        if self._task is not None or self._pausing is not None or self._stopped:
            return False
        self._task = asyncio.create_task(self._work())
        self._task.add_done_callback(self._ended)
        return True

    async def stop(self) -> None:
        """Let it go on no more; what it raises at its end is logged."""
        self._stopped = True
        if self._pausing is not None:
            self._pausing.cancel()
        if (task := self._task) is not None:
            task.cancel()
            await asyncio.wait({task})

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (bug := task.exception()) is not None:
            log.error("bug", exc_info=bug)
        if not self._stopped:
            self._pausing = asyncio.get_running_loop().call_later(self._pause_s, self._again)

    def _again(self) -> None:
        self._pausing = None
        self.start()
