"""Who looks for the database during an outage, when a look gets no answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from infrastructure.database.outage import LOOKS_AT_ONCE, Outage
from tests.conftest import eventually


@asynccontextmanager
async def an_outage(look: Callable[[], Awaitable[bool]]) -> AsyncIterator[Outage]:
    """One that has begun."""
    outage = Outage(look, lambda: 0.0, lose=lambda: None)
    outage.begin(read_only=False, reason="a test")
    try:
        yield outage
    finally:
        await outage.close()


class Looks:
    """Of which the first ones hang; whoever comes after them finds a writer."""

    def __init__(self, *, hanging: int) -> None:
        self.hanging, self.begun, self.under_way = hanging, 0, 0

    async def __call__(self) -> bool:
        self.begun += 1
        self.under_way += 1
        try:
            if self.begun <= self.hanging:
                await asyncio.Event().wait()
            return True
        finally:
            self.under_way -= 1


async def test_beside_a_look_that_hangs_another_finds_the_writer() -> None:
    looks = Looks(hanging=1)
    async with an_outage(looks) as outage:
        assert await outage.over(for_writing=True, within_s=20)


async def test_a_look_that_still_hangs_when_the_writer_is_found_is_given_up() -> None:
    looks = Looks(hanging=1)
    async with an_outage(looks) as outage:
        await outage.over(for_writing=True, within_s=20)

        async def given_up() -> bool:
            return looks.under_way == 0

        await eventually(given_up)


async def test_only_a_few_look_at_once() -> None:
    looks = Looks(hanging=LOOKS_AT_ONCE)
    async with an_outage(looks) as outage:
        assert not await outage.over(for_writing=True, within_s=1)
        assert looks.under_way == LOOKS_AT_ONCE


async def test_looks_that_hang_end_with_the_outage() -> None:
    looks = Looks(hanging=LOOKS_AT_ONCE)
    async with an_outage(looks):

        async def under_way() -> bool:
            return looks.under_way > 0

        await eventually(under_way)
    assert looks.under_way == 0
