"""Whose things were changed by another process, told through Redis.

Each process also sends word to itself. Messages arrive in their order, so what comes back says that all was heard that
was told before.
"""

import asyncio
import secrets
from contextlib import suppress
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.runs.changes import runs_channel
from infrastructure.bus.connecting import connection_options
from infrastructure.standby.freshness import Freshness

CHANNEL = "cairn:changed"
CLIENT = "cairn-changed"  # how Redis lists it
RUNS = runs_channel(UUID(int=0)).removesuffix(str(UUID(int=0)))  # workers tell there what their jobs have changed
TROUBLE = (RedisError, OSError, TimeoutError, RuntimeError)
LISTEN_AGAIN_S = 0.5
TELL_WITHIN_S = 0.25  # so long a mutation's answer may wait for it; the bus is away, then


class ChangesElsewhere:
    """Tells `freshness` what it hears."""

    def __init__(self, redis_url: str, freshness: Freshness) -> None:
        self._redis = Redis.from_url(redis_url, client_name=CLIENT, **connection_options(redis_url))
        self._freshness, self._name = freshness, secrets.token_hex(8)

    async def tell(self, athlete: UUID) -> None:
        """Tell all others that something of this athlete's was changed, if that can be done at once."""
        await self._send(str(athlete))

    async def send_word(self) -> None:
        """Tell oneself what time it is."""
        await self._send(repr(asyncio.get_running_loop().time()))

    async def listen(self) -> None:
        """Listen until cancelled."""
        while True:
            with suppress(*TROUBLE):
                async with self._redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    await pubsub.psubscribe(f"{RUNS}*")
                    async for message in pubsub.listen():
                        self._hear(message)
            await asyncio.sleep(LISTEN_AGAIN_S)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._redis.aclose()

    async def _send(self, word: str) -> None:
        with suppress(*TROUBLE):
            async with asyncio.timeout(TELL_WITHIN_S):
                await self._redis.publish(CHANNEL, f"{self._name} {word}")

    def _hear(self, message: dict[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        match message["type"]:
            case "pmessage":
                self._freshness.changed(UUID(message["channel"].decode().removeprefix(RUNS)), now)
            case "message":
                name, _, word = message["data"].decode().partition(" ")
                if name != self._name:
                    _tell_of(self._freshness, word, now)
                elif "-" not in word:
                    self._freshness.hear(float(word))
            case _:  # it subscribed, maybe again: what was told before went by
                self._freshness.missed(now)


def _tell_of(freshness: Freshness, word: str, now: float) -> None:
    if "-" in word:  # an athlete; else it was sent by somebody to themselves
        freshness.changed(UUID(word), now)
