"""Followers of a feed who go on from their last cursor, elsewhere, whenever their connection breaks."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from benchmarks.killing.plan import payload_of, source_of

QUERY = """subscription Follow($topic: String!, $after: String, $filter: EventFilter) {
  events(topic: $topic, after: $after, filter: $filter) { eventId offset cursor source payload } }"""
PAUSE_S = 0.05
OPENS_WITHIN_S = 15
WORTH_RESUMING = {"UNAVAILABLE", "SLOW_CONSUMER"}
MOST_FAULTS = 10


class Ended(Exception):
    """The feed ended, in good order or not: go on from the last cursor."""


@dataclass
class Seen:
    """What a follower got, checked as it comes: `wanted` are the numbers of the events that it is to get."""

    wanted: frozenset[int]
    cursor: str
    gapless: bool = True  # a filter leaves gaps
    offset: int = 0
    numbers: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    resumed: Counter[str] = field(default_factory=Counter)

    @property
    def is_complete(self) -> bool:
        """Whether it has got all that it wants, or is past help."""
        return len(self.numbers) >= len(self.wanted) or bool(self.faults)

    def take(self, told: dict[str, Any]) -> None:
        """One event."""
        number, offset = int(told["eventId"]), int(told["offset"])
        if offset != self.offset + 1 if self.gapless else offset <= self.offset:
            self.fault(f"offset {offset} came after {self.offset}")
        if number in self.numbers:
            self.fault(f"event {number} came twice")
        if number not in self.wanted:
            self.fault(f"event {number} is none of those that were asked for")
        if (told["source"], told["payload"]) != (source_of(number), payload_of(number)):
            self.fault(f"event {number} is not as it was published: {told}")
        self.numbers.add(number)
        self.offset, self.cursor = offset, told["cursor"]

    def fault(self, text: str) -> None:
        """Something that must not be."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(text)


@dataclass
class Follower:
    """Somebody who follows a topic over one of the transports, until everything has come."""

    name: str
    seen: Seen
    urls: Sequence[str]
    token: str
    topic: str
    sources: Sequence[str] | None = None
    turn: int = 0

    async def follow(self) -> None:
        """Follow to the end."""
        while not self.seen.is_complete:
            url = self.urls[self.turn % len(self.urls)]
            try:
                async with aclosing(self._answers(url)) as answers:
                    async for told in answers:
                        self._take(told)
                        if self.seen.is_complete:
                            return
            except (OSError, TimeoutError, WebSocketException, httpx.TransportError, Ended) as trouble:
                self.seen.resumed[str(trouble)[:60] if isinstance(trouble, Ended) else type(trouble).__name__] += 1
            self.turn += 1
            await asyncio.sleep(PAUSE_S)

    def _take(self, told: dict[str, Any]) -> None:
        if errors := told.get("errors"):
            self._refused(errors)
        self.seen.take(told["data"]["events"])

    def _request(self) -> dict[str, Any]:
        wanted = None if self.sources is None else {"sources": self.sources}
        return {"query": QUERY, "variables": {"topic": self.topic, "after": self.seen.cursor, "filter": wanted}}

    def _answers(self, url: str) -> AsyncGenerator[dict[str, Any], None]:
        return self._by_socket(url) if not self.name.startswith("SSE") else self._by_stream(url)

    def _refused(self, errors: list[dict[str, Any]]) -> None:
        codes = {error["extensions"]["code"] for error in errors}
        if not codes <= WORTH_RESUMING:
            self.seen.fault(str(errors)[:300])
        raise Ended(" ".join(sorted(codes)))

    async def _by_socket(self, url: str) -> AsyncGenerator[dict[str, Any], None]:
        address, protocol = f"{url.replace('http', 'ws', 1)}/graphql", Subprotocol("graphql-transport-ws")
        async with connect(
            address, subprotocols=[protocol], open_timeout=OPENS_WITHIN_S, close_timeout=1, proxy=None
        ) as socket:
            init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {self.token}"}}
            await socket.send(orjson.dumps(init).decode())
            async for text in socket:
                message = orjson.loads(text)
                match message["type"]:
                    case "connection_ack":
                        subscribe = {"id": "1", "type": "subscribe", "payload": self._request()}
                        await socket.send(orjson.dumps(subscribe).decode())
                    case "ping":
                        await socket.send('{"type":"pong"}')
                    case "next":
                        yield message["payload"]
                    case "error":
                        self._refused(message["payload"])
                    case "complete":
                        raise Ended("complete")
        raise Ended("closed in good order")

    async def _by_stream(self, url: str) -> AsyncGenerator[dict[str, Any], None]:
        headers = {"authorization": f"Bearer {self.token}", "accept": "text/event-stream"}
        patience = httpx.Timeout(OPENS_WITHIN_S, read=None)
        async with (
            httpx.AsyncClient(headers=headers, timeout=patience, trust_env=False) as http,
            http.stream("POST", f"{url}/graphql", json=self._request()) as answer,
        ):
            if answer.status_code != 200:
                await answer.aread()
                yield answer.json()
            async for line in answer.aiter_lines():
                if line.startswith("data: {"):
                    yield orjson.loads(line.removeprefix("data: "))
                elif line == "event: complete":
                    raise Ended("complete")
        raise Ended("closed in good order")
