"""Applications in this process whose database a test takes away, and athletes who ask them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count

import httpx
from starlette.applications import Starlette
from svcs import Container

from app.main import create_app
from configuration.settings import Settings
from domain.accounts.ports import TokenIssuer
from domain.shared.errors import Unavailable
from domain.shared.ports import HoldUp, Migrations
from infrastructure.database.engine import Database
from tests.conftest import Athlete, eventually

NUMBERS = count(1)
LONG_S, SHORT_S = 30.0, 1.0


@asynccontextmanager
async def an_app(settings: Settings, *, deadline_s: float = LONG_S, **more: str) -> AsyncIterator[Starlette]:
    """An application that serves; so long its operations may take."""
    async with a_beginning_app(settings, deadline_s=deadline_s, **more) as application:
        await eventually(lambda: has_tables(application))
        yield application


@asynccontextmanager
async def a_beginning_app(settings: Settings, *, deadline_s: float = LONG_S, **more: str) -> AsyncIterator[Starlette]:
    """An application that has begun, perhaps without a database."""
    application = create_app(replace(settings, operation_deadline_s=deadline_s, **more))
    async with application.router.lifespan_context(application):
        yield application


async def has_tables(app: Starlette) -> bool:
    """Whether its database is there, with the tables of this release."""
    async with Container(app.state.registry) as services:
        migrations = await services.aget(Migrations)
    try:
        await migrations.require_none_pending()
    except Unavailable:
        return False
    return True


@asynccontextmanager
async def asking(app: Starlette) -> AsyncIterator[Callable[[], Athlete]]:
    """Makes athletes whom nobody has seen before."""
    async with Container(app.state.registry) as services:
        tokens = await services.aget(TokenIssuer)
    async with AsyncExitStack() as clients:

        def newcomer() -> Athlete:
            name = f"lasting-{next(NUMBERS)}"
            token = tokens.issue(name, hours=1)
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app), base_url="http://test", headers={"authorization": f"Bearer {token}"}
            )
            clients.push_async_callback(client.aclose)
            return Athlete(name, token, client)

        yield newcomer


async def database_of(app: Starlette) -> Database:
    """The application's own."""
    async with Container(app.state.registry) as services:
        return await services.aget(Database)


async def noticed(app: Starlette) -> None:
    """Wait until the application knows that its database is away."""
    database = await database_of(app)

    async def is_away() -> bool:
        return database.hold_up is HoldUp.AWAY

    await eventually(is_away)
