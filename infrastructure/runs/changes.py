"""The feed of what happens to runs, in PostgreSQL: written in the transaction of the change itself."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.runs.changes import ChangeKind, RunChange
from domain.runs.model import RunId
from infrastructure.database.engine import Database

# The lock on the feed's row is what lets an athlete's numbers become visible in their order. It is taken last in its
# transaction, so that whoever waits for it holds nothing that its holder still needs.
TELL = """
with feed as (
    insert into run_feed (athlete, last) values ($1, cardinality($3::uuid[]))
    on conflict (athlete) do update set last = run_feed.last + cardinality($3::uuid[])
    returning last)
insert into run_change (athlete, number, kind, run)
select $1, feed.last - cardinality($3::uuid[]) + told.place, $2, told.run
from feed, unnest($3::uuid[]) with ordinality told(run, place)
"""
LATEST = "select last from run_feed where athlete = $1"
AFTER = """
select number, kind, run from run_change where athlete = $1 and number > $2 order by number limit 100
"""
FORGET = "delete from run_change where changed_at < now() - interval '1 day'"


async def tell_changes(
    connection: asyncpg.Connection, athlete_id: UUID, kind: ChangeKind, run_ids: Sequence[UUID]
) -> None:
    """Tell what happened to an athlete's runs; the last thing in its transaction."""
    if run_ids:
        await connection.execute(TELL, athlete_id, kind, run_ids)


class PostgresRunChanges:
    """See RunChanges."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, athlete_id: UUID) -> int:
        """See RunChanges.latest."""
        return await self._database.fetchval(LATEST, athlete_id) or 0

    async def after(self, athlete_id: UUID, number: int) -> list[RunChange]:
        """See RunChanges.after."""
        rows = await self._database.fetch(AFTER, athlete_id, number)
        return [RunChange(row["number"], ChangeKind(row["kind"]), RunId(row["run"])) for row in rows]

    async def forget_old(self) -> int:
        """See RunChanges.forget_old."""
        told: str = await self._database.read(lambda connection: connection.execute(FORGET))
        return int(told.removeprefix("DELETE "))
