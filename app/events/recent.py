"""The last events of a feed, kept for those who come a little late."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from sys import getsizeof

from domain.events.model import Event

MOST_EVENTS = 4_000
MOST_BYTES = 4_000_000
MOST_OF_ALL = 64_000_000  # bytes, of all feeds of a process
ALONGSIDE = 400  # bytes of an event beside its payload


@dataclass(slots=True)
class Memory:
    """What the feeds of a process may keep of their last events: all of them the same."""

    most: int = MOST_OF_ALL
    feeds: int = 0

    @property
    def of_each(self) -> int:
        """Bytes that one of them may keep."""
        return min(MOST_BYTES, self.most // max(1, self.feeds))


class Recent:
    """All events behind `start` that the feed has told of, in order; compaction may have left out some offsets."""

    def __init__(self, start: int, memory: Memory) -> None:
        self.start = start
        self._memory = memory
        self._events: list[Event] = []
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """What the events take, about."""
        return self._bytes

    def add(self, events: Sequence[Event]) -> None:
        """Take the next events, and let go of the oldest where they are too many."""
        self._events += events
        self._bytes += sum(map(_size, events))
        self.trim()

    def trim(self) -> None:
        """Let go of the oldest where they are too many, as when others have come to share the memory."""
        gone, most = 0, self._memory.of_each
        while len(self._events) - gone > MOST_EVENTS or self._bytes > most:
            self._bytes -= _size(self._events[gone])
            gone += 1
        if gone:
            self.start = self._events[gone - 1].offset
            del self._events[:gone]

    def behind(self, offset: int, *, limit: int) -> Sequence[Event] | None:
        """The next events behind an offset; None when it lies before `start`."""
        if offset < self.start:
            return None
        first = bisect_right(self._events, offset, key=_offset)
        return self._events[first : first + limit]

    def at(self, offset: int) -> Event | None:
        """The event at an offset, where it is still here."""
        found = self.behind(offset - 1, limit=1)
        return found[0] if found and found[0].offset == offset else None

    def differing(self, events: Sequence[Event]) -> int | None:
        """The offset of the first of these events in whose place another one was told."""
        for event in events:
            known = self.at(event.offset)
            if known is not None and known.event_id != event.event_id:
                return event.offset
        return None


def _offset(event: Event) -> int:
    return event.offset


def _size(event: Event) -> int:
    return getsizeof(event.payload) + ALONGSIDE
