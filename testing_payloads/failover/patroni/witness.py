"""Watches both machines directly, past HAProxy, twenty times a second: how many of them write at the same moment?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from testing_payloads.failover.patroni.machine import Machine

_EVERY_S = 0.05
# Whoever has not answered for so long does not write at this moment: it stands still, or its commit waits.
_AT_THIS_MOMENT_S = 0.15
_NO_ANSWER = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_TABLE = "CREATE TABLE IF NOT EXISTS witnessed (machine text, taken timestamptz DEFAULT clock_timestamp())"

Question = Callable[[asyncpg.Connection, Machine], Awaitable[bool]]


@dataclass(slots=True)
class Tally:
    """Of how many machines something was true at once, at most, and how often of more than one."""

    now: dict[str, bool] = field(default_factory=dict)
    most: int = 0
    times_more_than_one: int = 0

    def note(self, name: str, is_so: bool) -> None:
        """One machine's answer; the other's last one still counts."""
        self.now[name] = is_so
        together = sum(self.now.values())
        self.most = max(self.most, together)
        self.times_more_than_one += together > 1


@dataclass(frozen=True, slots=True)
class Witness:
    """`saying`: the machines that say that they write. `taking`: those that acknowledge a write, which is what counts.

    A primary that thaws says for a moment that it writes, until its Patroni sees that its time was up. It acknowledges
    nothing meanwhile, because its commits wait for a standby that follows another one now.
    """

    saying: Tally = field(default_factory=Tally)
    taking: Tally = field(default_factory=Tally)


@asynccontextmanager
async def a_witness(*machines: Machine) -> AsyncIterator[Witness]:
    """Watch while the block runs; begin while one of them writes."""
    seen = Witness()
    for machine in machines:
        if machine.says_it_writes():
            connection = await asyncpg.connect(machine.admin_url)
            await connection.execute(_TABLE)
            await connection.close()
    watching = [
        asyncio.create_task(_ask_for_ever(machine, question, tally))
        for machine in machines
        for question, tally in ((_says_it_writes, seen.saying), (_takes_a_write, seen.taking))
    ]
    try:
        yield seen
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


async def _ask_for_ever(machine: Machine, question: Question, tally: Tally) -> None:
    while True:
        try:
            connection = await asyncpg.connect(machine.admin_url, timeout=1)
        except _NO_ANSWER:
            tally.note(machine.name, False)
            await asyncio.sleep(_EVERY_S)
            continue
        try:
            await _ask_on(connection, machine, question, tally)
        except _NO_ANSWER:
            tally.note(machine.name, False)
        finally:
            connection.terminate()


async def _ask_on(connection: asyncpg.Connection, machine: Machine, question: Question, tally: Tally) -> None:
    """Ask again and again; an answer that is late is waited for all the same, as it counts when it comes."""
    while True:
        answer: asyncio.Future[Any] = asyncio.ensure_future(question(connection, machine))
        try:
            answered, _ = await asyncio.wait([answer], timeout=_AT_THIS_MOMENT_S)
            if not answered:
                tally.note(machine.name, False)
            tally.note(machine.name, await answer)
        finally:
            answer.cancel()
        await asyncio.sleep(_EVERY_S)


async def _says_it_writes(connection: asyncpg.Connection, _: Machine) -> bool:
    return not await connection.fetchval("SELECT pg_is_in_recovery()")


async def _takes_a_write(connection: asyncpg.Connection, machine: Machine) -> bool:
    try:
        await connection.execute("INSERT INTO witnessed VALUES ($1)", machine.name)
    except asyncpg.ReadOnlySQLTransactionError:
        return False
    return True
