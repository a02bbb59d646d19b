"""Several operations on one event stream: the single connection mode of npm graphql-sse's protocol.

A client reserves a stream (PUT), opens it (GET), posts operations whose answers come there (POST), and ends them
(DELETE). The token of a reservation cannot be guessed, so that a browser's EventSource, which sends no Authorization
header, may open the stream with it alone; everything else is done by whoever made the reservation, and by nobody else.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.edge.engine import Engine
from app.edge.http.exchange import Exchange
from app.edge.http.forgery import FORMS, media_type, refuse_forged_form
from app.edge.http.http_request import NOT_TAKEN, parameters, refuse_other_content, request_in_json
from app.edge.http.outbox import MOST_WAITING
from app.edge.http.sse import STOPPING, EventChannel
from app.edge.refusals import RequestRefused
from domain.shared.errors import Conflict, LimitExceeded, NotFound

TOKEN = b"x-graphql-event-stream-token"
MOST_STREAMS = 10_000
MOST_OF_ONE = 20
MOST_OPERATIONS = 100
LONGEST_ID = 200
UNUSED_S = 30.0
UNKNOWN = "There is no such event stream: make a reservation with PUT, and open it within 30 s."
TAKEN = "This event stream is there already. One connection uses it at a time."
NO_ID = f"Say which operation is meant: an `operationId` of 1 to {LONGEST_ID} characters."
SAME_ID = "An operation of this operationId is running on this event stream. Choose another id."
TEXT_ONLY = "The token of a reservation is text/plain, and your Accept header does not take it."
EVENTS_ONLY = "This address answers with text/event-stream, and your Accept header does not take it."


@dataclass(slots=True)
class Reservation:
    """A stream that one athlete has reserved, and perhaps opened."""

    athlete_id: UUID
    channel: EventChannel
    unused: asyncio.TimerHandle
    is_open: bool = False


class EventStreams:
    """The reserved and the open streams of this process."""

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime],
        most: int = MOST_STREAMS,
        most_of_one: int = MOST_OF_ONE,
        unused_s: float = UNUSED_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._engine, self._now, self._most_waiting = engine, now, most_waiting
        self._most, self._most_of_one, self._unused_s = most, most_of_one, unused_s
        self._reserved: dict[str, Reservation] = {}
        self._stopping = False

    async def takes(self, exchange: Exchange) -> bool:
        """Serve a request of this mode; False for one of a distinct connection, which names no reservation."""
        given = parameters(exchange.scope["query_string"])
        token = exchange.head.get(TOKEN, b"").decode("latin-1") or given.get("token", "")
        if exchange.method == "PUT":
            await self._reserve(exchange)  # npm graphql-sse sends the token of its last stream along, which may linger
        elif exchange.method == "DELETE":
            await self._end(exchange, token, given.get("operationId", ""))
        elif exchange.method == "GET" and token:
            await self._open(exchange, token)
        elif exchange.method == "POST" and token:
            await self._run(exchange, token)
        else:
            return False
        return True

    def stop(self) -> None:
        """End the open streams, each with a word to its client, and forget the others; there are no new ones."""
        self._stopping = True
        for token, reservation in list(self._reserved.items()):
            if reservation.is_open:
                reservation.channel.close()
            else:
                reservation.unused.cancel()
                self._drop(token)

    async def _reserve(self, exchange: Exchange) -> None:
        if not any(kind in exchange.head.get(b"accept", b"*/*") for kind in (b"*/*", b"text/plain", b"text/*")):
            raise RequestRefused.because(TEXT_ONLY, status=406)
        viewer = await exchange.viewer(self._engine)
        if self._stopping:
            raise RequestRefused.of(STOPPING)
        own = sum(one.athlete_id == viewer.athlete_id for one in self._reserved.values())
        if own >= self._most_of_one or len(self._reserved) >= self._most:
            limit = self._most_of_one if own >= self._most_of_one else self._most
            raise RequestRefused.because(
                f"There are {limit:,} event streams already, which is the most there may be. Close one first.",
                code=LimitExceeded.code,
                status=429,
            )
        new = secrets.token_urlsafe(24)
        unused = asyncio.get_running_loop().call_later(self._unused_s, self._drop, new)
        channel = EventChannel(self._engine, now=self._now, who=viewer, most_waiting=self._most_waiting)
        self._reserved[new] = Reservation(viewer.athlete_id, channel, unused)
        await exchange.answer(new.encode(), status=201, kind="text/plain")

    async def _open(self, exchange: Exchange, token: str) -> None:
        if not exchange.accepted.events:
            raise RequestRefused.because(EVENTS_ONLY, status=406)
        if b"authorization" in exchange.head:
            await self._own(exchange, token)
        reservation = self._known(token)
        if reservation.is_open:
            raise RequestRefused.because(TAKEN, code=Conflict.code, status=409)
        reservation.is_open = True
        reservation.unused.cancel()
        try:
            await reservation.channel.deliver(exchange)
        finally:
            self._reserved.pop(token, None)

    async def _run(self, exchange: Exchange, token: str) -> None:
        refuse_forged_form(exchange.head)
        refuse_other_content(exchange.head)
        if media_type(exchange.head) == FORMS[0]:
            raise RequestRefused.because(NOT_TAKEN, status=415)
        await self._own(exchange, token)
        request = request_in_json(await exchange.client.body())
        channel = self._known(token).channel  # it may have gone while the body came
        id = request.extensions.get("operationId")
        if not isinstance(id, str) or not 1 <= len(id) <= LONGEST_ID:
            raise RequestRefused.because(NO_ID)
        operation = self._engine.prepare(request)
        if id in channel:
            raise RequestRefused.because(SAME_ID, code=Conflict.code, status=409)
        if len(channel) >= MOST_OPERATIONS:
            told = (
                f"An event stream carries at most {MOST_OPERATIONS} operations at once, those that are over and whose "
                "answers were not read yet among them. Read the stream, or end an operation with DELETE."
            )
            raise RequestRefused.because(told, code=LimitExceeded.code, status=429)
        channel.begin(id, operation, exchange.caller, exchange.request_id)
        await exchange.answer(b"", status=202)

    async def _end(self, exchange: Exchange, token: str, id: str) -> None:
        reservation = await self._own(exchange, token)
        if not id:
            raise RequestRefused.because(NO_ID)
        reservation.channel.stop(id)
        await exchange.answer(b"")

    async def _own(self, exchange: Exchange, token: str) -> Reservation:
        viewer = await exchange.viewer(self._engine)
        reservation = self._known(token)
        if reservation.athlete_id != viewer.athlete_id:
            raise RequestRefused.because(UNKNOWN, code=NotFound.code, status=404)
        return reservation

    def _known(self, token: str) -> Reservation:
        if token not in self._reserved:
            raise RequestRefused.because(UNKNOWN, code=NotFound.code, status=404)
        return self._reserved[token]

    def _drop(self, token: str) -> None:
        if reservation := self._reserved.pop(token, None):
            reservation.channel.cancel()
