"""Zones in PostgreSQL: read as arrays, judged elsewhere, and stored run by run under the lease of a job."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import orjson

from domain.operations.model import Claim, JobId, JobKind, JobStatus
from domain.runs.changes import ChangeKind
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from domain.zones.kept import ZoneHistory, ZonesToStore
from domain.zones.model import ZoneMethod
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import WAITING_JOB
from infrastructure.operations.leased_jobs import FINISH, PostgresLeasedJobs
from infrastructure.runs.changes import tell_changes
from infrastructure.zones.rows import put_zones, read_zones
from infrastructure.zones.segments import read_segments

DUE = """
select method from zone_state where athlete = $1 and (asked > answered or next_change_at <= $2) order by method
"""
STATE = """
select asked, as_of, case when anew > answered then '{}' else known end as known
from zone_state where athlete = $1 and method = $2
"""
SEGMENT_COUNTS = "select run, segments from run_analysis where athlete = $1"
ANSWERED = """
update zone_state set answered = $3, as_of = $4, next_change_at = $5, known = $6
where athlete = $1 and method = $2
"""
# What a job has before it, after what it may have done before it was taken up again.
STRETCHES = """
select coalesce(sum(stretches), 0)::integer
from unnest($2::text[]) method, lateral (
    select count(*) from segment where athlete = $1 and (method <> 'NATIVE' or efficiency is not null)) of(stretches)
"""
EXPECT = "update job set done = coalesce(done, 0), total = coalesce(done, 0) + $2 where id = $1"
# Runs may have come since it was expected.
DONE = "update job set done = done + $2, total = greatest(total, done + $2) where id = $1"
ASK_ANEW = """
insert into zone_state (athlete, method, asked, anew) values ($1, $2, 1, 1)
on conflict (athlete, method) do update set asked = zone_state.asked + 1, anew = zone_state.asked + 1
"""


class PostgresZoneRepository(PostgresLeasedJobs):
    """See ZoneRepository."""

    async def due(self, claim: Claim, now: datetime) -> Sequence[ZoneMethod]:
        """See ZoneRepository.due."""

        async def write(connection: asyncpg.Connection) -> Sequence[ZoneMethod]:
            methods = [ZoneMethod(row["method"]) for row in await connection.fetch(DUE, claim.athlete_id, now)]
            stretches = await connection.fetchval(STRETCHES, claim.athlete_id, methods)
            await connection.execute(EXPECT, claim.job_id, stretches)
            return methods

        return await self.under(claim, write)

    async def history(self, claim: Claim, method: ZoneMethod) -> ZoneHistory:
        """See ZoneRepository.history."""
        return await self._database.read(lambda connection: _history(connection, claim.athlete_id, method))

    async def store(self, claim: Claim, zones: ZonesToStore) -> None:
        """See ZoneRepository.store."""
        athlete_id, method = claim.athlete_id, zones.method

        async def write(connection: asyncpg.Connection) -> None:
            run_ids = await put_zones(connection, athlete_id, zones)
            known = orjson.dumps(zones.known).decode()
            answered = (zones.asked, zones.as_of, zones.next_change_at, known)
            await connection.execute(ANSWERED, athlete_id, method, *answered)
            await connection.execute(DONE, claim.job_id, zones.stretches)
            await tell_changes(connection, athlete_id, ChangeKind.ZONED, run_ids)

        await self.under(claim, write)

    async def finish(self, claim: Claim, judged: int) -> None:
        """See ZoneRepository.finish."""
        told = f"{judged} {'segment' if judged == 1 else 'segments'} judged"
        values = (claim.job_id, JobStatus.SUCCEEDED, told, None)
        await self.under(claim, lambda connection: connection.execute(FINISH, *values))

    async def recompute(self, viewer: Viewer, method: ZoneMethod, job_id: JobId, *, once: Once | None) -> JobId:
        """See ZoneRepository.recompute."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(ASK_ANEW, viewer.athlete_id, method)
            values = (job_id, viewer.athlete_id, JobKind.COMPUTE_ZONES, 0.0)
            return [await connection.fetchval(WAITING_JOB, *values)]

        return JobId((await write_once(self._database, once, write))[0])


async def _history(connection: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod) -> ZoneHistory:
    # One view of all of it: a run that is analysed anew meanwhile may have other segments.
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        state = await connection.fetchrow(STATE, athlete_id, method)
        columns = await read_segments(connection, athlete_id, legacy=method is ZoneMethod.TRAILMETRICS)
        counts = {row["run"]: row["segments"] for row in await connection.fetch(SEGMENT_COUNTS, athlete_id)}
        kept = await read_zones(connection, athlete_id, method)
    run_ids, columns["run"] = _runs(columns)
    return ZoneHistory(
        method=method,
        asked=state["asked"],
        as_of=state["as_of"],
        known=orjson.loads(state["known"]),
        run_ids=run_ids,
        segment_counts=np.array([counts[run_id] for run_id in run_ids], dtype=np.int64),
        columns=columns,
        kept=kept,
    )


def _runs(columns: dict[str, Any]) -> tuple[list[UUID], Any]:
    """The runs in the order in which their segments stand, and for each segment which of them it is of."""
    raw = columns.pop("run_id")
    if not len(raw):
        return [], np.zeros(0, dtype=np.int64)
    begins = np.concatenate(([True], raw[1:] != raw[:-1]))
    return [UUID(bytes=bytes(one)) for one in raw[begins]], np.cumsum(begins) - 1
