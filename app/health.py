"""Whether this process lives, and whether it can serve."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse
from svcs import Container

from domain.shared.ports import Migrations

PING_TIMEOUT_S = 2.0
DEGRADED_WITHOUT = frozenset({"bus"})  # Redis only hints: without it Cairn is slower to tell, and loses nothing


async def live(_request: Request) -> JSONResponse:
    """For balancers: the process answers. A lost database drains nobody."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> JSONResponse:
    """Whether requests can be served: 503 without a writable database, or one that lacks migrations."""
    async with Container(request.app.state.registry) as services:
        checks = await _checks(services)
    failed = {name for name, problem in checks.items() if problem}
    status = "unavailable" if failed - DEGRADED_WITHOUT else "degraded" if failed else "ready"
    told = {name: problem or "ok" for name, problem in checks.items()}
    return JSONResponse({"status": status, "checks": told}, status_code=503 if status == "unavailable" else 200)


async def _checks(services: Container) -> dict[str, str | None]:
    told: dict[str, str | None] = {}
    for ping in services.get_pings():
        told[ping.name.rpartition(".")[2].lower()] = await _problem(ping.aping())
    migrations = await services.aget(Migrations)
    if not told.get("database"):
        told["migrations"] = await _problem(migrations.require_none_pending())
    return told


async def _problem(check: object) -> str | None:
    try:
        await asyncio.wait_for(check, PING_TIMEOUT_S)  # type: ignore[arg-type]
    except Exception as error:  # noqa: BLE001 - whatever a ping raises is an answer, not a fault of this page
        return str(error) or type(error).__name__
    return None
