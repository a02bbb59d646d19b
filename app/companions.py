"""The processes beside the API, a worker and the embedded servers: one that ends by itself is started again."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import structlog

from domain.shared.errors import OperatorError

log = structlog.get_logger("cairn.companions")
LOOK_AGAIN_S = 0.5
LONGEST_PAUSE_S = 30.0
LASTED_S = 60.0  # an end after so long a run is no habit: the next start comes soon again


class Servers(Protocol):
    """The database and Redis that Cairn brings along."""

    def fallen(self) -> list[str]:
        """Those that ended though nobody stopped them."""
        ...

    def revive(self) -> None:
        """Start them again. Raises OperatorError."""
        ...


class Worker(Protocol):
    """A worker process beside this one."""

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        ...

    def stop(self) -> None:
        """End it in good order."""
        ...


class KeptWorker:
    """The worker, started again when it ends by itself; after many such ends in a row, more slowly."""

    def __init__(self, spawn: Callable[[], Worker]) -> None:
        self._spawn, self._worker = spawn, spawn()
        self._pause_s = LOOK_AGAIN_S
        self._began_at: float | None = None
        self._again_at: float | None = None

    def look(self, now: float) -> None:
        """One look; `now` in seconds of any steady clock."""
        self._began_at = now if self._began_at is None else self._began_at
        if self._again_at is not None:
            if now >= self._again_at:
                self._start_again(now)
        elif not self._worker.running:
            if now - self._began_at >= LASTED_S:
                self._pause_s = LOOK_AGAIN_S
            log.warning("the worker ended and is started again", in_s=self._pause_s)
            self._again_at = now + self._pause_s
            self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """End it in good order."""
        self._worker.stop()

    def _start_again(self, now: float) -> None:
        try:
            self._worker, self._began_at, self._again_at = self._spawn(), now, None
        except OSError as refusal:  # no memory or no process left just now
            log.error("the worker does not start again", reason=str(refusal))
            self._again_at = now + LONGEST_PAUSE_S


class KeptServers:
    """The embedded servers, started again when they end by themselves."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._not_before = float("-inf")

    def look(self, now: float) -> None:
        """One look; `now` in seconds of any steady clock."""
        if now < self._not_before or not (fallen := self._servers.fallen()):
            return
        log.warning("a server ended and is started again", servers=fallen)
        try:
            self._servers.revive()  # from the main thread, or it would end with the thread that started it
        except (OperatorError, OSError) as refusal:
            log.error("a server does not start again", reason=str(refusal))
            self._not_before = now + LONGEST_PAUSE_S


async def look_after(*kept: KeptWorker | KeptServers) -> None:
    """Look at each, again and again, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        for companion in kept:
            companion.look(time.monotonic())
