"""The EventWire port on Redis streams, one a topic."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID

from domain.events.model import Batch, TopicId
from infrastructure.events.entries import size_of
from infrastructure.events.follower import Follower
from infrastructure.events.installation import StreamKeys
from infrastructure.events.stream_reader import StreamReader
from infrastructure.events.stream_writer import StreamWriter

TICK_S = 0.8  # with the query that follows, a feed without a wire lags by less than a second


class RedisEventWire:
    """See EventWire. Followers in this process are told directly; one connection reads for all of them, one writes."""

    def __init__(
        self, url: str, *, sender: UUID, installation: Callable[[], Awaitable[str]], tick_s: float = TICK_S
    ) -> None:
        self._followers: dict[TopicId, set[Follower]] = defaultdict(set)
        keys = StreamKeys(installation)
        self._writer = StreamWriter(url, sender.bytes, keys)
        self._reader = StreamReader(url, sender.bytes, keys, self._tell)
        self._tick_s = tick_s
        self._tick: asyncio.TimerHandle | None = None

    async def send(self, batch: Batch) -> None:
        """See EventWire.send."""
        size = size_of(batch)
        for follower in self._followers.get(batch.topic_id, ()):
            follower.tell(batch, size)
        self._writer.write(batch, size)

    @asynccontextmanager
    async def follow(self, topic_id: TopicId) -> AsyncIterator[AsyncIterator[Batch | None]]:
        """See EventWire.follow.

        What others send is read from a moment on that comes a little later: then the follower is told to look.
        """
        follower = Follower(topic_id)
        self._followers[topic_id].add(follower)
        self._reader.follow(topic_id)
        self._keep_ticking()
        try:
            yield follower
        finally:
            self._followers[topic_id].discard(follower)
            if not self._followers[topic_id]:
                del self._followers[topic_id]
                self._reader.leave(topic_id)

    async def close(self) -> None:
        """Read and write no more."""
        if self._tick is not None:
            self._tick.cancel()
        async with AsyncExitStack() as closing:  # whatever one of them raises, the other is closed
            closing.push_async_callback(self._reader.close)
            closing.push_async_callback(self._writer.close)

    def _tell(self, topic_id: TopicId, batch: Batch | None) -> None:
        size = 0 if batch is None else size_of(batch)
        for follower in self._followers.get(topic_id, ()):
            if batch is None:
                follower.tell_to_look()
            else:
                follower.tell(batch, size)

    def _keep_ticking(self) -> None:
        """Have everybody look into the log at the same moments, so that one query can answer them all."""
        if self._tick is None:
            self._tick = asyncio.get_running_loop().call_later(self._tick_s, self._ticked)

    def _ticked(self) -> None:
        self._tick = None
        for topic_id in self._followers:
            self._tell(topic_id, None)
        if self._followers:
            self._keep_ticking()
