"""A small load of its own: a write and a read some times a second, each repeated until it is answered.

A write has a number, which is an idempotency key: sent again, it is done once.
"""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from testing_payloads.failover.watching.diary import Diary
from testing_payloads.failover.watching.measures import Tally

EVERY_S = 0.1
AGAIN_S = 0.05


class Failed(Exception):
    """A request failed, in a few words; it may be sent again after `wait_s`."""

    def __init__(self, words: str, wait_s: float = AGAIN_S) -> None:
        super().__init__(words)
        self.wait_s = wait_s


class Load(Protocol):
    """Something to write to and to read from."""

    async def write(self, number: int) -> None:
        """Store this number; raises Failed. It may come several times."""

    async def read(self, least: int) -> None:
        """Read the number; raises Failed, also when it is one from before `least`."""

    async def end(self) -> None:
        """Take away what was made for it, if that can be had now."""


async def load_with(load: Load, diary: Diary) -> None:
    """Write and read until cancelled; what becomes of it is written into the diary."""
    written = 0

    async def write_on() -> None:
        nonlocal written
        for number in itertools.count(1):
            sent = await _until_answered(diary, diary.writes, partial(load.write, number), "a write")
            diary.acknowledged(time.monotonic(), sent=sent)
            written = number
            await asyncio.sleep(EVERY_S)

    async def read_on() -> None:
        while True:
            sent = await _until_answered(diary, diary.reads, partial(load.read, written), "a read")
            diary.reads.answer(time.monotonic(), sent=sent)
            await asyncio.sleep(EVERY_S)

    try:
        async with asyncio.TaskGroup() as together:
            together.create_task(write_on())
            together.create_task(read_on())
    finally:
        await load.end()


async def _until_answered(diary: Diary, tally: Tally, send: Callable[[], Awaitable[None]], what: str) -> float:
    """Send it until it is answered; when it was first sent."""
    sent = time.monotonic()
    while True:
        try:
            await send()
        except Failed as failed:
            diary.went_wrong(tally, time.monotonic(), f"{what}: {failed}")
            await asyncio.sleep(failed.wait_s)
        else:
            return sent
