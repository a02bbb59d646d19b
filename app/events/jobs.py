"""The sweep of events as a worker gets it."""

import asyncio
from typing import Any

import structlog
from svcs import Container

from domain.events.ports import EventSweep
from domain.shared.errors import Unavailable

log = structlog.get_logger("cairn.events")
EVERY_S = 40.0  # it is asked for every minute, give or take


async def sweep_events(ctx: dict[str, Any]) -> None:
    """Let go of events that need not be kept, unless another worker did so lately.

    A mistake of Cairn's own is logged: the worker has other things to do, and the next sweep tries again.
    """
    async with Container(ctx["registry"]) as services:
        event_sweep = await services.aget(EventSweep)
        (outcome,) = await asyncio.gather(event_sweep.sweep(EVERY_S), return_exceptions=True)
    match outcome:
        case asyncio.CancelledError():
            raise outcome
        case BaseException() if not isinstance(outcome, Unavailable):
            log.error("bug", sweep="events", exc_info=outcome)
        case int() if outcome:
            log.info("events swept", gone=outcome)
