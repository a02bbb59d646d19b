"""One topic's feed in this process: every event that was taken in, in the order of offsets, each once.

Why nothing is lost and nothing comes twice: offsets are gapless and become visible in their order, so one number says
it all: every event up to `position` was told, and none behind it. Only `_give` moves it, by events that begin right
behind it. A batch off the wire is cut where it overlaps; where it leaves a gap, the log is read first, and what the
wire never brought is read at its next tick. An offset that the log lacks was compacted away, unless retention or a
failover took it: a look at the topic's bounds, after the page was read, tells them apart. And with the position the
members to be told are taken down, without an await in between: who joins meanwhile stands behind the event or before
it, and knows which (see groups.py).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import structlog

from app.edge.refusals import RequestRefused
from app.events.audience import Audience
from app.events.encoding import Encoding
from app.events.groups import TURN, FeedGroup
from app.events.kept import KeptAnswers
from app.events.looks import Looks
from app.events.pages import LARGEST, Pages
from app.events.recent import Memory, Recent
from app.events.rewritten import FeedRewritten, same_until
from domain.events.model import EVERYTHING, Batch, Bounds, Event, EventFilter, TopicId
from domain.events.places import CursorExpired, cursor_of
from domain.events.ports import EventLog, EventWire
from domain.shared.errors import DomainError, Unavailable

READ_AHEAD = LARGEST  # of these, from before it begins, a feed can tell whoever comes back after a restart
LOOKS_BELIEVED = 3  # so many in a row must say that events are lost: one may have asked a database that lags
LOOKED_AT_ONCE = 500  # events that groups are told of, before the loop does other things
NOTHING = Bounds(earliest=1, head=0)
log = structlog.get_logger("cairn.feed")


@dataclass(frozen=True, slots=True)
class Shared:
    """What the feeds of a process have in common."""

    log: EventLog
    wire: EventWire
    looks: Looks
    catching_up: asyncio.Semaphore  # so many read their history at once
    filling: asyncio.Semaphore  # so many feeds begin, or read what the wire did not bring, at once
    patience_s: float  # so long whoever catches up may read nothing
    unused: Callable[["TopicFeed"], None]  # told when a feed's last subscriber has left
    memory: Memory = field(default_factory=Memory)
    kept: KeptAnswers = field(default_factory=KeptAnswers)


class TopicFeed:
    """Follows a topic for all groups of subscribers to it."""

    def __init__(self, topic_id: TopicId, shared: Shared) -> None:
        self.topic_id = topic_id
        self.position: int | None = None  # unknown until the log has been seen
        self.recent = Recent(0, shared.memory)
        self._shared = shared
        self._audience = Audience()
        self._seen = asyncio.Event()
        self._is_waiting = False
        self._lagging = 0  # looks in a row that found less than was told

    @property
    def is_used(self) -> bool:
        """Whether anybody is told of it."""
        return bool(self._audience.groups)

    def group(self, wanted: EventFilter, encoding: Encoding) -> FeedGroup:
        """Those who get the same answers."""
        if (group := self._audience.find(wanted, encoding)) is None:
            shared = self._shared
            group = FeedGroup(self, wanted, encoding, kept=shared.kept, patience_s=shared.patience_s)
            self._audience.add(group)
        return group

    def let_go(self, gone: FeedGroup) -> None:
        """Forget a group that nobody is in any more."""
        self._audience.remove(gone)
        if not self.is_used:
            self._shared.unused(self)

    def stop(self) -> None:
        """Tell nobody anything more."""
        for group in list(self._audience.groups):
            group.stop()

    async def run(self) -> None:
        """Follow the topic until cancelled."""
        self._shared.memory.feeds += 1
        try:
            async with self._shared.wire.follow(self.topic_id) as told:
                await self._heed(None)
                async for batch in told:
                    await self._heed(batch)
        finally:
            self._shared.memory.feeds -= 1

    async def seen(self) -> None:
        """Wait until the feed has looked into the log again: for whoever could not read it."""
        await self._seen.wait()

    def pages(self, wanted: EventFilter = EVERYTHING) -> Pages:
        """To read the topic's log by."""
        return Pages(self._shared.log, self.topic_id, wanted)

    async def history(self, pages: Pages, offset: int, up_to: int) -> tuple[Sequence[Event], int]:
        """The next of the wanted events behind an offset out of the log, and the offset up to which these are all.

        Raises CursorExpired when some have been deleted, Unavailable when the log has no answer or lags.
        """
        async with self._shared.catching_up:
            events, end = await pages.after(offset, up_to)
            await self._check(len(events), offset, end)
        return events, end

    async def _check(self, found: int, offset: int, end: int) -> None:
        """Raise unless what was found from an offset on is all that there is up to `end`."""
        if found < end - offset:
            bounds = await self._bounds()
            if bounds.head < end:
                raise Unavailable("The log does not hold yet what was told.")
            if offset < bounds.earliest - 1:
                raise CursorExpired(cursor_of(self.topic_id, bounds.earliest - 1))

    def end(self, refusal: DomainError | RequestRefused) -> None:
        """Tell all subscribers that it is over and why. The feed itself begins anew."""
        for group in list(self._audience.groups):
            group.end(refusal)
        self.position = None

    async def _heed(self, batch: Batch | None) -> None:
        try:
            if self.position is None:
                await self._begin()
            elif batch is None:
                await self._look(self.position)
            else:
                await self._take(batch, self.position)
            self._is_waiting = False
        except Unavailable as away:  # the next tick tries again
            if not self._is_waiting:
                log.warning("feed waits for the log", topic=str(self.topic_id), why=away.message)
            self._is_waiting = True
        except CursorExpired as lost:
            log.error("feed broken off", topic=str(self.topic_id), position=self.position, why=lost.message)
            self.end(lost)
        if batch is None:
            self.recent.trim()
            seen, self._seen = self._seen, asyncio.Event()
            seen.set()

    async def _begin(self) -> None:
        """Take up the topic where it is now, and the last events before as far as one page of the log holds them."""
        pages, ahead = self.pages(), READ_AHEAD
        async with self._shared.filling:
            bounds = await self._bounds()
            start = end = 0
            events: Sequence[Event] = ()
            while end < bounds.head:
                start = max(bounds.earliest - 1, bounds.head - ahead)
                pages.limit = ahead
                events, end = await pages.after(start, bounds.head)
                ahead = max(1, min(len(events), ahead // 2))
        # What retention deletes meanwhile are the oldest: behind the first that was read, none is missing.
        self.recent = Recent(events[0].offset - 1 if events else bounds.head, self._shared.memory)
        self.recent.add(events)
        self.position = bounds.head

    async def _look(self, position: int) -> None:
        bounds = await self._bounds()
        self._lagging = self._lagging + 1 if bounds.head < position else 0
        if 0 < self._lagging < LOOKS_BELIEVED:
            raise Unavailable("The log holds less than was told.")
        known = self.recent.at(position) if bounds.newest is not None and bounds.head == position else None
        if self._lagging or (known is not None and known.event_id != bounds.newest):
            await self._break_off(bounds.head, position)
        await self._fill(position, bounds.head)

    async def _take(self, batch: Batch, position: int) -> None:
        if batch.first <= position and self.recent.differing(batch.events) is not None:
            await self._break_off((await self._bounds()).head, position)
        fresh = [event for event in batch.events if event.offset > position]
        if fresh:
            await self._fill(position, fresh[0].offset - 1)
            await self._give(fresh)

    async def _fill(self, position: int, up_to: int) -> None:
        pages = self.pages()
        behind = max(0, position - 1)  # with the last event that was told: is it there still, or another one?
        while position < up_to:
            async with self._shared.filling:  # as long as a page is in memory
                events, end = await pages.after(behind, up_to)
                if self.recent.differing(events[:1]) is not None:
                    await self._break_off(up_to, position)
                fresh = [event for event in events if event.offset > position]
                await self._check(len(fresh), position, end)
                await self._give(fresh)
                behind = position = self.position = max(position, end)

    async def _break_off(self, head: int, position: int) -> None:
        raise FeedRewritten(self.topic_id, await same_until(self.pages(), self.recent, min(head, position)))

    async def _give(self, events: Sequence[Event]) -> None:
        for some in _turns(events):
            before, self.position = self.position or 0, some[-1].offset
            self.recent.add(some)
            told = 0
            for group, members, those in [(group, group.members(), those) for group, those in self._audience.of(some)]:
                await group.tell(members, those, before=before)
                told += len(those)
                if told >= LOOKED_AT_ONCE:
                    told = 0
                    await asyncio.sleep(0)
            await asyncio.sleep(0)  # sockets take what they were given before there is more

    async def _bounds(self) -> Bounds:
        return await self._shared.looks.at(self.topic_id) or NOTHING


def _turns(events: Sequence[Event]) -> Iterable[Sequence[Event]]:
    return (events[at : at + TURN] for at in range(0, len(events), TURN))
