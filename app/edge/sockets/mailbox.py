"""What a socket's messages wait in, and what holds up its writing: asyncio's own take 3.8 kB of every idle socket."""

import asyncio
from typing import Any


class Mailbox:
    """As asyncio.Queue, as far as uvicorn uses it: without bounds, and with one reader."""

    __slots__ = ("_messages", "_reader")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Leave a message."""
        self._messages.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Any:
        """The oldest message; waits for it."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        return self._messages.pop(0)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._messages


class Gate:
    """As asyncio.Event, open to begin with; there is nothing to it while it is open."""

    __slots__ = ("_closed",)

    def __init__(self) -> None:
        self._closed: asyncio.Event | None = None

    def set(self) -> None:
        """Open it."""
        if self._closed is not None:
            self._closed.set()
            self._closed = None

    def clear(self) -> None:
        """Close it."""
        self._closed = self._closed or asyncio.Event()

    async def wait(self) -> None:
        """Wait until it is open."""
        while self._closed is not None:
            await self._closed.wait()

    def is_set(self) -> bool:
        """Whether it is open."""
        return self._closed is None
