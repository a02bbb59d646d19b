"""A bus that nobody hears anything by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class SilentBus:
    """The Bus port, losing every message: listeners live on their own ticks."""

    async def publish(self, channel: str, message: str = "") -> None:
        pass

    @asynccontextmanager
    async def listen(self, channel: str, *, at_least_every_s: float) -> AsyncIterator[AsyncIterator[None]]:
        async def ticks() -> AsyncIterator[None]:
            while True:
                yield
                await asyncio.sleep(at_least_every_s)

        yield ticks()
