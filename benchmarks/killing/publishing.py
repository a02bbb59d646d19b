"""Publishers who send each batch until it is acknowledged, wherever an API answers."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from benchmarks.killing.plan import Item, Plan, event, lines

MUTATION = """mutation Publish($input: PublishEventsInput!) { publishEvents(input: $input) {
  accepted duplicates conflicting headOffset userErrors { code field message } } }"""
BULK_EVERY = 3  # of three batches one goes by lines
IMPATIENT_EVERY = 5  # of five batches one is sent by somebody who does not wait for its answer, and then once more
PATIENCE, AT_ONCE = httpx.Timeout(15), httpx.Timeout(15, read=0.001)
PAUSE_S = 0.05  # before it is sent again, to the other API


class WrongAnswer(Exception):
    """An answer that no kill excuses."""


class Refused(Exception):
    """Not now: it is worth sending again."""


@dataclass(frozen=True)
class Request:
    """A batch as it goes out."""

    path: str
    kind: str
    body: bytes


@dataclass
class Published:
    """What publishers know of what they have sent."""

    attempted: int = 0  # events, counted each time that they are sent
    acknowledged: int = 0  # events of batches that are done with
    told: Counter[str] = field(default_factory=Counter)  # what the answers that came said, together
    troubles: Counter[str] = field(default_factory=Counter)
    hung_up: int = 0  # batches of which the first answer was not waited for


class Gate:
    """Lets publishers send so many batches of their share, and no more until it is told to."""

    def __init__(self) -> None:
        self._batches, self._opened = 0, asyncio.Event()

    def open(self, batches: int) -> None:
        """Let them send so many."""
        self._batches = batches
        self._opened.set()
        self._opened = asyncio.Event()

    async def passed(self, number: int) -> None:
        """Wait until the batch of this number may be sent."""
        while number >= self._batches:
            await self._opened.wait()


async def publish(plan: Plan, urls: Sequence[str], token: str, topic: str, gate: Gate, published: Published) -> None:
    """Publish all of it, each publisher over a connection of its own to each API."""
    headers = {"authorization": f"Bearer {token}"}
    most = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with (
        httpx.AsyncClient(headers=headers, limits=most, trust_env=False) as http,
        asyncio.TaskGroup() as group,
    ):
        for place, share in enumerate(plan.shares):
            group.create_task(_Publisher(http, urls, topic, published, place).send(share, gate))


@dataclass
class _Publisher:
    http: httpx.AsyncClient
    urls: Sequence[str]
    topic: str
    published: Published
    turn: int  # which API it is to ask

    async def send(self, share: Sequence[Sequence[Item]], gate: Gate) -> None:
        for number, batch in enumerate(share):
            await gate.passed(number)
            request = self._by_lines(batch) if number % BULK_EVERY == 0 else self._by_mutation(batch)
            if number % IMPATIENT_EVERY == 1:
                await self._hang_up(request, len(batch))
            self._note(len(batch), await self._until_acknowledged(request, len(batch)))
            self.turn += 1  # so that each API always has to tell followers of the other

    async def _until_acknowledged(self, request: Request, events: int) -> dict[str, Any]:
        while True:
            self.published.attempted += events
            try:
                return await self._counts(request)
            except (httpx.TransportError, Refused) as trouble:
                self.published.troubles[type(trouble).__name__ if not str(trouble) else str(trouble)[:80]] += 1
                self.turn += 1
                await asyncio.sleep(PAUSE_S)

    async def _hang_up(self, request: Request, events: int) -> None:
        self.published.attempted += events
        self.published.hung_up += 1
        with contextlib.suppress(httpx.TransportError):
            await self._send(request, patience=AT_ONCE)

    async def _counts(self, request: Request) -> dict[str, Any]:
        answer = await self._send(request)
        if answer.status_code == 503:
            raise Refused(f"{request.path.rpartition('/')[2]}: 503")
        told: dict[str, Any] = orjson.loads(answer.content)
        if codes := {error["extensions"]["code"] for error in told.get("errors", ())}:
            if codes <= {"UNAVAILABLE"}:
                raise Refused("graphql: UNAVAILABLE")
            raise WrongAnswer(answer.text[:500])
        return told["data"]["publishEvents"] if "data" in told else told

    async def _send(self, request: Request, *, patience: httpx.Timeout = PATIENCE) -> httpx.Response:
        url, headers = self.urls[self.turn % len(self.urls)] + request.path, {"content-type": request.kind}
        return await self.http.post(url, content=request.body, headers=headers, timeout=patience)

    def _by_mutation(self, batch: Sequence[Item]) -> Request:
        variables = {"input": {"topic": self.topic, "events": [event(item) for item in batch]}}
        return Request("/graphql", "application/json", orjson.dumps({"query": MUTATION, "variables": variables}))

    def _by_lines(self, batch: Sequence[Item]) -> Request:
        return Request(f"/topics/{self.topic}/events", "application/x-ndjson", b"".join(lines(batch)))

    def _note(self, events: int, counts: dict[str, Any]) -> None:
        told = Counter({name: int(counts.get(name, 0)) for name in ("accepted", "duplicates", "conflicting")})
        if told.total() != events:
            raise WrongAnswer(f"{counts} of {events} events")
        self.published.told += told
        self.published.acknowledged += events
