"""The one policy of what is tried again when the database fails, how often, and until when.

| What went wrong | What is known | What is done |
|---|---|---|
| `Away`, `ReadOnly` | nothing was stored | again, once the server is back |
| `Spoilt`, `Full` | nothing was stored, the server is well | again in a moment |
| `OutcomeUnknown` | stored or not | again where that settles it, by a key or an id; else whoever asked is told |
| `CommitWaits` | it will be stored, once the standby is back | whoever asked is told |
| `Collided` | taken back | again at once, a few times |
| anything else | the server's answer | whoever asked is told |
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from domain.shared.deadline import ends_at
from domain.shared.errors import Unavailable
from infrastructure.database.failures import Away, Collided, CommitWaits, Full, OutcomeUnknown, ReadOnly, Spoilt
from infrastructure.database.outage import Outage

TO_TELL_S = 0.2  # before the deadline: so long it takes to say that the database did not come back
COLLISIONS = 3
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.5
T = TypeVar("T")


class Patience:
    """Repeats through an outage, until the operation under way must be answered or, outside of one, for `longest_s`."""

    def __init__(self, outage: Outage, *, longest_s: float, jitter: Callable[[], float]) -> None:
        self._outage, self._longest_s, self._jitter = outage, longest_s, jitter

    async def see_through(self, attempt: Callable[[], Awaitable[T]], *, for_writing: bool, settles: bool) -> T:
        """What `attempt` answers. `settles`: done twice it tells the same and has done it once.

        Raises Unavailable when the database does not come back in time.
        """
        until, collisions = self._until(), 0
        if self._outage.is_on and not await self._over(for_writing, until):
            raise Away
        for tries in count(1):
            outages_before = self._outage.count
            try:
                return await attempt()
            except Collided:
                collisions += 1
                if collisions == COLLISIONS:
                    raise
            except CommitWaits:
                raise
            except (Spoilt, Full) as passing:
                await self._pause(tries, until, passing)
            except (Away, OutcomeUnknown) as lost:
                if not self._longest_s:
                    raise
                if self._outage.count == outages_before:  # else one has begun meanwhile, and this is its trace
                    self._outage.begin(read_only=isinstance(lost, ReadOnly), reason=lost.__cause__ or lost)
                if isinstance(lost, OutcomeUnknown) and not settles:
                    raise
                if not await self._over(for_writing or isinstance(lost, ReadOnly), until):
                    raise
                await self._pause(tries, until, lost)
        raise AssertionError("counting has no end")

    def _until(self) -> float:
        longest = asyncio.get_running_loop().time() + self._longest_s
        told = ends_at()
        return longest if told is None else min(longest, told - TO_TELL_S)

    async def _over(self, for_writing: bool, until: float) -> bool:
        left_s = until - asyncio.get_running_loop().time()
        return left_s > 0 and await self._outage.over(for_writing=for_writing, within_s=left_s)

    async def _pause(self, tries: int, until: float, why: Unavailable) -> None:
        """A moment, the longer the more often it went wrong though the server was said to be back."""
        pause_s = min(FIRST_PAUSE_S * 2 ** (tries - 1), LONGEST_PAUSE_S) * self._jitter()
        if asyncio.get_running_loop().time() + pause_s >= until:
            raise why
        await asyncio.sleep(pause_s)
