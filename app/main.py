"""The application: middleware, routes and what lives as long as the server does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import fields
from datetime import datetime

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry import Schema
from svcs import Container, Registry

from app import health
from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.documents.trusted_documents import read_manifest
from app.edge.engine import Engine
from app.edge.graphiql_page import graphiql_routes, may_have_token, page
from app.edge.http.body_limit import BodyLimit
from app.edge.http.plain_refusals import Cors, plain_refusal
from app.edge.http.server import GraphQLServer
from app.edge.http.shortcut import PATH, Shortcut
from app.edge.sockets.websocket import GraphQLSockets
from app.events.bulk_body import OpenBodies
from app.events.feeds import Feeds
from app.events.routes import EVENT_ROUTES, is_bulk
from app.operation import OperationScopes
from app.pacing.routes import PLAN_ROUTES
from app.races.live import LiveRaces
from app.runs.routes import RUN_ROUTES
from app.schema import build_schema, stored_types, tell
from app.throttle.routes import THROTTLE_ROUTES
from configuration.settings import AuthMode, Settings
from di.local import bring_up_to_date
from di.registry import register_services
from domain.accounts.ports import TokenIssuer
from domain.events.ports import EventLog, EventWire
from domain.races.ports import RaceRepository
from domain.shared.errors import OperatorError, Unavailable
from domain.shared.ports import Clock, HoldUp, Migrations, Outages, Reader

log = structlog.get_logger("cairn.main")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MIGRATE_AGAIN_S = 1.0
PAGE_TOKEN_HOURS = 12
FIRST_MIGRATION_S = 1.0  # so long the start waits for the tables; after that it says that it is not ready
FILES_AT_ONCE = 4  # an upload request may hold this many files of the largest size


def create_app(settings: Settings) -> Starlette:
    """Cairn as an ASGI application; nothing is connected to before its lifespan begins.

    Raises BrokenManifest when there are trusted documents that cannot be read.
    """
    registry = Registry()
    schema = build_schema()
    engine = _engine(schema, registry, settings)

    def now() -> datetime:
        with Container(registry) as services:
            return services.get(Clock).now()

    waiting, origins = settings.subscription_queue, settings.cors_origins
    page = _graphiql(settings, registry) if settings.graphiql else None
    server = GraphQLServer(engine, page=page, now=now, most_waiting=waiting)
    sockets = GraphQLSockets(
        engine, allowed_origins=origins, now=now, ping_every_s=settings.websocket_ping_s, most_waiting=waiting
    )
    upload_bytes = FILES_AT_ONCE * settings.upload_max_mb * 1_000_000
    app = Starlette(
        routes=_routes(server, with_page=settings.graphiql),
        middleware=[
            Middleware(Shortcut, graphql=BodyLimit(server, upload_bytes=upload_bytes), sockets=sockets),
            Middleware(Cors, allow_origins=origins, allow_methods=["*"], allow_headers=["*"]),
            Middleware(BodyLimit, upload_bytes=upload_bytes, streamed=is_bulk),
        ],
        exception_handlers={404: plain_refusal, 405: plain_refusal, Exception: plain_refusal},
        lifespan=_lifespan(settings, registry, schema),
    )
    app.router.redirect_slashes = False  # a redirect would name the host that the request says it came to
    app.state.registry, app.state.engine, app.state.graphql = registry, engine, server
    app.state.deadlines = engine.deadlines
    app.state.open_bodies = OpenBodies()
    return app


def end_streams(app: Starlette) -> None:
    """End what would not end by itself when the server does, each with a word to its client."""
    with Container(app.state.registry) as services:
        services.get(Outages).wait_no_longer()
    app.state.graphql.stop()
    app.state.open_bodies.stop()


def _routes(server: GraphQLServer, *, with_page: bool) -> list[BaseRoute]:
    page = [*graphiql_routes(), Route("/", lambda _: RedirectResponse(PATH))] if with_page else []
    return [
        Route(PATH, server),
        Route(f"{PATH}/stream", server),
        Route("/health/live", health.live),
        Route("/health/ready", health.ready),
        *RUN_ROUTES,
        *EVENT_ROUTES,
        *PLAN_ROUTES,
        *THROTTLE_ROUTES,
        *page,
    ]


def _lifespan(
    settings: Settings, registry: Registry, schema: Schema
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await register_services(registry, settings, command_timeout_s=settings.operation_deadline_s + 1)
        async with registry:
            await _register_feeds(registry)
            await _check_views(registry, schema)
            serving = asyncio.Event()
            migrating = asyncio.create_task(_migrate(registry, serving))
            await asyncio.wait({migrating}, timeout=FIRST_MIGRATION_S)
            if migrating.done():
                migrating.result()  # a migration that fails stops the start
            serving.set()
            try:
                yield
            finally:
                migrating.cancel()
                with suppress(asyncio.CancelledError):
                    await migrating

    return lifespan


def _engine(schema: Schema, registry: Registry, settings: Settings) -> Engine:
    limits = Limits(**{limit.name: getattr(settings, f"max_{limit.name}") for limit in fields(Limits)})
    store = OperationStore(
        schema._schema,
        limits=limits,
        trusted=read_manifest(settings.trusted_documents) if settings.trusted_documents else None,
        introspection=settings.introspection,
        suggestions=settings.suggestions,
        most_documents=settings.operation_store_size,
    )
    scopes = OperationScopes(registry, log_reads=settings.log_level == "DEBUG")

    def held_up_by() -> HoldUp | None:
        with Container(registry) as services:
            return services.get(Outages).hold_up

    deadline_s = settings.operation_deadline_s
    return Engine(schema._schema, store=store, scopes=scopes, tell=tell, deadline_s=deadline_s, held_up_by=held_up_by)


def _graphiql(settings: Settings, registry: Registry) -> Callable[[Request], Response]:
    """The page, with a token in it for whoever sits at this very machine."""
    local = settings.auth_mode is AuthMode.LOCAL

    def answer(request: Request) -> Response:
        if not may_have_token(request, bound_to_loopback=settings.host in LOOPBACK, local_mode=local):
            return page(request, token=None)
        with Container(registry) as services:
            return page(request, token=services.get(TokenIssuer).issue(settings.local_athlete, hours=PAGE_TOKEN_HOURS))

    return answer


async def _register_feeds(registry: Registry) -> None:
    """The feeds and races that this process follows: made of ports, for all of its subscribers."""
    async with Container(registry) as services:
        feeds = Feeds(*await services.aget(EventLog, EventWire))
        races = LiveRaces(*await services.aget(RaceRepository, EventLog, EventWire, Clock))
    registry.register_value(Feeds, feeds, on_registry_close=feeds.close)
    registry.register_value(LiveRaces, races)


async def _check_views(registry: Registry, schema: Schema) -> None:
    async with Container(registry) as services:
        (await services.aget(Reader)).check(stored_types(schema))


async def _migrate(registry: Registry, serving: asyncio.Event) -> None:
    """Migrate; while the database is away, try again: the server is up by then and says that it is not ready.

    Raises OperatorError when the database refuses, unless the server is up: then it is the log that tells.
    """
    async with Container(registry) as services:
        migrations, told = await services.aget(Migrations), ""
        while True:
            try:
                if applied := await bring_up_to_date(migrations):
                    log.info("migrated", applied=applied)
                return
            except (Unavailable, OperatorError) as trouble:
                if isinstance(trouble, OperatorError) and not serving.is_set():
                    raise
                if told != (told := str(trouble)):
                    log.warning("waiting for the database", reason=told)
            await asyncio.sleep(MIGRATE_AGAIN_S)
