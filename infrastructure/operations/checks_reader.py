"""Whether the server that reads go to follows the writer, and closely."""

import asyncio

import asyncpg

from domain.operations.ports import Fault, NotLookedAt
from infrastructure.database.engine import Database
from infrastructure.operations.checks_asking import Examined, asked

CATCHES_UP_WITHIN_S = 5.0
LOOK_AGAIN_S = 0.02
READER = "CAIRN_DATABASE_READER_URL"
WHO = """
select oid as database, pg_is_in_recovery() as is_standby, pg_postmaster_start_time() as started
from pg_database where datname = current_database()
"""
CLUSTER = "select system_identifier from pg_control_system()"
WRITTEN = "select pg_current_wal_flush_lsn()::text"
BEHIND = "select greatest(pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn()), 0)::bigint"


class ReaderCheck:
    """The reader answers, has the writer's data, and is no more than a moment behind."""

    name = "reader"

    def __init__(self, reader: Examined, writer: Examined, *, catches_up_within_s: float = CATCHES_UP_WITHIN_S) -> None:
        self._reader, self._writer, self._patience_s = reader, writer, catches_up_within_s

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._reader) as reader:
            reads = (await reader.fetch(WHO))[0]
            async with asked(self._writer) as writer:
                writes = (await writer.fetch(WHO))[0]
                _require_one_history(reads, writes, {await _cluster(each) for each in (reader, writer)})
                if reads["started"] == writes["started"]:
                    return "the writer itself"
                return f"a standby, {await self._lag_s(reader, writer) * 1000:.0f} ms behind"

    async def _lag_s(self, reader: Database, writer: Database) -> float:
        """How long it takes until the reader has what the writer has now. Raises Fault."""
        written, loop = await writer.fetchval(WRITTEN), asyncio.get_running_loop()
        begun = loop.time()
        while behind := await reader.fetchval(BEHIND, written):
            if loop.time() - begun > self._patience_s:
                raise Fault(
                    f"The reader is {behind / 1e6:.1f} MB behind the writer, and was for {self._patience_s:.0f} s.",
                    "Look at pg_stat_replication on the writer and at the standby's log. If somebody paused it: "
                    "SELECT pg_wal_replay_resume();",
                )
            await asyncio.sleep(LOOK_AGAIN_S)
        return loop.time() - begun


async def _cluster(database: Database) -> int | None:
    """A number that a cluster shares with its copies; None where this role may not see it."""
    try:
        return int(await database.fetchval(CLUSTER))
    except asyncpg.InsufficientPrivilegeError:
        return None


def _require_one_history(reads: asyncpg.Record, writes: asyncpg.Record, clusters: set[int | None]) -> None:
    if len(clusters - {None}) > 1 or reads["database"] != writes["database"]:
        raise Fault(
            "The reader does not have the writer's data: it is another cluster, or another database of it.",
            f"Point {READER} at a standby of the writer's, or at the balancer's read port.",
        )
    if reads["started"] != writes["started"] and not reads["is_standby"]:
        raise Fault(
            "The reader takes writes, and is another server than the writer: there are two histories.",
            "Stop the one that was not promoted last, and let it come back as a standby of the other.",
        )
    if writes["is_standby"]:
        raise NotLookedAt  # the database's own check has told that it takes no writes
