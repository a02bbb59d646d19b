"""Writes batches into the topics' streams, and never holds up whoever gave them."""

import asyncio
from collections import deque
from contextlib import suppress

from redis.asyncio import Redis

from domain.events.model import Batch
from infrastructure.bus.redis_bus import ANSWER_WITHIN_S, RECONNECT_S, TROUBLE
from infrastructure.events.entries import LARGEST, entry_of, key_of

MOST_WAITING = 16_000_000  # characters
MOST_BATCHES = 2_000
AT_ONCE = 32  # batches in one round trip
STREAM_CHARACTERS = 16_000_000  # a stream keeps about so much, for replicas that are a moment behind
LONGEST, SHORTEST = 1_000, 16  # entries
EXPIRES_S = 60  # a stream that is written to no more is not kept


class StreamWriter:
    """Keeps what it is given until Redis has taken it, so much and no more. What it drops is in the log."""

    def __init__(self, url: str, sender: bytes) -> None:
        self._redis = Redis.from_url(url, socket_connect_timeout=ANSWER_WITHIN_S)
        self._sender = sender
        self._waiting: deque[tuple[Batch, int]] = deque()
        self._characters = 0
        self._writing: asyncio.Task[None] | None = None
        self._something = asyncio.Event()

    def write(self, batch: Batch, size: int) -> None:
        """Have a batch written soon."""
        if len(self._waiting) >= MOST_BATCHES or self._characters > MOST_WAITING:
            return
        self._waiting.append((batch, size))
        self._characters += size
        self._something.set()
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())

    async def close(self) -> None:
        """Write no more."""
        if self._writing is not None:
            self._writing.cancel()
            with suppress(asyncio.CancelledError):
                await self._writing
        await self._redis.aclose()

    async def _write(self) -> None:
        while True:
            self._something.clear()
            if not self._waiting:
                await self._something.wait()
            try:
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._send([self._next() for _ in range(min(AT_ONCE, len(self._waiting)))])
            except TROUBLE:
                await asyncio.sleep(RECONNECT_S)
                self._waiting.clear()  # the log has told of them meanwhile
                self._characters = 0

    async def _send(self, batches: list[tuple[Batch, int]]) -> None:
        async with self._redis.pipeline(transaction=False) as pipe:
            for batch, size in batches:
                key, kept = key_of(batch.topic_id), STREAM_CHARACTERS // min(size, LARGEST)
                maxlen = min(max(kept, SHORTEST), LONGEST)
                pipe.xadd(key, entry_of(batch, self._sender, size), maxlen=maxlen, approximate=True)
                pipe.expire(key, EXPIRES_S)
            await pipe.execute()

    def _next(self) -> tuple[Batch, int]:
        batch, size = self._waiting.popleft()
        self._characters -= size
        return batch, size
