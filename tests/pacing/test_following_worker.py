"""A worker looks at the feeds again and again beside its jobs, whatever a look stumbles over."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs
from svcs import Registry

from app.pacing.jobs import look_at_feeds, plans_following
from domain.events.ports import EventLog
from domain.pacing.ports import Behind, FollowedPlans, ThrottlePlanRepository
from domain.shared.errors import Unavailable
from domain.shared.ports import Computing
from tests.fakes.feeds import FakeLog
from tests.fakes.pacing import Computed, FakeThrottlePlans


class Looks:
    """The FollowedPlans port when nobody follows, or with something wrong; it counts the looks."""

    def __init__(self, wrong: BaseException | None = None) -> None:
        self._wrong = wrong
        self.count = 0
        self.again = asyncio.Event()

    async def end_over(self) -> int:
        self.count += 1
        if self.count > 1:
            self.again.set()
        if self._wrong is not None:
            raise self._wrong
        return 0

    async def behind(self, most: int) -> Sequence[Behind]:
        return []


def a_registry(looks: Looks) -> Registry:
    registry = Registry()
    registry.register_value(FollowedPlans, looks)
    registry.register_value(EventLog, FakeLog())
    registry.register_value(ThrottlePlanRepository, FakeThrottlePlans())
    registry.register_value(Computing, Computed())
    return registry


async def told_of(wrong: BaseException | None) -> tuple[bool, list[str]]:
    with capture_logs() as logs:
        async with a_registry(Looks(wrong)) as registry:
            is_well = await look_at_feeds(registry)
    return is_well, [line["event"] for line in logs]


@pytest.mark.parametrize("wrong", [None, Unavailable("The database is away.")])
async def test_a_look_that_finds_nothing_or_nobody_to_ask_is_not_worth_a_word(wrong: BaseException | None) -> None:
    assert await told_of(wrong) == (True, [])


async def test_a_look_that_goes_wrong_is_logged_and_followed_by_a_pause() -> None:
    assert await told_of(ZeroDivisionError()) == (False, ["bug"])


async def test_a_worker_that_is_told_to_stop_in_a_look_stops() -> None:
    with pytest.raises(asyncio.CancelledError):
        await told_of(asyncio.CancelledError())


async def test_inside_the_block_one_look_follows_another_and_behind_it_none() -> None:
    looks = Looks()
    async with a_registry(looks) as registry:
        async with plans_following(registry):
            async with asyncio.timeout(10):
                await looks.again.wait()
        count = looks.count
        await asyncio.sleep(0)
    assert looks.count == count
