"""The application: middleware, routes and what lives as long as the server does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from strawberry import Schema
from svcs import Container, Registry

from app import health
from app.edge.body_limit import BodyLimit
from app.edge.graphiql_page import graphiql_routes, may_have_token, page
from app.edge.server import GraphQLServer, plain_refusal
from app.operation import ConnectionContext
from app.runs.routes import RUN_ROUTES
from app.schema import build_schema, stored_types
from configuration.settings import AuthMode, Settings
from di.local import bring_up_to_date
from di.registry import register_services
from domain.accounts.ports import TokenIssuer
from domain.shared.errors import OperatorError, Unavailable
from domain.shared.ports import Migrations, Reader

log = structlog.get_logger("cairn.main")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MIGRATE_AGAIN_S = 1.0
PAGE_TOKEN_HOURS = 12
FIRST_MIGRATION_S = 1.0  # so long the start waits for the tables; after that it says that it is not ready
FILES_AT_ONCE = 4  # an upload request may hold this many files of the largest size


def create_app(settings: Settings) -> Starlette:
    """Cairn as an ASGI application; nothing is connected to before its lifespan begins."""
    registry = Registry()
    schema = build_schema(introspection=settings.introspection)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.registry = registry
        await register_services(registry, settings)
        async with registry:
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

    server = GraphQLServer(
        schema,
        make_context=lambda connection: ConnectionContext(connection, registry),
        page=_graphiql(settings, registry) if settings.graphiql else None,
        allowed_origins=settings.cors_origins,
    )
    return Starlette(
        routes=[
            Route("/graphql", server, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", server),
            Route("/health/live", health.live),
            Route("/health/ready", health.ready),
            *RUN_ROUTES,
            *(graphiql_routes() if settings.graphiql else ()),
            *([Route("/", lambda _: RedirectResponse("/graphql"))] if settings.graphiql else ()),
        ],
        middleware=[
            Middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["*"], allow_headers=["*"]),
            Middleware(BodyLimit, upload_bytes=FILES_AT_ONCE * settings.upload_max_mb * 1_000_000),
        ],
        exception_handlers={404: plain_refusal, 405: plain_refusal, Exception: plain_refusal},
        lifespan=lifespan,
    )


def _graphiql(settings: Settings, registry: Registry) -> Callable[[Request], Response]:
    """The page, with a token in it for whoever sits at this very machine."""
    local = settings.auth_mode is AuthMode.LOCAL

    def answer(request: Request) -> Response:
        if not may_have_token(request, bound_to_loopback=settings.host in LOOPBACK, local_mode=local):
            return page(request, token=None)
        with Container(registry) as services:
            return page(request, token=services.get(TokenIssuer).issue(settings.local_athlete, hours=PAGE_TOKEN_HOURS))

    return answer


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
