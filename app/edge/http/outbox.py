"""What waits to be sent on one event stream: so much and no more for each of its operations."""

import asyncio
from collections import Counter, deque
from collections.abc import Set

from app.edge import waiting

MOST_WAITING = 100


class Outbox:
    """Events of several operations, in the order in which they came.

    A client that reads more slowly than events come must not fill our memory. Past the bound, what waits of that
    operation is forgotten: it can be asked for again from the cursor of what was sent last, so nothing is skipped.
    """

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self._most = most_waiting
        self._waiting: deque[tuple[str | None, bytes, str | None, bool]] = deque()
        self._count: Counter[str | None] = Counter()
        self._bytes: Counter[str | None] = Counter()
        self._cursors: dict[str | None, str | None] = {}
        self._something, self._less = asyncio.Event(), asyncio.Event()
        self._closed = False
        self.taken = 0  # bytes

    def is_full(self, operation: str | None) -> bool:
        """Whether so much of an operation waits as may: then its client is too slow for more."""
        return waiting.is_full(self._count[operation], self._bytes[operation], self._most)

    def is_filling(self, operation: str | None) -> bool:
        """Whether half of what may wait of an operation does."""
        return waiting.is_filling(self._count[operation], self._bytes[operation], self._most)

    def put(self, operation: str | None, event: bytes, cursor: str | None = None, *, last: bool = False) -> None:
        """Take an event in any case: one of those that end an operation. Behind the `last` nothing is remembered."""
        self._waiting.append((operation, event, cursor, last))
        self._count[operation] += 1
        self._bytes[operation] += len(event)
        self._something.set()

    def forget(self, operation: str | None) -> None:
        """Nothing more is to be told of an operation, not even what waits."""
        self._drop(operation)
        self._cursors.pop(operation, None)

    @property
    def operations(self) -> Set[str | None]:
        """Those of which something waits."""
        return self._count.keys()

    def cursor_of(self, operation: str | None) -> str | None:
        """Where the last event that was sent of an operation stands in its feed, if the feed says."""
        return self._cursors.get(operation)

    def close(self) -> None:
        """Nothing comes any more: what waits is sent, and then the stream ends."""
        self._closed = True
        self._something.set()

    async def next(self, within_s: float) -> bytes | None:
        """The next event; None when nothing has come within so many seconds, or will ever come."""
        if not self._waiting and not self._closed:
            self._something.clear()
            try:
                async with asyncio.timeout(within_s):
                    await self._something.wait()
            except TimeoutError:
                return None
        return self._take() if self._waiting else None

    @property
    def is_over(self) -> bool:
        """Whether everything has been sent, and nothing comes any more."""
        return self._closed and not self._waiting

    async def change(self) -> None:
        """Wait until something was taken, or dropped."""
        self._less.clear()
        await self._less.wait()

    def _take(self) -> bytes:
        self._less.set()
        operation, event, cursor, last = self._waiting.popleft()
        self.taken += len(event)
        self._count[operation] -= 1
        self._bytes[operation] -= len(event)
        if not self._count[operation]:
            del self._count[operation], self._bytes[operation]
        if last:
            self._cursors.pop(operation, None)
        elif cursor is not None:
            self._cursors[operation] = cursor
        return event

    def _drop(self, operation: str | None) -> None:
        self._waiting = deque(entry for entry in self._waiting if entry[0] != operation)
        del self._count[operation], self._bytes[operation]
        self._less.set()
