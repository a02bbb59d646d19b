"""The feeds that somebody in this process follows: begun for the first subscriber, ended a little after the last."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from app.edge.bugs import logged
from app.edge.fan_out import Sink
from app.edge.iterating import one_by_one
from app.edge.operation import Answer
from app.events.encoding import Encoding
from app.events.feed import NOTHING, Shared, TopicFeed
from app.events.looks import Looks
from domain.events.model import Bounds, EventFilter, TopicId
from domain.events.ports import EventLog, EventWire

LINGER_S = 5.0  # whoever comes back after a broken connection finds the feed still there
PATIENCE_S = 10.0
READERS = 4  # of history at once: the database has others to answer
FILLING = 3  # feeds that read the log at once: after an outage all want to


@dataclass(slots=True)
class _Followed:
    feed: TopicFeed
    task: asyncio.Task[None]
    ending: asyncio.TimerHandle | None = field(default=None)


class Feeds:
    """One for a process."""

    def __init__(
        self, log: EventLog, wire: EventWire, *, linger_s: float = LINGER_S, patience_s: float = PATIENCE_S
    ) -> None:
        self._looks, self._linger_s = Looks(log), linger_s
        self._shared = Shared(
            log,
            wire,
            self._looks,
            catching_up=asyncio.Semaphore(READERS),
            filling=asyncio.Semaphore(FILLING),
            patience_s=patience_s,
            unused=self._unused,
        )
        self._followed: dict[TopicId, _Followed] = {}

    @property
    def follows_any(self) -> bool:
        """Whether any topic is followed."""
        return bool(self._followed)

    async def bounds(self, topic_id: TopicId) -> Bounds:
        """What the topic holds now; those who ask at once share the question. Raises Unavailable."""
        return await self._looks.at(topic_id) or NOTHING

    def join(
        self, topic_id: TopicId, wanted: EventFilter, encoding: Encoding, sink: Sink, *, after: int
    ) -> Callable[[], None]:
        """Give a subscriber all wanted events behind an offset, for as long as it stays; the answer makes it leave."""
        followed = self._followed.get(topic_id)
        if followed is None:
            feed = TopicFeed(topic_id, self._shared)
            followed = self._followed[topic_id] = _Followed(feed, asyncio.create_task(feed.run()))
            followed.task.add_done_callback(lambda task: self._ended(feed, task))
        if followed.ending is not None:
            followed.ending.cancel()
            followed.ending = None
        return followed.feed.group(wanted, encoding).join(sink, after)

    async def close(self) -> None:
        """Follow nothing any more."""
        followed = list(self._followed.values())
        self._followed.clear()
        for one in followed:
            one.feed.stop()
            one.task.cancel()
            if one.ending is not None:
                one.ending.cancel()
        self._looks.close()
        await asyncio.gather(*(one.task for one in followed), return_exceptions=True)

    def _unused(self, feed: TopicFeed) -> None:
        followed = self._followed.get(feed.topic_id)
        if followed is not None and followed.feed is feed and followed.ending is None:
            followed.ending = asyncio.get_running_loop().call_later(self._linger_s, self._end_unused, followed)

    def _end_unused(self, followed: _Followed) -> None:
        followed.ending = None
        if not followed.feed.is_used and self._followed.get(followed.feed.topic_id) is followed:
            del self._followed[followed.feed.topic_id]
            followed.task.cancel()

    def _ended(self, feed: TopicFeed, task: asyncio.Task[None]) -> None:
        """A feed ends when it is told to; all else is a bug, of which its subscribers must hear."""
        if task.cancelled():
            return
        followed = self._followed.get(feed.topic_id)
        if followed is not None and followed.feed is feed:
            del self._followed[feed.topic_id]
        feed.end(logged(task.exception(), topic=str(feed.topic_id)))


@dataclass(frozen=True, slots=True)
class EventsBehind:
    """A Broadcast: the wanted events of a topic behind an offset."""

    feeds: Feeds
    topic_id: TopicId
    wanted: EventFilter
    encoding: Encoding
    after: int

    def join(self, sink: Sink) -> Callable[[], None]:
        """See Broadcast."""
        return self.feeds.join(self.topic_id, self.wanted, self.encoding, sink, after=self.after)

    def __aiter__(self) -> AsyncIterator[Answer]:
        return one_by_one(self)
