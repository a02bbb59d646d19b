"""Zones as a worker gets them: one athlete's at a time, and the sweep that finds what nobody asked for."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from svcs import Container

from app.operations.jobs import drain, sweep
from app.zones.zoning import compute_zones as compute
from configuration.settings import Settings
from domain.operations.model import JobId, JobKind
from domain.operations.ports import Bus, JobBoard
from domain.runs.ports import RunChanges
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock, Ids
from domain.zones.ports import ZoneRepository, ZoneSweep

log = structlog.get_logger("cairn.zones")
AT_START_S = 5.0  # workers that start together sweep once
SLACK_S = 20.0  # it is asked for every minute, give or take


async def compute_zones(ctx: dict[str, Any], job_id: str) -> None:
    """Take up one athlete's zones, named like its JobKind, and then whatever else of the kind waits."""
    async with Container(ctx["registry"]) as services:
        zones, bus, ids, clock = await services.aget(ZoneRepository, Bus, Ids, Clock)

        async def work(job: JobId) -> None:
            await compute(job, zones=zones, bus=bus, ids=ids, clock=clock)

        await drain(JobKind.COMPUTE_ZONES, JobId(UUID(job_id)), work, services)
    await sweep(ctx)  # what an outage left


async def sweep_zones(ctx: dict[str, Any], *, at_start: bool = False) -> None:
    """Find what is due and hand it over, and forget what is old, unless another worker did so lately.

    A mistake of Cairn's own is logged: the worker has other things to do, and the next sweep tries again.
    """
    async with Container(ctx["registry"]) as services:
        (wrong,) = await asyncio.gather(_sweep_zones(ctx, services, at_start=at_start), return_exceptions=True)
    match wrong:
        case None | Unavailable():
            return
        case asyncio.CancelledError():
            raise wrong
        case _:
            log.error("bug", sweep="zones", exc_info=wrong)


async def sweep_zones_at_start(ctx: dict[str, Any]) -> None:
    """What a worker does first."""
    await sweep_zones(ctx, at_start=True)


async def _sweep_zones(ctx: dict[str, Any], services: Container, *, at_start: bool) -> None:
    zone_sweep, settings, changes, board = await services.aget(ZoneSweep, Settings, RunChanges, JobBoard)
    found = await zone_sweep.sweep(AT_START_S if at_start else settings.zone_sweep_minutes * 60 - SLACK_S)
    if found is None:
        return
    await changes.forget_old()
    await board.forget_old()
    if found:
        log.info("zones swept", due=found)
        await sweep(ctx)
