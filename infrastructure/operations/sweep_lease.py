"""Of all workers one does a sweep: whoever holds its row."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

from domain.shared.errors import Unavailable
from domain.shared.ports import Ids
from infrastructure.database.engine import Database

# The row is the lease: of two workers that come at once the second waits for the first, and then sees its time. Who
# finds itself there has taken it before: the answer was lost.
TAKE = """
insert into sweep (name, begun_at, held_until, held_by) values ($1, now(), now() + $3, $4)
on conflict (name) do update set begun_at = now(), held_until = now() + $3, held_by = $4
    where sweep.begun_at <= now() - $2::interval and sweep.held_until <= now() or sweep.held_by = $4
returning name
"""
HOLD = timedelta(minutes=5)
RENEW = "update sweep set held_until = now() + $3 where name = $1 and held_by = $2 returning name"
LET_GO = "update sweep set held_until = now() where name = $1 and held_by = $2"


class SweepLease:
    """A sweep while this worker holds it."""

    def __init__(self, database: Database, name: str, holder: UUID) -> None:
        self._database, self._name, self._holder = database, name, holder

    async def renew(self) -> bool:
        """Hold on; False when it took so long that another took over: the rest is theirs."""
        return await self._database.fetchval(RENEW, self._name, self._holder, HOLD) is not None


@asynccontextmanager
async def sweep_lease(database: Database, ids: Ids, name: str, every_s: float) -> AsyncIterator[SweepLease | None]:
    """Hold a sweep inside the block; None when somebody holds it, or began it within the last `every_s` seconds."""
    holder = ids.new()
    if await database.fetchval(TAKE, name, timedelta(seconds=every_s), HOLD, holder) is None:
        yield None
        return
    try:
        yield SweepLease(database, name, holder)
    finally:
        with suppress(Unavailable):  # then it runs out by itself
            await database.fetchval(LET_GO, name, holder)
