"""Whether this process lives, and whether it can serve."""

import asyncio
from collections.abc import Awaitable

from asyncpg import PostgresError
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse
from svcs import Container, ServicePing

from domain.shared.errors import DomainError
from domain.shared.ports import Migrations

PING_TIMEOUT_S = 2.0
DATABASE, REDIS, MIGRATIONS = "database", "redis", "migrations"
TOLD_AS = {"Database": DATABASE, "Bus": REDIS}
DEGRADED_WITHOUT = frozenset({REDIS})  # it only hints: without it Cairn is slower to tell, and loses nothing
TROUBLE = (RedisError, PostgresError, OSError)


async def live(_request: Request) -> JSONResponse:
    """For balancers: the process answers. A lost database drains nobody."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> JSONResponse:
    """Whether requests can be served: 503 without a writable database, or one that lacks migrations."""
    async with Container(request.app.state.registry) as services:
        problems = await _problems(services)
    failed = {name for name, problem in problems.items() if problem}
    status = "unavailable" if failed - DEGRADED_WITHOUT else "degraded" if failed else "ready"
    told = {name: problem or "ok" for name, problem in problems.items()}
    return JSONResponse({"status": status, "checks": told}, status_code=503 if status == "unavailable" else 200)


async def _problems(services: Container) -> dict[str, str | None]:
    pings = services.get_pings()
    answers = await asyncio.gather(*(_problem(ping.aping()) for ping in pings))
    problems = {_name(ping): answer for ping, answer in zip(pings, answers, strict=True)}
    if not problems[DATABASE]:
        migrations = await services.aget(Migrations)
        problems[MIGRATIONS] = await _problem(migrations.require_none_pending())
    return problems


def _name(ping: ServicePing) -> str:
    kind = ping.name.rpartition(".")[2]
    return TOLD_AS.get(kind, kind.lower())


async def _problem(check: Awaitable[None]) -> str | None:
    """None when all is well. Anybody may read this page, so only our own words stand on it: no address, no name."""
    try:
        await asyncio.wait_for(check, PING_TIMEOUT_S)
    except DomainError as refusal:
        return refusal.message
    except TimeoutError:
        return f"It does not answer within {PING_TIMEOUT_S:.0f} s. `cairn doctor` tells more."
    except TROUBLE:
        return "It cannot be used just now. `cairn doctor` tells more."
    return None
