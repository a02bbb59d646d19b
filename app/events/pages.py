"""Reading a topic's log on and on, in pages that are neither long to wait for nor large to hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.events.model import EVERYTHING, Event, EventFilter, TopicId
from domain.events.ports import EventLog

FIRST, LARGEST = 64, 500  # events
CHARACTERS = 1_000_000  # of payloads
FIRST_SPAN = 1_000  # offsets that are looked among at first, which a planner may sort: more where little is found
MOST_BY_TIME = 50_000  # for times there is no index: all these events are looked at, and none may be found


@dataclass(slots=True)
class Pages:
    """What one reader wants of a topic. A page is as long as those before it suggest: the log writes out each event
    that it is asked for, even those that would be too much."""

    log: EventLog
    topic_id: TopicId
    wanted: EventFilter = EVERYTHING
    limit: int = FIRST
    span: int = FIRST_SPAN

    async def after(self, offset: int, up_to: int) -> tuple[Sequence[Event], int]:
        """The next wanted events behind an offset, perhaps none, and the offset up to which these are all.

        That offset lies behind the given one: whoever asks on gets there. Raises Unavailable.
        """
        limit = self.limit
        up_to = min(up_to, offset + self.span)
        events = await self.log.after(
            self.topic_id, offset, limit=limit, wanted=self.wanted, up_to=up_to, characters=CHARACTERS
        )
        size = sum(len(event.payload) for event in events)
        is_cut = len(events) == limit or size >= CHARACTERS
        if events:
            self.limit = max(1, min(LARGEST, CHARACTERS * len(events) // (size + 1)))
        self._look_among((events[-1].offset - offset) * 2 if is_cut else self.span * 4)
        return events, events[-1].offset if is_cut else up_to

    def _look_among(self, offsets: int) -> None:
        self.span = max(FIRST_SPAN, min(offsets, MOST_BY_TIME) if self.wanted.has_span else offsets)
