"""The Bus port on Redis pub/sub: one connection listens for everybody in this process."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from infrastructure.bus.connecting import ANSWER_WITHIN_S, connection_options

# RuntimeError is what asyncio's streams raise when a listener and the reader reconnect at the same moment.
TROUBLE = (RedisError, OSError, TimeoutError, RuntimeError)
RECONNECT_S = 1.0


class RedisBus:
    """See Bus. While Redis is away nobody is told, and listeners live on their own ticks."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, **connection_options(url))
        self._listeners: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._somebody_listens = asyncio.Event()
        self._pubsub: PubSub | None = None
        self._reader: asyncio.Task[None] | None = None

    async def publish(self, channel: str, message: str = "") -> None:
        """See Bus.publish."""
        with suppress(*TROUBLE):
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._redis.publish(channel, message)

    @asynccontextmanager
    async def listen(self, channel: str, *, at_least_every_s: float) -> AsyncIterator[AsyncIterator[None]]:
        """See Bus.listen."""
        told = asyncio.Event()
        told.set()  # the first look is at once
        self._listeners[channel].add(told)
        await self._subscribe(channel)
        try:
            yield _ticks(told, at_least_every_s)
        finally:
            self._listeners[channel].discard(told)
            if not self._listeners[channel]:
                del self._listeners[channel]
                await self._unsubscribe(channel)

    async def ping(self) -> None:
        """Raise when Redis does not answer."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await self._redis.ping()

    async def close(self) -> None:
        """Stop listening and let go of the connections."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        pubsub, self._pubsub = self._pubsub, None
        if pubsub is not None:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
        await self._redis.aclose()

    async def _subscribe(self, channel: str) -> None:
        if self._pubsub is None:
            self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
        with suppress(*TROUBLE):  # the reader tries again
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._pubsub.subscribe(channel)
        self._somebody_listens.set()
        if self._reader is None:
            self._reader = asyncio.create_task(self._read(self._pubsub))

    async def _unsubscribe(self, channel: str) -> None:
        if self._pubsub is not None and channel.encode() in self._pubsub.channels:
            with suppress(*TROUBLE):
                async with asyncio.timeout(ANSWER_WITHIN_S):
                    await self._pubsub.unsubscribe(channel)

    async def _read(self, pubsub: PubSub) -> None:
        """Wake the listeners of each message's channel; after trouble subscribe again, and wake everybody once."""
        while True:
            try:
                if not pubsub.subscribed:
                    await self._subscribe_all(pubsub)
                    continue
                message = await pubsub.get_message(timeout=None)
                if message is not None:
                    self._wake(message["channel"].decode())
            except TROUBLE:
                await asyncio.sleep(RECONNECT_S)
                with suppress(*TROUBLE):
                    await self._subscribe_all(pubsub)
                for channel in list(self._listeners):
                    self._wake(channel)

    async def _subscribe_all(self, pubsub: PubSub) -> None:
        """Wait until somebody listens, then listen to all that is listened to."""
        while not self._listeners:
            self._somebody_listens.clear()
            await self._somebody_listens.wait()
        await pubsub.subscribe(*self._listeners)

    def _wake(self, channel: str) -> None:
        for told in self._listeners.get(channel, ()):
            told.set()


async def _ticks(told: asyncio.Event, at_least_every_s: float) -> AsyncIterator[None]:
    while True:
        with suppress(TimeoutError):
            # Not wait_for: on Python 3.11 it swallows a cancellation that comes when the event is set already.
            async with asyncio.timeout(at_least_every_s):
                await told.wait()
        told.clear()
        yield
