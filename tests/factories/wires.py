"""Wires as separate processes have them, and batches to be carried."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from domain.events.model import Batch, Event, TopicId
from infrastructure.events.wire import RedisEventWire
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds

IDS = SortedIds(SystemClock())
AT = datetime(2026, 6, 1, 8, 30, 0, 123456, tzinfo=UTC)
NEVER_S = 3600.0
AWire = Callable[..., RedisEventWire]


async def ours() -> str:
    """What tells the installation of a test that has no database."""
    return "ours"


@asynccontextmanager
async def wires(url: str) -> AsyncIterator[AWire]:
    """Makes wires, and closes them at the end."""
    async with AsyncExitStack() as closing:

        def make(tick_s: float = NEVER_S, installation: Callable[[], Awaitable[str]] = ours) -> RedisEventWire:
            wire = RedisEventWire(url, sender=IDS.new(), installation=installation, tick_s=tick_s)
            closing.push_async_callback(wire.close)
            return wire

        yield make


def a_topic_id() -> TopicId:
    """A topic that nobody else has heard of."""
    return TopicId(IDS.new())


def a_batch(topic_id: TopicId, first: int = 1, count: int = 1, payload: str = '{"bib": 7}') -> Batch:
    """Neighbours in a feed."""
    return Batch(topic_id, [Event(f"e{at}", at, AT, AT, "mat", payload) for at in range(first, first + count)])


async def heard(told: AsyncIterator[Batch | None]) -> Batch | None:
    """What is told next."""
    async with asyncio.timeout(30):
        return await anext(told)


async def heard_batch(told: AsyncIterator[Batch | None]) -> Batch:
    """The next batch, however often it was told to look before."""
    while (batch := await heard(told)) is None:
        pass
    return batch
