"""Reads the streams of all topics that are followed in this process, over one connection."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from domain.events.model import Batch, TopicId
from domain.shared.errors import Unavailable
from infrastructure.bus.connecting import ANSWER_WITHIN_S, connection_options
from infrastructure.bus.redis_bus import RECONNECT_S, TROUBLE
from infrastructure.events.entries import FROM, batch_of, topic_of
from infrastructure.events.going import Going
from infrastructure.events.installation import StreamKeys

log = structlog.get_logger("cairn.wire")
BLOCK_S = 1.0
ENTRIES = 16  # of each stream at once
ALARM = "cairn:wire:{}"  # a stream that nobody else reads: a word in it ends this process's waiting for others
ALARM_KEPT_S = 60
BEGINNING = b"0-0"
Tell = Callable[[TopicId, Batch | None], None]


class StreamReader:
    """Reads each stream on from an id that it knew before it waited, so nothing is missed between two readings.

    What it cannot know, because it began or Redis was away, it asks its listeners to look up.
    """

    def __init__(self, url: str, reader: bytes, keys: StreamKeys, tell: Tell) -> None:
        self._redis = Redis.from_url(url, **connection_options(url))
        self._own, self._keys, self._tell = reader, keys, tell
        self._alarm = ALARM.format(reader.hex())
        self._alarm_seen = BEGINNING
        self._topics: set[TopicId] = set()
        self._seen: dict[TopicId, bytes] = {}  # by topic the id of the last entry, once it is known
        self._unreadable: set[TopicId] = set()  # what holds their keys is no stream
        self._changed = asyncio.Event()
        self._reading = Going(self._read)
        self._waking: asyncio.Task[None] | None = None
        self._to_wake = False

    def follow(self, topic_id: TopicId) -> None:
        """Read a topic's stream, too, from about now on."""
        self._topics.add(topic_id)
        self._changed.set()
        if self._reading.start():
            return
        self._to_wake = True
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._wake())

    def leave(self, topic_id: TopicId) -> None:
        """Read it no more."""
        self._topics.discard(topic_id)
        self._seen.pop(topic_id, None)
        self._unreadable.discard(topic_id)

    async def close(self) -> None:
        """Read no more."""
        await self._reading.stop()
        if self._waking is not None:
            self._waking.cancel()
            await asyncio.wait({self._waking})
        await self._redis.aclose()

    async def _read(self) -> None:
        self._seen.clear()  # what ended it before may be read no second time
        while True:
            try:
                while not self._topics:
                    self._changed.clear()
                    await self._changed.wait()
                await self._keys.known()
                await self._begin([topic_id for topic_id in self._topics if topic_id not in self._seen])
                async with asyncio.timeout(BLOCK_S + ANSWER_WITHIN_S):
                    found = await self._redis.xread(self._places(), count=ENTRIES, block=int(1000 * BLOCK_S))
                for key, entries in found:
                    self._take(key, entries)
            except (*TROUBLE, Unavailable):
                await asyncio.sleep(RECONNECT_S)
                self._seen.clear()

    async def _begin(self, topic_ids: list[TopicId]) -> None:
        """Find where the streams end now. What was committed before that is in the log, which is to be looked into."""
        if not topic_ids:
            return
        async with asyncio.timeout(ANSWER_WITHIN_S), self._redis.pipeline(transaction=False) as pipe:
            for topic_id in topic_ids:
                pipe.xrevrange(self._keys.of(topic_id), count=1)
            lasts = await pipe.execute(raise_on_error=False)
        for topic_id, last in zip(topic_ids, lasts, strict=True):
            if topic_id not in self._topics:
                continue
            if isinstance(last, ResponseError):
                self._leave_to_the_log(topic_id, last)
            elif isinstance(last, Exception):
                raise last
            else:
                self._seen[topic_id] = last[0][0] if last else BEGINNING
                self._unreadable.discard(topic_id)
                self._tell(topic_id, None)

    def _leave_to_the_log(self, topic_id: TopicId, why: ResponseError) -> None:
        """One stream that cannot be read must not end the reading of all; it is tried again each time."""
        if topic_id not in self._unreadable:
            self._unreadable.add(topic_id)
            log.warning("stream not readable", topic=str(topic_id), reason=str(why))

    def _places(self) -> dict[Any, Any]:
        return {self._alarm: self._alarm_seen} | {
            self._keys.of(topic_id): seen for topic_id, seen in self._seen.items()
        }

    def _take(self, key: bytes, entries: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> None:
        if key.decode() == self._alarm:
            for id, _ in entries:
                self._alarm_seen = id
            return
        topic_id = topic_of(key)
        for id, entry in entries:
            if topic_id not in self._seen:
                return
            self._seen[topic_id] = id
            if entry.get(FROM) != self._own:
                self._tell(topic_id, batch_of(topic_id, entry))

    async def _wake(self) -> None:
        while self._to_wake:
            self._to_wake = False
            with suppress(*TROUBLE):
                async with asyncio.timeout(ANSWER_WITHIN_S), self._redis.pipeline(transaction=False) as pipe:
                    pipe.xadd(self._alarm, {"": ""}, maxlen=1)
                    pipe.expire(self._alarm, ALARM_KEPT_S)
                    await pipe.execute()
