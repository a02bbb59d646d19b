"""Queries that a standby may answer, where it has proven to have all that the athlete has changed or seen."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from typing import Any
from uuid import UUID

import asyncpg

from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.standby.elsewhere import ChangesElsewhere
from infrastructure.standby.freshness import Freshness
from infrastructure.standby.server import Standby

MARK_EVERY_S = 0.25
# A transaction is seen when its commit is flushed, and not before. Not the insert position: it may stand for long in
# the midst of what nobody flushes.
FLUSHED = "(pg_current_wal_flush_lsn() - '0/0'::pg_lsn)::bigint"
WHERE_IT_STANDS = f"""
select ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::bigint as timeline, {FLUSHED} as position
where not pg_is_in_recovery()
"""


class Readers:
    """The writer and its standby, seen by whoever reads. Nothing is asked of the standby before the first query.

    `watching` is the writer over a connection of its own: it is asked where it stands when all others are in use too.
    """

    def __init__(self, database: Database, *, watching: Database, standby: Standby, redis_url: str) -> None:
        self._database, self._watching, self._standby = database, watching, standby
        self._freshness = Freshness()
        self._elsewhere = ChangesElsewhere(redis_url, self._freshness)
        self._history: tuple[int, int] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def from_anywhere(self, athlete: UUID, sql: str, values: Sequence[Any]) -> Any:
        """The one value that a statement answers, by the standby if it may."""
        self._begin()
        needed = self._freshness.needed(athlete, asyncio.get_running_loop().time())
        if needed is not None:
            answer = await self._standby.answer(needed, sql, values)
            if answer is not None:
                value, position = answer
                self._freshness.saw(athlete, position)
                return value
        return await self.from_writer(athlete, sql, values)

    async def from_writer(self, athlete: UUID, sql: str, values: Sequence[Any]) -> Any:
        """The same by the writer, as for whatever belongs to a mutation or a subscription."""
        if not self._tasks:  # nobody reads from the standby here
            return await self._database.fetchval(sql, *values)
        asked_at, history = asyncio.get_running_loop().time(), self._history
        # A server that is about to be a standby again, or not a writer yet, has no such position: it may answer.
        flushed = f"case when not pg_is_in_recovery() then {FLUSHED} end"
        ((value, position),) = await self._database.fetch(f"select ({sql}), {flushed}", *values)
        if position is None or history != self._history:
            self._freshness.changed(athlete, asyncio.get_running_loop().time())
        else:
            self._freshness.saw_on_writer(athlete, position, asked_at)
        return value

    @asynccontextmanager
    async def changing(self, athlete: UUID) -> AsyncIterator[None]:
        """Within, the writer alone answers their queries; after that until a standby has what was changed."""
        self._begin()
        self._freshness.began_change(athlete)
        try:
            yield
        finally:
            self._freshness.ended_change(athlete, asyncio.get_running_loop().time())
            await self._elsewhere.tell(athlete)

    async def close(self) -> None:
        """Watch no more, and let go of the standby."""
        for task in self._tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self._watching.close()
        await self._standby.close()
        await self._elsewhere.close()

    def _begin(self) -> None:
        """From now on watch both, in tasks that know nothing of the request that happened to be the first."""
        if self._tasks:
            return
        self._freshness.missed(asyncio.get_running_loop().time())
        self._tasks = [
            asyncio.create_task(self._watch(), context=Context()),
            asyncio.create_task(self._elsewhere.listen(), context=Context()),
        ]

    async def _watch(self) -> None:
        await self._watching.open()
        while True:
            await self._mark()
            await self._standby.look()
            await self._elsewhere.send_word()
            await asyncio.sleep(MARK_EVERY_S)

    async def _mark(self) -> None:
        """Note where the writer stands, if it is the one of before and was there all the time."""
        asked_at, outages = asyncio.get_running_loop().time(), self._database.outages
        try:
            rows = await self._watching.fetch(WHERE_IT_STANDS)
        except (Unavailable, asyncpg.PostgresError):
            return
        if not rows:
            return
        timeline, position = rows[0]
        history = (timeline, self._database.outages)
        if history == self._history and outages == self._database.outages:
            self._freshness.mark(asked_at, position)
            return
        if self._history is not None:
            self._standby.lose("the writer was away, or is another")
        self._history = history
        self._freshness.begin_history(asyncio.get_running_loop().time())
