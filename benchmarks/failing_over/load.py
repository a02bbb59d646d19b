"""All who talk to the APIs, in a thread of their own, so that the main thread can strike what is behind them."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import Self

from benchmarks.failing_over.answered import Answered
from benchmarks.failing_over.clients import Client
from benchmarks.failing_over.following import Follower
from benchmarks.failing_over.history import History
from benchmarks.failing_over.readiness import Readiness
from testing_payloads.failover.patroni.machine import Machine
from testing_payloads.failover.patroni.witness import a_witness
from tests.factories.serving import wait_until

PATIENCE_S = 120.0
DRAINED_WITHIN_S = 30.0


@dataclass
class Load:
    """Clients, followers, and somebody who looks whether the APIs are ready. Figures may be read while it runs."""

    clients: Sequence[Client]
    followers: Sequence[Follower]
    readiness: Readiness
    answered: Answered
    history: History
    pause_s: float  # of a client between two rounds
    machines: Sequence[Machine] = ()  # of which one at most may take writes

    def __enter__(self) -> Self:
        self._began = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._done: Future[None] = self._pool.submit(asyncio.run, self._everything())
        self._began.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._everyone.cancel)
        self._pool.shutdown()

    def wait_acknowledged(self, more: int) -> None:
        """Wait until each client has been acknowledged so many more calls than now."""
        wanted = [(client, client.acknowledged + more) for client in self.clients]
        self._until(lambda: all(client.acknowledged >= enough for client, enough in wanted))

    def wait_answered_by_standby(self) -> None:
        """Wait until the standby has answered a query; not where nobody asks it."""
        before = self.answered.looks
        self._until(lambda: self.answered.looks > before or not self.answered.url)

    def stop(self) -> None:
        """Let clients finish what they are at, and do no more; followers go on."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._until(self._stopped.is_set)

    def drain(self, sizes: Mapping[str, int]) -> None:
        """Wait until followers have got as much as there is; or for long enough."""
        with contextlib.suppress(AssertionError):
            wait_until(
                lambda: all(one.feed.offset >= sizes[one.feed.register] for one in self.followers),
                within_s=DRAINED_WITHIN_S,
            )

    def _until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; what goes wrong in the load meanwhile is raised."""

        def holds_or_failed() -> bool:
            if self._done.done():
                self._done.result()
            return holds()

        wait_until(holds_or_failed, within_s=PATIENCE_S)

    async def _everything(self) -> None:
        self._loop, self._stop, self._stopped = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
        everyone = asyncio.current_task()
        assert everyone is not None
        self._everyone = everyone
        async with a_witness(*self.machines) as self.witness, asyncio.TaskGroup() as group:
            self._began.set()
            for follower in self.followers:
                group.create_task(follower.follow())
            group.create_task(self.readiness.watch())
            group.create_task(self.answered.watch())
            async with asyncio.TaskGroup() as working:
                for client in self.clients:
                    working.create_task(self._work(client))
            self._stopped.set()

    async def _work(self, client: Client) -> None:
        for number in count(1):
            if self._stop.is_set():
                break
            await client.round(number)
            await asyncio.sleep(self.pause_s)
        await client.asking.close()
