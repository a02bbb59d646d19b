"""GraphQL over HTTP: requests by POST and GET, answered with JSON or as an event stream.

Answers follow the GraphQL over HTTP specification: what is wrong with a request is told with status 400 and without
`data`. A client that names application/json alone gets what is wrong with its document with status 200.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.edge.engine import Engine
from app.edge.http.event_streams import EventStreams
from app.edge.http.exchange import Exchange
from app.edge.http.forgery import FORMS, media_type, refuse_forged_form, refuse_forged_get
from app.edge.http.hanging_up import Attendant, Client, ClientGone
from app.edge.http.http_request import head_of, refuse_other_content, request_in_address, request_in_json
from app.edge.http.multipart import request_in_form
from app.edge.http.negotiation import EVENTS, accepted_by
from app.edge.http.outbox import MOST_WAITING
from app.edge.http.sse import KEEP_ALIVE_S, EventChannel
from app.edge.operation import Operation, new_request_id
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from domain.shared.errors import BadUserInput, Unavailable

STREAM = "/stream"
DISCARDED_BYTES = 1_000_000  # of files that are refused: whose are smaller reads why
BY_POST = "A mutation is sent by POST: a GET reads, and does nothing else."
AS_EVENTS = f"A subscription is answered as an event stream: send `accept: {EVENTS}`, or use a WebSocket at /graphql."
NO_SUCH_METHOD = "This address does not take this method. GraphQL takes POST, and GET for queries."


class GraphQLServer:
    """The endpoint, for HTTP at /graphql and /graphql/stream. `page` answers browsers, if anything does."""

    def __init__(
        self,
        engine: Engine,
        *,
        page: Callable[[Request], Response] | None,
        now: Callable[[], datetime],
        streams: EventStreams | None = None,
        keep_alive_s: float = KEEP_ALIVE_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._engine, self._page = engine, page
        self._channel = partial(EventChannel, engine, now=now, keep_alive_s=keep_alive_s, most_waiting=most_waiting)
        self._attendant = Attendant()
        self._streams = streams or EventStreams(engine, now=now, most_waiting=most_waiting)
        self._open: set[EventChannel] = set()
        self._stopping = False

    def stop(self) -> None:
        """End the open event streams, each with a word to its client; new ones end as soon as they begin.

        They would hold up the end of the server, and be cut off by it.
        """
        self._stopping = True
        for channel in self._open:
            channel.close()
        self._streams.stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        head = head_of(scope["headers"])
        client = Client(receive, self._attendant)
        exchange = Exchange(scope, client, send, head, accepted_by(head.get(b"accept", b"")), new_request_id())
        try:
            async with client:
                await self._serve(exchange, receive)
        except RequestRefused as refused:
            await exchange.refuse(refused)
        except ClientGone:
            pass

    async def _serve(self, exchange: Exchange, receive: Receive) -> None:
        streams = exchange.scope["path"].endswith(STREAM)
        if streams and await self._streams.takes(exchange):
            return
        if exchange.method == "POST":
            await self._post(exchange, receive)
        elif exchange.method == "GET":
            await self._get(exchange, receive)
        else:
            raise _not_allowed(NO_SUCH_METHOD, "GET, POST, PUT, DELETE" if streams else "GET, POST")

    async def _post(self, exchange: Exchange, receive: Receive) -> None:
        head = exchange.head
        plain = head.get(b"content-type") == b"application/json"  # the spelling that needs no looking into
        if not plain:
            refuse_forged_form(head)
            refuse_other_content(head)
        exchange.accepted.require_any()
        if plain or media_type(head) != FORMS[0]:
            await self._run(exchange, request_in_json(await exchange.client.body()))
            return
        await self._refuse_strangers_files(exchange)
        exchange.client.leave_alone()
        async with request_in_form(exchange.scope, receive) as request:
            exchange.client.watch()
            await self._run(exchange, request)

    async def _get(self, exchange: Exchange, receive: Receive) -> None:
        if self._page is not None and exchange.accepted.likes_page:
            page = self._page(Request(exchange.scope))
            await page(exchange.scope, receive, exchange.send)
            return
        exchange.accepted.require_any()
        request = request_in_address(exchange.scope["query_string"])
        refuse_forged_get(exchange.head)
        await exchange.client.body()  # a GET has none, and is heard to its end with it
        await self._run(exchange, request)

    async def _run(self, exchange: Exchange, request: GraphQLRequest) -> None:
        try:
            operation = self._engine.prepare(request)
        except RequestRefused as refused:
            await self._refuse_document(exchange, refused)
            return
        if exchange.method == "GET" and operation.type is OperationType.MUTATION:
            raise _not_allowed(BY_POST, "POST")
        watches = operation.type is OperationType.SUBSCRIPTION
        if watches and not exchange.accepted.events:
            raise RequestRefused.because(AS_EVENTS)
        if watches or exchange.accepted.likes_events:
            await self._tell_events(exchange, operation)
            return
        try:
            answer = await self._engine.answer(operation, exchange.caller, exchange.request_id)
        except RequestRefused as refused:
            await self._refuse_document(exchange, refused)
        else:
            await exchange.answer(answer.body)

    async def _tell_events(self, exchange: Exchange, operation: Operation) -> None:
        who = await self._engine.identify(exchange.caller)
        if isinstance(who, Unavailable):  # or the stream would not end with a token of which nobody knows the end
            raise RequestRefused.of(who)
        channel = self._channel(who=who)
        channel.begin(None, operation, exchange.caller, exchange.request_id)
        self._open.add(channel)
        if self._stopping:
            channel.close()
        try:
            await channel.deliver(exchange)
        finally:
            self._open.discard(channel)

    async def _refuse_document(self, exchange: Exchange, refused: RequestRefused) -> None:
        if exchange.accepted.json is not None:
            await exchange.refuse_document(refused)
        else:  # a client that takes events alone is told by an event, as the protocol of npm graphql-sse has it
            channel = self._channel()
            channel.refuse(None, refused, exchange.request_id)
            await channel.deliver(exchange)

    async def _refuse_strangers_files(self, exchange: Exchange) -> None:
        """Refuse a form whose sender is unknown, before its files are taken in."""
        try:
            await exchange.viewer(self._engine)
        except RequestRefused as refused:
            refused.headers["connection"] = "close"  # or the files would come all the same
            await exchange.client.discard(DISCARDED_BYTES)
            raise


def _not_allowed(message: str, allowed: str) -> RequestRefused:
    refused = RequestRefused.because(message, code=BadUserInput.code, status=405)
    refused.headers["allow"] = allowed
    return refused
