"""How many transactions a process has open at once.

While a synchronous standby is gone commits wait for it, as they must, each on a connection of its own. Some are left
for those who read, who need not wait.
"""

import asyncio

from infrastructure.database.leases import TooBusy

KEPT_FOR_READING = 0.3


def most_writers(pool_size: int) -> int:
    """Of a pool's connections those that may be in a transaction."""
    return max(1, pool_size - round(pool_size * KEPT_FOR_READING))


class Turns:
    """One for each transaction; who has waited for `patience_s` is told that it is too busy."""

    def __init__(self, most: int, *, patience_s: float | None) -> None:
        self._free, self._patience_s = asyncio.Semaphore(most), patience_s

    async def take(self) -> None:
        """Wait for a turn. Raises TooBusy."""
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(self._patience_s):
                await self._free.acquire()
        except TimeoutError:
            raise TooBusy from None

    def give(self) -> None:
        """Leave it to the next."""
        self._free.release()
