"""Publishers and followers in a thread of their own, so that the main thread can kill and start what they talk to."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from benchmarks.killing.following import Follower
from benchmarks.killing.plan import Plan
from benchmarks.killing.publishing import Gate, Published, publish
from tests.factories.serving import wait_until

PATIENCE_S = 120.0


@dataclass
class Load:
    """All who talk to the APIs. Figures may be read while it runs."""

    plan: Plan
    urls: Sequence[str]
    token: str
    topic: str
    followers: Sequence[Follower]
    late: Sequence[Follower] = ()  # who begin to follow when they are told to
    published: Published = field(default_factory=Published)

    def __enter__(self) -> Self:
        self._began = threading.Event()
        self._pool = ThreadPoolExecutor(1)
        self._done: Future[None] = self._pool.submit(asyncio.run, self._everything())
        self._began.wait()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(self._cancel)
        self._pool.shutdown()

    def open(self, share: float) -> None:
        """Let publishers send so much of what they have, and no more."""
        batches = round(share * max(map(len, self.plan.shares)))
        self._opened = self.plan.numbers(batches)
        self._loop.call_soon_threadsafe(self._gate.open, batches)

    def all_is_told(self) -> bool:
        """Whether those who follow from the start have got all that may be published so far."""
        return all(len(one.seen.numbers) == len(one.seen.wanted & self._opened) for one in self.followers)

    def follow_late(self) -> None:
        """Let those begin who come late."""
        self._loop.call_soon_threadsafe(self._late_begin.set)

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds; what goes wrong in the load meanwhile is raised."""

        def holds_or_failed() -> bool:
            if self._done.done():
                self._done.result()
            for follower in (*self.followers, *self.late):
                assert not follower.seen.faults, f"{follower.name}: {follower.seen.faults}"
            return holds()

        wait_until(holds_or_failed, within_s=PATIENCE_S)

    def until_done(self) -> None:
        """Wait until all is published and everybody has got it; or for long enough."""
        with contextlib.suppress(TimeoutError):
            self._done.result(PATIENCE_S)

    async def _everything(self) -> None:
        self._loop = asyncio.get_running_loop()
        everything = asyncio.current_task()
        assert everything is not None
        self._cancel = everything.cancel
        self._gate, self._late_begin = Gate(), asyncio.Event()
        self._began.set()
        async with asyncio.TaskGroup() as group:
            group.create_task(publish(self.plan, self.urls, self.token, self.topic, self._gate, self.published))
            for follower in self.followers:
                group.create_task(follower.follow())
            for follower in self.late:
                group.create_task(self._follow_late(follower))

    async def _follow_late(self, follower: Follower) -> None:
        await self._late_begin.wait()
        await follower.follow()
