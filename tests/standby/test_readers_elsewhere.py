"""What one process has changed the others hear of, and each knows whether it hears anything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from uuid import UUID

import pytest
from redis.asyncio import Redis

from configuration.settings import Settings
from domain.runs.changes import runs_channel
from infrastructure.standby.elsewhere import CLIENT, ChangesElsewhere
from infrastructure.standby.freshness import Freshness
from tests.conftest import eventually

NUMBERS = count(1)


def somebody() -> UUID:
    """Whom nobody has heard of."""
    return UUID(int=next(NUMBERS))


class Noting(Freshness):
    """Remembers whose changes it was told of."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[UUID] = []

    def changed(self, athlete: UUID, now: float) -> None:
        """See Freshness.changed."""
        self.told.append(athlete)
        super().changed(athlete, now)


class Process:
    """One process that listens, on a writer that never moves."""

    def __init__(self, redis_url: str) -> None:
        self.freshness = Noting()
        self.changes = ChangesElsewhere(redis_url, self.freshness)

    async def may_ask_standby(self, athlete: UUID) -> bool:
        """Whether the athlete's next query may be answered by a standby; its own word is sent on the way."""
        await self.changes.send_word()
        return self.freshness.needed(athlete, asyncio.get_running_loop().time()) is not None

    async def was_told_of(self, athlete: UUID) -> bool:
        """Whether it was told of a change of the athlete's."""
        return athlete in self.freshness.told

    async def hears_all(self) -> bool:
        """The same of a stranger's, with a mark of just now."""
        self.freshness.mark(asyncio.get_running_loop().time(), 1)
        return await self.may_ask_standby(somebody())


@asynccontextmanager
async def a_process(redis_url: str) -> AsyncIterator[Process]:
    """A process that listens."""
    process = Process(redis_url)
    listening = asyncio.create_task(process.changes.listen())
    try:
        await eventually(process.hears_all)
        yield process
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await process.changes.close()


@pytest.fixture
def redis_url(settings: Settings) -> str:
    """The shared Redis."""
    assert settings.redis_url is not None
    return settings.redis_url


async def test_a_change_is_heard_of_in_the_other_process(redis_url: str) -> None:
    ada = somebody()
    async with a_process(redis_url) as here, a_process(redis_url) as there:
        await there.changes.tell(ada)
        await eventually(lambda: here.was_told_of(ada))


async def test_a_change_is_not_told_to_whoever_has_made_it(redis_url: str) -> None:
    ada, bob = somebody(), somebody()
    async with a_process(redis_url) as here, a_process(redis_url) as there:
        await here.changes.tell(ada)
        await there.changes.tell(bob)  # behind the other one
        await eventually(lambda: here.was_told_of(bob))
        assert not await here.was_told_of(ada)


async def test_what_a_workers_job_has_changed_is_heard_of(redis_url: str) -> None:
    ada = somebody()
    async with a_process(redis_url) as here, Redis.from_url(redis_url) as worker:
        await worker.publish(runs_channel(ada), "")
        await eventually(lambda: here.was_told_of(ada))


async def test_after_the_connection_was_lost_nobody_asks_the_standby_for_what_is_older(redis_url: str) -> None:
    async with a_process(redis_url) as here, Redis.from_url(redis_url) as server:
        for client in await server.client_list():
            if client["name"] == CLIENT:
                await server.client_kill_filter(_id=client["id"])

        async def is_lost() -> bool:
            return not await here.may_ask_standby(somebody())

        await eventually(is_lost)
        await eventually(here.hears_all)


async def test_without_redis_nothing_is_heard_and_telling_raises_nothing() -> None:
    process = Process("redis://127.0.0.1:1/0")
    await process.changes.tell(somebody())
    assert not await process.hears_all()
    await process.changes.close()
