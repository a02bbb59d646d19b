"""New ids that sort by the time they were made (RFC 9562, UUID version 7)."""

import secrets
import threading
from uuid import UUID

from domain.shared.ports import Clock

COUNTER_BITS = 12
RANDOM_BITS = 62


class SortedIds:
    """See Ids. Milliseconds, then a counter within them, then chance: what one process makes comes out in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._last = 0

    def new(self) -> UUID:
        """A UUID that is greater than every one made here before."""
        with self._lock:
            now = int(self._clock.now().timestamp() * 1000) << COUNTER_BITS
            # A full counter, or a clock set back, borrows from the milliseconds to come.
            self._last = max(now, self._last + 1)
            milliseconds, counter = divmod(self._last, 1 << COUNTER_BITS)
        value = (milliseconds << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | secrets.randbits(RANDOM_BITS)
        return UUID(int=value)
