"""Long computations in threads beside the event loop."""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from uuid import UUID

from domain.shared.errors import Unavailable

T = TypeVar("T")
MOST_WAITING = 64
MOST_OF_ONE = 16
AGAIN_MS = 2000


class ThreadComputing:
    """See Computing. One thread a lane: more of them would take turns with the event loop, not help each other."""

    def __init__(self) -> None:
        self._lanes = {urgent: ThreadPoolExecutor(1, "urgent" if urgent else "computing") for urgent in (False, True)}
        self._under_way: Counter[UUID] = Counter()

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        """See Computing.run. Who gives up waiting frees the place in the queue; work that runs already runs on."""
        if self._under_way.total() >= MOST_WAITING or self._under_way[of] >= MOST_OF_ONE:
            raise Unavailable("Too much is being computed just now.", retry_after_ms=AGAIN_MS)
        future = self._lanes[urgent].submit(work)
        self._under_way[of] += 1
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._done, of))
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        """Drop what waits; what runs goes on to its end, to which nobody listens."""
        for lane in self._lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)

    def _done(self, of: UUID) -> None:
        self._under_way -= Counter([of])  # which forgets who has none left
