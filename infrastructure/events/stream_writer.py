"""Writes batches into the topics' streams, and never holds up whoever gave them."""

import asyncio
from collections import deque

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from domain.events.model import Batch
from domain.shared.errors import Unavailable
from infrastructure.bus.connecting import ANSWER_WITHIN_S, connection_options
from infrastructure.bus.redis_bus import RECONNECT_S, TROUBLE
from infrastructure.events.entries import LARGEST, entry_of
from infrastructure.events.going import Going
from infrastructure.events.installation import StreamKeys

log = structlog.get_logger("cairn.wire")
MOST_WAITING = 16_000_000  # characters
MOST_BATCHES = 2_000
AT_ONCE = 32  # batches in one round trip
STREAM_CHARACTERS = 16_000_000  # a stream keeps about so much, for replicas that are a moment behind
LONGEST, SHORTEST = 1_000, 16  # entries
EXPIRES_S = 60  # a stream that is written to no more is not kept


class StreamWriter:
    """Keeps what it is given until Redis has taken it, so much and no more. What it drops is in the log."""

    def __init__(self, url: str, sender: bytes, keys: StreamKeys) -> None:
        self._redis = Redis.from_url(url, **connection_options(url))
        self._sender, self._keys = sender, keys
        self._waiting: deque[tuple[Batch, int]] = deque()
        self._characters = 0
        self._writing = Going(self._write)
        self._something = asyncio.Event()

    def write(self, batch: Batch, size: int) -> None:
        """Have a batch written soon."""
        if len(self._waiting) >= MOST_BATCHES or self._characters > MOST_WAITING:
            return
        self._waiting.append((batch, size))
        self._characters += size
        self._something.set()
        self._writing.start()

    async def close(self) -> None:
        """Write no more."""
        await self._writing.stop()
        await self._redis.aclose()

    async def _write(self) -> None:
        while True:
            self._something.clear()
            if not self._waiting:
                await self._something.wait()
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._keys.known()
                    await self._send([self._next() for _ in range(min(AT_ONCE, len(self._waiting)))])
            except (*TROUBLE, Unavailable):
                await asyncio.sleep(RECONNECT_S)
                self._waiting.clear()  # the log has told of them meanwhile
                self._characters = 0

    async def _send(self, batches: list[tuple[Batch, int]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for batch, size in batches:
                key, kept = self._keys.of(batch.topic_id), STREAM_CHARACTERS // min(size, LARGEST)
                maxlen = min(max(kept, SHORTEST), LONGEST)
                pipe.xadd(key, entry_of(batch, self._sender, size), maxlen=maxlen, approximate=True)
                pipe.expire(key, EXPIRES_S)
            refused = [one for one in await pipe.execute(raise_on_error=False) if isinstance(one, Exception)]
        for why in refused:
            if not isinstance(why, ResponseError):
                raise why
        if refused:  # as where a key holds something else: that is one topic's, and the others' were taken
            log.warning("entries refused", reason=str(refused[0]), count=len(refused))

    def _next(self) -> tuple[Batch, int]:
        batch, size = self._waiting.popleft()
        self._characters -= size
        return batch, size
