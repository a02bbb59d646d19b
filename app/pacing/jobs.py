"""Plans that follow live feeds, as a worker keeps them up: it looks at the feeds again and again beside its jobs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from svcs import Container, Registry

from app.pacing.following import replan_followers
from domain.events.ports import EventLog
from domain.pacing.ports import FollowedPlans, ThrottlePlanRepository
from domain.shared.errors import Unavailable
from domain.shared.ports import Computing

log = structlog.get_logger("cairn.pacing")
LOOK_EVERY_S = 0.5  # a runner is told about as late as that, and as planning anew takes
PAUSE_AFTER_MISTAKE_S = 10.0


@asynccontextmanager
async def plans_following(registry: Registry) -> AsyncIterator[None]:
    """Have plans follow their feeds inside the block."""
    following = asyncio.create_task(_follow(registry))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def look_at_feeds(registry: Registry) -> bool:
    """One look, with whatever comes of it told in the log; False after a mistake of Cairn's own."""
    async with Container(registry) as services:
        followed, events, plans, computing = await services.aget(
            FollowedPlans, EventLog, ThrottlePlanRepository, Computing
        )
        look = replan_followers(followed=followed, events=events, plans=plans, computing=computing)
        (outcome,) = await asyncio.gather(look, return_exceptions=True)
    match outcome:
        case int() | Unavailable():  # the database is away: what is missed now, the next look finds
            return True
        case asyncio.CancelledError():
            raise outcome
        case _:
            log.error("bug", following="feeds", exc_info=outcome)
            return False


async def _follow(registry: Registry) -> None:
    while True:
        is_well = await look_at_feeds(registry)
        await asyncio.sleep(LOOK_EVERY_S if is_well else PAUSE_AFTER_MISTAKE_S)
