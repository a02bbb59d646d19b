"""How many connections to the database Cairn's processes hold, and whether a pool can still be used to the last one."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from benchmarks.failing_over.asking import Asking
from benchmarks.failing_over.clients import CREATE_PLAN, DAYS, PLANS

ESTABLISHED = "01"
ON_SERVER = """
select count(*) from pg_stat_activity
where usename = current_user and backend_type = 'client backend' and pid <> pg_backend_pid()
"""
WAITING = f"{ON_SERVER} and wait_event_type = 'Lock'"
WAITED_FOR_S = 5.0


def held_by(process: int, port: int) -> int:
    """How many connections to a port of this machine a process holds."""
    own = set(_open_files(process))
    held = 0
    for line in Path(f"/proc/{process}/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, state, *rest = line.split()
        is_there = state == ESTABLISHED and int(remote.rpartition(":")[2], 16) == port
        held += is_there and f"socket:[{rest[5]}]" in own
    return held


async def on_server(url: str) -> int:
    """How many connections of Cairn's role the server has."""
    connection = await asyncpg.connect(url, statement_cache_size=0)
    try:
        return int(await connection.fetchval(ON_SERVER))
    finally:
        await connection.close()


async def usable_at_once(url: str, apis: Sequence[str], token: str, pool_size: int) -> int:
    """How many connections the APIs use when each is asked for more than its pool has, and every read must wait.

    A connection that was lost on the way, or never given back, is missing here. While something of an athlete's is
    being changed, by a token that is known, no standby answers them: so a change comes first, which waits too.
    """
    connection = await asyncpg.connect(url, statement_cache_size=0)
    askers = [Asking([api], token, 0) for api in apis for _ in range(pool_size + 2)]
    first = askers[:: pool_size + 2]
    try:
        await asyncio.gather(*(asker.ask(PLANS) for asker in first))
        async with connection.transaction():
            await connection.execute("lock table plan in access exclusive mode")
            plan = DAYS | {"name": "the last"}
            asked = [asyncio.create_task(asker.ask(CREATE_PLAN, input=plan)) for asker in first]
            await _most_waiting(connection, len(apis))
            asked += [asyncio.create_task(asker.ask(PLANS)) for asker in askers]
            most = await _most_waiting(connection, pool_size * len(apis))
        await asyncio.gather(*asked)
    finally:
        await connection.close()
        for asker in askers:
            await asker.close()
    return most


async def _most_waiting(connection: asyncpg.Connection, wanted: int) -> int:
    """The most that wait at once, until as many do as are wanted; or for long enough."""
    most = 0
    with suppress(TimeoutError):
        async with asyncio.timeout(WAITED_FOR_S):
            while most < wanted:
                # Within a transaction, figures of the server's activity are those of the first look.
                await connection.execute("select pg_stat_clear_snapshot()")
                most = max(most, await connection.fetchval(WAITING))
                await asyncio.sleep(0.02)
    return most


def _open_files(process: int) -> Iterator[str]:
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(link.readlink())
