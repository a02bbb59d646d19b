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
from dataclasses import dataclass

import structlog

from app.events.encoding import Encoding
from app.events.groups import TURN, FeedGroup
from app.events.looks import Looks
from app.events.recent import Recent
from domain.events.model import EVERYTHING, Batch, Bounds, Event, EventFilter, TopicId
from domain.events.places import CursorExpired, cursor_of
from domain.events.ports import EventLog, EventWire
from domain.shared.errors import DomainError, Unavailable

PAGE = 500
READ_AHEAD = 500  # of these, from before it begins, a feed can tell whoever comes back after a restart
NOTHING = Bounds(earliest=1, head=0)
log = structlog.get_logger("cairn.feed")


class FeedRewritten(CursorExpired):
    """Events that this feed had told are not in the log any more: the database failed over and lost its last writes."""

    def __init__(self, earliest: str) -> None:
        DomainError.__init__(
            self,
            "The database failed over and has lost the last events of this topic, some of which you were told. To go "
            "on with what is taken in from now on, subscribe again from the cursor in `earliest`.",
        )
        self.earliest = earliest


@dataclass(frozen=True, slots=True)
class Shared:
    """What the feeds of a process have in common."""

    log: EventLog
    wire: EventWire
    looks: Looks
    catching_up: asyncio.Semaphore  # so many read their history at once
    patience_s: float  # so long whoever catches up may read nothing
    unused: Callable[["TopicFeed"], None]  # told when a feed's last subscriber has left


class TopicFeed:
    """Follows a topic for all groups of subscribers to it."""

    def __init__(self, topic_id: TopicId, shared: Shared) -> None:
        self.topic_id = topic_id
        self.position: int | None = None  # unknown until the log has been seen
        self.recent = Recent(0)
        self._shared, self._log = shared, shared.log
        self._groups: dict[tuple[EventFilter, Encoding], FeedGroup] = {}
        self._seen = asyncio.Event()
        self._is_waiting = False

    @property
    def is_used(self) -> bool:
        """Whether anybody is told of it."""
        return bool(self._groups)

    def group(self, wanted: EventFilter, encoding: Encoding) -> FeedGroup:
        """Those who get the same answers."""
        if (group := self._groups.get((wanted, encoding))) is None:
            group = self._groups[wanted, encoding] = FeedGroup(
                self, wanted, encoding, patience_s=self._shared.patience_s
            )
        return group

    def let_go(self, gone: FeedGroup) -> None:
        """Forget a group that nobody is in any more."""
        self._groups = {key: group for key, group in self._groups.items() if group is not gone}
        if not self._groups:
            self._shared.unused(self)

    def stop(self) -> None:
        """Tell nobody anything more."""
        for group in list(self._groups.values()):
            group.stop()

    async def run(self) -> None:
        """Follow the topic until cancelled."""
        async with self._shared.wire.follow(self.topic_id) as told:
            await self._heed(None)
            async for batch in told:
                await self._heed(batch)

    async def seen(self) -> None:
        """Wait until the feed has looked into the log again: for whoever could not read it."""
        await self._seen.wait()

    async def history(self, offset: int, up_to: int, *, wanted: EventFilter, limit: int) -> tuple[Sequence[Event], int]:
        """The next of the wanted events behind an offset out of the log, and the offset up to which these are all.

        Raises CursorExpired when some have been deleted, Unavailable when the log has no answer or lags.
        """
        async with self._shared.catching_up:
            return await self._page(offset, up_to, wanted=wanted, limit=limit)

    async def _page(
        self, offset: int, up_to: int, *, wanted: EventFilter = EVERYTHING, limit: int = PAGE
    ) -> tuple[Sequence[Event], int]:
        events = await self._log.after(self.topic_id, offset, limit=limit, wanted=wanted, up_to=up_to)
        end = events[-1].offset if len(events) == limit else up_to
        if len(events) < end - offset:
            bounds = await self._bounds()
            if bounds.head < up_to:
                raise Unavailable("The log does not hold yet what was told.")
            if offset < bounds.earliest - 1:
                raise CursorExpired(cursor_of(self.topic_id, bounds.earliest - 1))
        return events, end

    def end(self, refusal: DomainError | None) -> None:
        """Tell all subscribers that it is over and why; None: because of a bug. The feed itself begins anew."""
        for group in list(self._groups.values()):
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
            seen, self._seen = self._seen, asyncio.Event()
            seen.set()

    async def _begin(self) -> None:
        bounds = await self._bounds()
        start = max(bounds.earliest - 1, bounds.head - READ_AHEAD)
        events = await self._log.after(self.topic_id, start, limit=READ_AHEAD, up_to=bounds.head)
        # What retention deletes meanwhile are the oldest: behind the first that was read, none is missing.
        self.recent = Recent(events[0].offset - 1 if events else bounds.head, events)
        self.position = bounds.head

    async def _look(self, position: int) -> None:
        bounds = await self._bounds()
        if bounds.head < position:
            raise FeedRewritten(cursor_of(self.topic_id, bounds.head))
        await self._fill(position, bounds.head)

    async def _take(self, batch: Batch, position: int) -> None:
        if self._contradicts(batch):
            raise FeedRewritten(cursor_of(self.topic_id, (await self._bounds()).head))
        fresh = [event for event in batch.events if event.offset > position]
        if fresh:
            await self._fill(position, fresh[0].offset - 1)
            await self._give(fresh)

    async def _fill(self, position: int, up_to: int) -> None:
        while position < up_to:
            events, position = await self._page(position, up_to)
            await self._give(events)
            self.position = position

    async def _give(self, events: Sequence[Event]) -> None:
        for some in _turns(events):
            before, self.position = self.position or 0, some[-1].offset
            self.recent.add(some)
            for group, members in [(group, group.members()) for group in self._groups.values()]:
                await group.tell(members, some, before=before)
            await asyncio.sleep(0)  # sockets take what they were given before there is more

    def _contradicts(self, batch: Batch) -> bool:
        """Whether another event was told at the offset of one of these: a look at the first will do."""
        known = self.recent.at(batch.first)
        return known is not None and known.event_id != batch.events[0].event_id

    async def _bounds(self) -> Bounds:
        return await self._shared.looks.at(self.topic_id) or NOTHING


def _turns(events: Sequence[Event]) -> Iterable[Sequence[Event]]:
    return (events[at : at + TURN] for at in range(0, len(events), TURN))
