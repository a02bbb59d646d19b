"""A small GraphQL world behind the real edge: what a test of a transport needs, and nothing of running."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast
from uuid import NAMESPACE_DNS, uuid5

import httpx
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from strawberry.file_uploads import Upload

from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.engine import Engine
from app.edge.http.body_limit import BodyLimit
from app.edge.http.event_streams import EventStreams
from app.edge.http.plain_refusals import Cors, plain_refusal
from app.edge.http.server import GraphQLServer
from app.edge.operation import Caller
from app.schema import tell
from domain.shared.errors import DomainError, NotFound, Unauthenticated, Unavailable
from domain.shared.viewer import Viewer
from tests.factories.broadcasts import Relay

ALLOWED = "https://app.example"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class World:
    """What happens behind the edge, for a test to see and to steer."""

    began: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    shouted: list[str] = field(default_factory=list)
    files: list[object] = field(default_factory=list)
    at: datetime = NOON
    expires_at: datetime | None = None
    relay: Relay = field(default_factory=Relay)

    def now(self) -> datetime:
        return self.at

    async def for_ever(self) -> None:
        """Wait to be cancelled, and note both."""
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.set()


@dataclass
class WorldContext:
    world: World
    who: Viewer | DomainError
    cursor: str | None = None
    errors: int = 0


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    async def endless(self, info: strawberry.Info) -> str:
        await info.context.world.for_ever()
        return "never"

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFound("There is no such thing.")

    @strawberry.field
    def me(self, info: strawberry.Info) -> str:
        return str(info.context.who)


@strawberry.type
class Mutation:
    @strawberry.mutation
    def shout(self, info: strawberry.Info, text: str) -> str:
        info.context.world.shouted.append(text)
        return text.upper()

    @strawberry.mutation
    async def weigh(self, info: strawberry.Info, files: list[Upload | None]) -> list[int | None]:
        info.context.world.files.extend(files)
        return [None if file is None else len(await file.read()) for file in files]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: strawberry.Info, to: int) -> AsyncGenerator[int, None]:
        for number in range(1, to + 1):
            info.context.cursor = f"c{number}"
            yield number

    @strawberry.subscription
    async def endless(self, info: strawberry.Info) -> AsyncGenerator[int, None]:
        yield 1
        await info.context.world.for_ever()

    @strawberry.subscription
    async def flood(self, info: strawberry.Info) -> AsyncGenerator[str, None]:
        """More than any network buffers, without a pause."""
        try:
            for number in range(1, 5_000):
                info.context.cursor = f"c{number}"
                yield "x" * 100_000
        finally:
            info.context.world.ended.set()

    @strawberry.subscription
    async def quiet(self, info: strawberry.Info) -> AsyncGenerator[int, None]:
        info.context.world.began.set()
        await info.context.world.go_on.wait()
        yield 1

    @strawberry.subscription
    async def relayed(self, info: strawberry.Info) -> AsyncIterable[str]:
        return cast("AsyncIterable[str]", info.context.world.relay)

    @strawberry.subscription
    async def breaks(self) -> AsyncGenerator[int, None]:
        yield 1
        raise NotFound("The thing has gone.")

    @strawberry.subscription
    async def bug(self) -> AsyncGenerator[int, None]:
        yield 1
        raise KeyError("a secret of ours")


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)._schema


@dataclass
class FakeScopes:
    """A bearer token is the name of an athlete; `bad` is none, and about `down` nobody can tell."""

    world: World

    @asynccontextmanager
    async def __call__(self, operation: object, caller: Caller, request_id: str) -> AsyncIterator[WorldContext]:
        yield WorldContext(self.world, await self.identify(caller))

    async def identify(self, caller: Caller) -> Viewer | DomainError:
        name = caller.connection.headers.get("authorization", "").removeprefix("Bearer ")
        if name == "down":
            return Unavailable("Nobody can tell now.", retry_after_ms=1_500)
        if name in ("", "bad"):
            return Unauthenticated("Sign in first." if not name else "This token is not good.")
        return Viewer(uuid5(NAMESPACE_DNS, name), frozenset(), self.world.expires_at)

    def reading(self, caller: Caller) -> None:
        return None

    def log_read(self, *told: object) -> None:
        raise AssertionError("nothing is compiled here")


def a_page(request: Request) -> Response:
    return HTMLResponse("<h1>a page</h1>")


def an_edge(world: World, *, page: Callable[[Request], Response] | None = a_page, **options: object) -> Starlette:
    """The endpoint with its middleware, as the application has it; `options` are those of EventStreams."""
    keep_alive = {"keep_alive_s": options.pop("keep_alive_s")} if "keep_alive_s" in options else {}
    store = OperationStore(SCHEMA, limits=Limits())
    engine = Engine(SCHEMA, store=store, scopes=FakeScopes(world), tell=tell)
    streams = EventStreams(engine, now=world.now, **options)
    server = GraphQLServer(engine, page=page, now=world.now, streams=streams, **keep_alive)
    return Starlette(
        routes=[Route("/graphql", server), Route("/graphql/stream", server)],
        middleware=[
            Middleware(Cors, allow_origins=[ALLOWED], allow_methods=["*"], allow_headers=["*"]),
            Middleware(BodyLimit, upload_bytes=2_000_000),
        ],
        exception_handlers={404: plain_refusal, 405: plain_refusal, Exception: plain_refusal},
    )


class AnnouncedServer(uvicorn.Server):
    """Says when it listens, and leaves the signals to the tests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    def capture_signals(self) -> AbstractContextManager[None]:
        return nullcontext()


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The application behind a real server on this machine, and a client of it."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1)
    server = AnnouncedServer(config)
    running = asyncio.create_task(server.serve())
    await server.listens.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
        yield client
    server.should_exit = True
    await running
