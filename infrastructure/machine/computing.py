"""Long computations in threads beside the event loop."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

from domain.shared.errors import Unavailable

T = TypeVar("T")
MOST_AT_ONCE = 64
MOST_OF_ONE = 12
AGAIN_MS = 2000


class ThreadComputing:
    """See Computing. One thread a lane: more of them would take turns with the event loop, not help each other."""

    def __init__(self) -> None:
        self._lanes = {urgent: _Lane("urgent" if urgent else "computing") for urgent in (False, True)}

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        """See Computing.run. Who gives up waiting frees the place in the queue; work that runs already runs on."""
        result: T = await self._lanes[urgent].run(work, of)
        return result

    async def close(self) -> None:
        """Drop what waits; what runs goes on to its end, to which nobody listens."""
        for lane in self._lanes.values():
            lane.close()


class _Lane:
    """One thread, and who waits for it: athletes take turns, each with what they asked for first."""

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._waiting: OrderedDict[UUID, deque[_Turn]] = OrderedDict()
        self._asked: Counter[UUID] = Counter()
        self._running = False
        self._closed = False

    async def run(self, work: Callable[[], Any], of: UUID) -> Any:
        if self._closed or self._asked.total() >= MOST_AT_ONCE or self._asked[of] >= MOST_OF_ONE:
            raise Unavailable("Too much is being computed just now.", retry_after_ms=AGAIN_MS)
        turn = _Turn(work)
        self._waiting.setdefault(of, deque()).append(turn)
        self._asked[of] += 1
        self._go_on()
        try:
            return await turn.done
        finally:
            self._asked -= Counter([of])  # which forgets who has asked for nothing
            self._forget(of, turn)

    def close(self) -> None:
        self._closed = True
        for turns in self._waiting.values():
            for turn in turns:
                turn.done.cancel()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _go_on(self) -> None:
        """Give the thread the next turn: the first of the athlete who was not served for the longest."""
        if self._running or not self._waiting or self._closed:
            return
        of, turns = next(iter(self._waiting.items()))
        turn = turns.popleft()
        self._waiting.move_to_end(of)
        if not turns:
            del self._waiting[of]
        self._running = True
        loop = asyncio.get_running_loop()
        self._thread.submit(turn.work).add_done_callback(
            lambda future: loop.is_closed() or loop.call_soon_threadsafe(self._ended, turn, future)
        )

    def _ended(self, turn: "_Turn", future: "Future[Any]") -> None:
        self._running = False
        turn.take(future)
        self._go_on()

    def _forget(self, of: UUID, turn: "_Turn") -> None:
        """Whoever gave up before their turn waits no more."""
        turns = self._waiting.get(of)
        if turns is not None and turn in turns:
            turns.remove(turn)
            if not turns:
                del self._waiting[of]


class _Turn:
    """One piece of work, and where its answer goes."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def take(self, future: "Future[Any]") -> None:
        if self.done.done():
            return
        if future.cancelled():
            self.done.cancel()
        elif (wrong := future.exception()) is not None:
            self.done.set_exception(wrong)
        else:
            self.done.set_result(future.result())
