"""The last events of a feed, kept for those who come a little late."""

from bisect import bisect_right
from collections.abc import Sequence

from domain.events.model import Event

MOST_EVENTS = 4_000
MOST_CHARACTERS = 4_000_000  # of payloads
ALONGSIDE = 100  # characters of an event that has hardly any payload


class Recent:
    """All events behind `start` that the feed has told of, in order; compaction may have left out some offsets."""

    def __init__(self, start: int, events: Sequence[Event] = ()) -> None:
        self.start = start
        self._events: list[Event] = []
        self._characters = 0
        self.add(events)

    def add(self, events: Sequence[Event]) -> None:
        """Take the next events, and let go of the oldest where they are too many."""
        self._events += events
        self._characters += sum(map(_size, events))
        gone = 0
        while len(self._events) - gone > MOST_EVENTS or self._characters > MOST_CHARACTERS:
            self._characters -= _size(self._events[gone])
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


def _offset(event: Event) -> int:
    return event.offset


def _size(event: Event) -> int:
    return len(event.payload) + ALONGSIDE
