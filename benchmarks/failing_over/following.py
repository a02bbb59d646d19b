"""A follower who keeps one subscription open for as long as its socket holds, and notes each time that it did not."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.failing_over.history import Feed

QUERY = """subscription Follow($topic: String!, $after: String) {
  events(topic: $topic, after: $after) { eventId offset cursor } }"""
PROTOCOL = Subprotocol("graphql-transport-ws")
OPENS_WITHIN_S = 15
PAUSE_S = 0.1


class Ended(Exception):
    """The subscription ended, though nobody asked for that."""


@dataclass
class Follower:
    """Somebody who follows a topic, at one API, and after a break from the last cursor at the next."""

    feed: Feed
    urls: Sequence[str]
    token: str
    cursor: str
    turn: int

    async def follow(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self._follow()
            except (OSError, TimeoutError, WebSocketException, Ended) as trouble:
                self.feed.breaks.append((time.monotonic(), f"{type(trouble).__name__}: {trouble}"[:200]))
            self.turn += 1
            await asyncio.sleep(PAUSE_S)

    async def _follow(self) -> None:
        address = f"{self.urls[self.turn % len(self.urls)].replace('http', 'ws', 1)}/graphql"
        async with connect(
            address, subprotocols=[PROTOCOL], open_timeout=OPENS_WITHIN_S, close_timeout=1, proxy=None
        ) as socket:
            await _send(socket, type="connection_init", payload={"Authorization": f"Bearer {self.token}"})
            async for text in socket:
                await self._take(socket, orjson.loads(text))
        raise Ended("closed in good order")

    async def _take(self, socket: ClientConnection, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_ack":
                wanted = {"query": QUERY, "variables": {"topic": self.feed.register, "after": self.cursor}}
                await _send(socket, id="1", type="subscribe", payload=wanted)
            case "ping":
                await _send(socket, type="pong")
            case "next" if "errors" not in message["payload"]:
                told = message["payload"]["data"]["events"]
                self.cursor = told["cursor"]
                self.feed.told.append((int(told["offset"]), told["eventId"]))
            case kind:
                raise Ended(f"{kind} {message.get('payload', '')}")


async def _send(socket: ClientConnection, **message: object) -> None:
    await socket.send(orjson.dumps(message).decode())
