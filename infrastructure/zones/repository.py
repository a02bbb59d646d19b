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
from domain.zones.kept import Ranks, RunZones, ZoneHistory, ZonesToStore
from domain.zones.model import ZoneMethod
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import WAITING_JOB
from infrastructure.operations.leased_jobs import FINISH, PostgresLeasedJobs
from infrastructure.runs.changes import tell_changes
from infrastructure.zones.segments import read_segments

DUE = """
select method from zone_state where athlete = $1 and (asked > answered or next_change_at <= $2) order by method
"""
STATE = """
select asked, as_of, case when anew > answered then '{}' else known end as known
from zone_state where athlete = $1 and method = $2
"""
SEGMENT_COUNTS = "select run, segments from run_analysis where athlete = $1"
RANKS = """
select z.run, similars_rank, similars_count, grade_rank, grade_count, radius, neighbours, neighbour_distance
from run_zone z join run_similars s using (run, method) where z.athlete = $1 and z.method = $2
"""
# Of a run that was deleted meanwhile nothing is stored; one that is there stays while this transaction lasts.
PUT_ZONES = """
insert into run_zone (run, athlete, method, computed_at, similars_rank, similars_count, grade_rank, grade_count)
select id, athlete, $2, $3, $4, $5, $6, $7 from run where id = $1 for key share
on conflict (run, method) do update set computed_at = excluded.computed_at, similars_rank = excluded.similars_rank,
    similars_count = excluded.similars_count, grade_rank = excluded.grade_rank, grade_count = excluded.grade_count
"""
PUT_SIMILARS = """
insert into run_similars (run, method, score, detrended, radius, neighbours, neighbour_distance)
select run, method, $3, $4, $5, $6, $7 from run_zone where run = $1 and method = $2
on conflict (run, method) do update set score = excluded.score, detrended = excluded.detrended,
    radius = excluded.radius, neighbours = excluded.neighbours, neighbour_distance = excluded.neighbour_distance
"""
# Runs that were scored once and are no longer.
DROP_UNSCORED = """
delete from run_zone z using run_analysis a
where z.athlete = $1 and z.method = $2 and a.run = z.run and $2 = 'NATIVE' and not a.scored
"""
ANSWERED = """
update zone_state set answered = $3, as_of = $4, next_change_at = $5, known = $6
where athlete = $1 and method = $2
"""
DONE = "update job set done = coalesce(done, 0) + $2, total = coalesce(total, 0) + $2 where id = $1"
ASK_ANEW = """
insert into zone_state (athlete, method, asked, anew) values ($1, $2, 1, 1)
on conflict (athlete, method) do update set asked = zone_state.asked + 1, anew = zone_state.asked + 1
"""


class PostgresZoneRepository(PostgresLeasedJobs):
    """See ZoneRepository."""

    async def due(self, claim: Claim, now: datetime) -> Sequence[ZoneMethod]:
        """See ZoneRepository.due."""
        async with self.held(claim) as connection:
            return [ZoneMethod(row["method"]) for row in await connection.fetch(DUE, claim.athlete_id, now)]

    async def history(self, claim: Claim, method: ZoneMethod) -> ZoneHistory:
        """See ZoneRepository.history."""
        athlete_id = claim.athlete_id
        # One view of all of it: a run that is analysed anew meanwhile may have other segments.
        async with (
            self._database.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            state = await connection.fetchrow(STATE, athlete_id, method)
            known = orjson.loads(state["known"])
            columns = await read_segments(connection, athlete_id, legacy=method is ZoneMethod.TRAILMETRICS)
            counts = {row["run"]: row["segments"] for row in await connection.fetch(SEGMENT_COUNTS, athlete_id)}
            kept = await connection.fetch(RANKS, athlete_id, method) if known else []
        run_ids, columns["run"] = _runs(columns)
        return ZoneHistory(
            method=method,
            asked=state["asked"],
            as_of=state["as_of"],
            known=known,
            run_ids=run_ids,
            segment_counts=np.array([counts[run_id] for run_id in run_ids], dtype=np.int64),
            columns=columns,
            ranks={row["run"]: _ranks(row) for row in kept},
        )

    async def store(self, claim: Claim, zones: ZonesToStore) -> None:
        """See ZoneRepository.store."""
        athlete_id, method = claim.athlete_id, zones.method
        async with self.held(claim) as connection:
            await connection.executemany(PUT_ZONES, [_zones(run, zones) for run in zones.runs])
            await connection.executemany(PUT_SIMILARS, [_similars(run, zones) for run in zones.runs])
            await connection.execute(DROP_UNSCORED, athlete_id, method)
            known = orjson.dumps(zones.known).decode()
            answered = (zones.asked, zones.as_of, zones.next_change_at, known)
            await connection.execute(ANSWERED, athlete_id, method, *answered)
            await connection.execute(DONE, claim.job_id, zones.judged)
            await tell_changes(connection, athlete_id, ChangeKind.ZONED, [run.run_id for run in zones.runs])

    async def finish(self, claim: Claim, judged: int) -> None:
        """See ZoneRepository.finish."""
        told = f"{judged} {'segment' if judged == 1 else 'segments'} judged"
        async with self.held(claim) as connection:
            await connection.execute(FINISH, claim.job_id, JobStatus.SUCCEEDED, told, None)

    async def recompute(self, viewer: Viewer, method: ZoneMethod, job_id: JobId, *, once: Once | None) -> JobId:
        """See ZoneRepository.recompute."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(ASK_ANEW, viewer.athlete_id, method)
            values = (job_id, viewer.athlete_id, JobKind.COMPUTE_ZONES, 0.0)
            return [await connection.fetchval(WAITING_JOB, *values)]

        return JobId((await write_once(self._database, once, write))[0])


def _runs(columns: dict[str, Any]) -> tuple[list[UUID], Any]:
    """The runs in the order in which their segments stand, and for each segment which of them it is of."""
    raw = columns.pop("run_id")
    if not len(raw):
        return [], np.zeros(0, dtype=np.int64)
    begins = np.concatenate(([True], raw[1:] != raw[:-1]))
    return [UUID(bytes=bytes(one)) for one in raw[begins]], np.cumsum(begins) - 1


def _ranks(row: asyncpg.Record) -> Ranks:
    whole = ("similars_rank", "similars_count", "grade_rank", "grade_count", "neighbours")
    return Ranks(
        **{name: np.array(row[name], dtype=np.int64) for name in whole},
        radius=np.array(row["radius"], dtype=np.float64),
        neighbour_distance=np.array(row["neighbour_distance"], dtype=np.float32),
    )


def _zones(run: RunZones, zones: ZonesToStore) -> tuple[Any, ...]:
    """The parameters of PUT_ZONES."""
    told = run.ranks
    ranks = (told.similars_rank, told.similars_count, told.grade_rank, told.grade_count)
    return (run.run_id, zones.method, zones.as_of, *(one.tolist() for one in ranks))


def _similars(run: RunZones, zones: ZonesToStore) -> tuple[Any, ...]:
    """The parameters of PUT_SIMILARS."""
    told = run.ranks
    arrays = (run.score, run.detrended, told.radius, told.neighbours, told.neighbour_distance)
    return (run.run_id, zones.method, *(one.tolist() for one in arrays))
