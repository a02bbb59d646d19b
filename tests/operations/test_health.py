"""What balancers and operators read of a Cairn's health, and that it tells strangers nothing more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import httpx
import pytest
from redis.exceptions import ConnectionError as RedisAway
from starlette.applications import Starlette
from starlette.routing import Route
from svcs import Registry

from app import health
from domain.operations.ports import Bus
from domain.shared.errors import Unavailable
from domain.shared.ports import Migrations
from infrastructure.database.engine import Database

ADDRESS = "10.1.2.3"


@dataclass
class FakeMigrations:
    """Migrations that are all applied, or not."""

    trouble: Exception | None = None

    async def require_none_pending(self) -> None:
        if self.trouble:
            raise self.trouble


Look = Callable[..., Awaitable[tuple[int, dict[str, object]]]]


class Silence(Exception):
    """Stands for a server that keeps the connection and says nothing."""


def answering(trouble: Exception | None) -> Callable[[object], Awaitable[None]]:
    async def ping(_service: object) -> None:
        if isinstance(trouble, Silence):
            await asyncio.Event().wait()
        elif trouble:
            raise trouble

    return ping


@pytest.fixture
async def look() -> AsyncIterator[Look]:
    """The page of readiness with a database, a queue and migrations that have the trouble given, if any."""
    registry = Registry()

    async def looking(
        database: Exception | None = None, redis: Exception | None = None, migrations: Exception | None = None
    ) -> tuple[int, dict[str, object]]:
        registry.register_value(Database, object(), ping=answering(database))
        registry.register_value(Bus, object(), ping=answering(redis))
        registry.register_value(Migrations, FakeMigrations(migrations))
        app = Starlette(routes=[Route("/health/ready", health.ready)])
        app.state.registry = registry
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            answer = await client.get("/health/ready")
        return answer.status_code, answer.json()

    yield looking
    await registry.aclose()


async def test_all_well_is_ready(look: Look) -> None:
    told = {"status": "ready", "checks": {"database": "ok", "redis": "ok", "migrations": "ok"}}
    assert await look() == (200, told)


async def test_without_redis_it_is_degraded_but_serves(look: Look) -> None:
    status, told = await look(redis=RedisAway(f"Error 111 connecting to {ADDRESS}:6379"))
    assert (status, told["status"]) == (200, "degraded")


@pytest.mark.parametrize(
    "trouble",
    [
        Unavailable("The database answers, but it is read-only now."),
        asyncpg.InvalidPasswordError(f'password authentication failed for user "cairn" at {ADDRESS}'),
        OSError(f"no route to {ADDRESS}"),
    ],
    ids=["read-only", "refused", "not reached"],
)
async def test_without_a_writable_database_it_is_unavailable(look: Look, trouble: Exception) -> None:
    status, told = await look(database=trouble)
    assert (status, told["status"]) == (503, "unavailable")


async def test_why_it_is_unavailable_is_told_where_the_words_are_our_own(look: Look) -> None:
    _, told = await look(database=Unavailable("The database answers, but it is read-only now."))
    assert told["checks"] == {"database": "The database answers, but it is read-only now.", "redis": "ok"}


async def test_pending_migrations_make_it_unavailable_and_say_what_to_do(look: Look) -> None:
    status, told = await look(migrations=Unavailable("Migrations are pending: 0002. Run `cairn migrate`."))
    assert (status, told["status"]) == (503, "unavailable")
    assert "cairn migrate" in str(told["checks"])


@pytest.mark.parametrize("part", ["database", "redis", "migrations"])
async def test_no_address_and_no_name_of_a_user_is_told(look: Look, part: str) -> None:
    trouble = asyncpg.InvalidPasswordError(f'password authentication failed for user "paula" at {ADDRESS}')
    _, told = await look(**{part: trouble})
    assert not {word for word in (ADDRESS, "paula") if word in str(told)}


async def test_a_database_that_says_nothing_is_told_so(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PING_TIMEOUT_S", 0.01)
    status, told = await look(database=Silence())
    assert status == 503
    assert "does not answer" in str(told["checks"])


async def test_liveness_asks_nobody(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


async def test_the_application_is_ready_on_real_servers(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")
