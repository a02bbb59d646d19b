"""A small feed of events behind real sockets, and a client that says whatever a test wants, well-formed or not."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import orjson
import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.routing import Router, WebSocketRoute
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.edge.declaring.fields import subscription
from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore, StoredOperation
from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.request import GraphQLRequest
from app.edge.sockets.direct import DirectSockets
from app.edge.sockets.websocket import GraphQLSockets
from domain.shared.errors import DomainError, Unauthenticated, Unavailable
from domain.shared.ports import Reader
from domain.shared.viewer import Scope, Viewer
from tests.factories.broadcasts import Relay

TRANSPORT, LEGACY = "graphql-transport-ws", "graphql-ws"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ADA = UUID(int=1)
EXPIRED = "This token has expired. Get a new one."
AWAY = "The keys of the tokens cannot be had now."
VIEWERS: dict[str | None, Viewer | DomainError] = {
    None: Unauthenticated("Sign in first."),
    "good": Viewer(ADA, frozenset()),
    "short": Viewer(ADA, frozenset(), NOON + timedelta(milliseconds=50)),
    "long": Viewer(ADA, frozenset(), datetime.max.replace(tzinfo=UTC)),
    "reader": Viewer(ADA, frozenset({Scope.EVENTS_READ})),
    "bad": Unauthenticated(EXPIRED),
    "wordy": Unauthenticated("D′ ist leer. " * 40),
    "later": Unavailable(AWAY),
}


@dataclass
class Track:
    """What happens behind the sockets, for tests to see."""

    open: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[Caller] = field(default_factory=list)
    identified: asyncio.Event = field(default_factory=asyncio.Event)  # set: nobody has to wait to be known
    home: asyncio.Event = field(default_factory=asyncio.Event)  # set: whoever lingers may leave
    relay: Relay = field(default_factory=Relay)
    lead: asyncio.Queue[str] = field(default_factory=asyncio.Queue)  # who leads the race, one after the other
    executed: int = 0  # how often the race was watched for all

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        self.open += 1
        self.changed.set()
        try:
            yield
        finally:
            self.open -= 1
            self.changed.set()

    async def until_open(self, count: int) -> None:
        """Wait until so many operations run, no more and no fewer."""
        await self._until(lambda: self.open == count)

    async def until_executed(self, count: int) -> None:
        """Wait until the race is watched for all so many times."""
        await self._until(lambda: self.executed == count)

    async def _until(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not so():
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Surroundings:
    """The context of one operation."""

    track: Track
    who: Viewer | DomainError
    cursor: str | None = None
    errors: int = 0


class TestScopes:
    """Everybody is known by a word."""

    __test__ = False

    def __init__(self, track: Track) -> None:
        self._track = track

    @asynccontextmanager
    async def __call__(
        self, operation: StoredOperation, caller: Caller, request_id: str
    ) -> AsyncIterator[Surroundings]:
        async with self._track.watched():
            yield Surroundings(self._track, _known(caller))

    async def identify(self, caller: Caller) -> Viewer | DomainError:
        self._track.asked.append(caller)
        await self._track.identified.wait()
        return _known(caller)

    def reading(self, caller: Caller) -> tuple[Viewer, Reader] | None:
        return None

    def log_read(self, operation: StoredOperation, viewer: Viewer, request_id: str, duration_s: float) -> None:
        return None


class StumblingStore(OperationStore):
    """Has a bug in its way."""

    def find(self, request: GraphQLRequest) -> StoredOperation:
        if request.operation_name == "Stumble":
            raise RuntimeError("shoelace")
        return super().find(request)


def _known(caller: Caller) -> Viewer | DomainError:
    params = caller.params if isinstance(caller.params, dict) else {}
    header = caller.connection.headers.get("authorization", "").removeprefix("Bearer ")
    return VIEWERS[params.get("token") or header or None]


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "runner") -> str:
        return f"Hello, {name}"

    @strawberry.field
    def me(self, info: strawberry.Info[Surroundings, None]) -> str:
        if isinstance(info.context.who, DomainError):
            raise info.context.who
        return str(info.context.who.athlete_id)

    @strawberry.field
    async def never(self) -> str:
        await asyncio.Event().wait()
        return "at last"

    @strawberry.field
    def large(self, size: int) -> str:
        return "x" * size


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def laps(
        self, info: strawberry.Info[Surroundings, None], to: int, size: int = 0, pausing: bool = True
    ) -> AsyncGenerator[str]:
        for lap in range(1, to + 1):
            info.context.cursor = f"lap {lap}"
            yield f"{lap} {'x' * size}".strip()
            if pausing:
                await asyncio.sleep(0)

    @strawberry.subscription
    async def forever(self, begin: int = 1) -> AsyncGenerator[int]:
        yield begin
        await asyncio.Event().wait()

    @strawberry.subscription
    async def lingering(self, info: strawberry.Info[Surroundings, None]) -> AsyncGenerator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            await info.context.track.home.wait()

    @strawberry.subscription
    async def relayed(self, info: strawberry.Info[Surroundings, None]) -> AsyncIterable[str]:
        if isinstance(info.context.who, DomainError):
            raise info.context.who
        return cast("AsyncIterable[str]", info.context.track.relay)

    @subscription(shared=Scope.EVENTS_READ)
    async def leader(self, info: strawberry.Info[Surroundings, None], race: str = "UTMB") -> AsyncGenerator[str, None]:
        """Who leads."""
        track = info.context.track
        track.executed += 1
        track.changed.set()
        while (leader := await track.lead.get()) != "end":
            if leader == "bug":
                raise Unavailable("The race is away for a moment.")
            yield f"{race}: {leader}"

    @strawberry.subscription
    async def stumbling(self, bug: bool = False) -> AsyncGenerator[int]:
        yield 1
        raise RuntimeError("ankle") if bug else Unavailable("The feed is away for a moment.")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def greet(self, name: str) -> str:
        return f"Greeted {name}"


def tell(errors: list[GraphQLError], request_id: str) -> None:
    for error in errors:
        wrong = error.original_error
        of_input = wrong is None or isinstance(wrong, GraphQLError)
        code = wrong.code if isinstance(wrong, DomainError) else "BAD_USER_INPUT" if of_input else "INTERNAL"
        error.extensions = {"code": code, "requestId": request_id}


@dataclass
class Sockets:
    """A server of sockets, in this very loop."""

    port: int
    track: Track

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    @asynccontextmanager
    async def opened(
        self, *protocols: str, headers: dict[str, str] | None = None, **options: Any
    ) -> AsyncIterator["Client"]:
        """A socket on which nothing has been said."""
        offered = [Subprotocol(name) for name in protocols] or None
        async with connect(
            self.url, subprotocols=offered, additional_headers=headers, close_timeout=1, **options
        ) as connection:
            yield Client(connection)

    @asynccontextmanager
    async def greeted(
        self, protocol: str = TRANSPORT, *, payload: object = None, headers: dict[str, str] | None = None
    ) -> AsyncIterator["Client"]:
        """A socket that is past its connection_init."""
        async with self.opened(protocol, headers=headers) as client:
            await client.say(type="connection_init", payload=payload)
            assert await client.hear() == {"type": "connection_ack"}
            if protocol == LEGACY:
                assert await client.hear() == {"type": "ka"}
            yield client


@dataclass
class Client:
    """Says anything, hears everything."""

    connection: ClientConnection

    async def say(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def ask(self, id: str, query: str, **more: Any) -> None:
        """Ask for an operation, in the words of the protocol that is spoken."""
        type_ = "start" if self.connection.subprotocol == LEGACY else "subscribe"
        await self.say(id=id, type=type_, payload={"query": query, **more})

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            text = await self.connection.recv()
        assert isinstance(text, str), "a binary frame"
        message: dict[str, Any] = orjson.loads(text)
        return message

    async def hear_of(self, id: str) -> list[dict[str, Any]]:
        """All messages up to the end of an operation."""
        heard = [await self.hear()]
        while heard[-1]["type"] not in ("complete", "error") or heard[-1]["id"] != id:
            heard.append(await self.hear())
        return heard

    async def end(self) -> tuple[int | None, str | None]:
        """With which code and reason the server closes; what it says until then is passed over."""
        async with asyncio.timeout(10):
            try:
                while True:
                    await self.connection.recv()
            except ConnectionClosed:
                return self.connection.close_code, self.connection.close_reason


def an_endpoint(allowed_origins: tuple[str, ...] = (), **terms: Any) -> tuple[GraphQLSockets, Track]:
    """The endpoint, and what happens behind it."""
    track = Track()
    track.identified.set()
    schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)._schema
    engine = Engine(schema, store=StumblingStore(schema, limits=Limits()), scopes=TestScopes(track), tell=tell)
    return GraphQLSockets(engine, allowed_origins=allowed_origins, now=lambda: NOON, **terms), track


@asynccontextmanager
async def sockets(
    allowed_origins: tuple[str, ...] = (), *, direct: bool = True, **terms: Any
) -> AsyncIterator[Sockets]:
    """A real server on a port of its own, as Cairn configures it; or one that offers no short way out."""
    endpoint, track = an_endpoint(allowed_origins, **terms)
    async with served(Router([WebSocketRoute("/graphql", endpoint)]), direct=direct) as port:
        yield Sockets(port, track)


@asynccontextmanager
async def served(app: Any, *, direct: bool = True, **options: Any) -> AsyncIterator[int]:
    """The port on which uvicorn serves an application in this loop."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            app,
            ws=DirectSockets if direct else "websockets-sansio",
            ws_max_size=1_000_000,
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            **({"ws_per_message_deflate": False} | options),
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listening])
        try:
            yield listening.getsockname()[1]
        finally:
            await server.shutdown(sockets=[listening])
