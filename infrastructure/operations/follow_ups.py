"""Work that follows by itself: a waiting job, made in the very transaction of what it follows from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from domain.operations.model import JobId, JobKind
from domain.shared.ports import Ids

# Where the athlete has a job of the kind that waits, that one serves: the lock on its row makes sure that nobody takes
# it up before this transaction has committed what is to be done.
WAITING_JOB = """
insert into job (id, athlete, kind, status, not_before)
values ($1, $2, $3, 'QUEUED', now() + make_interval(secs => $4))
on conflict (athlete, kind) where status = 'QUEUED' and kind <> 'IMPORT_RUNS'
    do update set not_before = least(job.not_before, excluded.not_before), revision = job.revision + 1
returning id
"""
# Whoever locks several runs does so in the order of their ids. What is deleted meanwhile is not among them.
LOCK_RUNS = "select id from run where id = any($1) order by id for no key update"
ADD_RUNS = """
insert into job_item (id, job, ordinal, run)
select added.id, $1, extract(epoch from run.started_at), run.id
from unnest($2::uuid[], $3::uuid[]) added(id, run) join run on run.id = added.run
where not exists (select from job_item i where i.job = $1 and i.run = run.id and i.status = 'PENDING')
"""
PENDING = "update run set analysis_state = 'PENDING' where id = any($1)"
ASK_FOR_ZONES = """
insert into zone_state (athlete, method, asked) values ($1, 'NATIVE', 1)
on conflict (athlete, method) do update set asked = zone_state.asked + 1
"""
ASK_FOR_LEGACY_ZONES = """
update zone_state set asked = asked + 1 where athlete = $1 and method <> 'NATIVE'
"""
# Before any state of an athlete is written: two who ask at once then never wait for each other.
LOCK_STATES = "select from zone_state where athlete = $1 order by method for no key update"
# The legacy method takes all segments, the native one those of scored runs.
COMPARED = """
select array(select distinct method from run_zone where run = any($1)) as zoned_by,
    array(select 'NATIVE' from run_analysis where run = any($1) and segments > 0 and scored
        union select 'TRAILMETRICS' from run_analysis where run = any($1) and segments > 0) as comparable_by
"""
ASK_ANEW = """
update zone_state set asked = asked + 1, anew = asked + 1
where athlete = $1 and (method = any($2) or method = any($3) and asked > answered)
returning method
"""
IS_ASKED = "select exists (select from zone_state where athlete = $1 and asked > answered)"
ZONES_AFTER_S = 2.0  # whatever comes within it is worked out together


async def request_analysis(
    connection: asyncpg.Connection, athlete_id: UUID, run_ids: Sequence[UUID], ids: Ids
) -> JobId | None:
    """Have recorded runs of one athlete analysed; answers the job that will, None where no run is left."""
    left = [row["id"] for row in await connection.fetch(LOCK_RUNS, run_ids)]
    if not left:
        return None
    job_id = await connection.fetchval(WAITING_JOB, ids.new(), athlete_id, JobKind.ANALYSE_RUNS, 0.0)
    await connection.execute(ADD_RUNS, job_id, [ids.new() for _ in left], left)
    await connection.execute(PENDING, left)
    return JobId(job_id)


async def ask_for_zones(connection: asyncpg.Connection, athlete_id: UUID, *, scored: bool = True) -> None:
    """Note that an athlete has segments that are new to those they are compared with.

    Those of a run that is not scored are nothing to the native method; the legacy one compares them all the same.
    """
    await connection.execute(LOCK_STATES, athlete_id)
    if scored:
        await connection.execute(ASK_FOR_ZONES, athlete_id)
    await connection.execute(ASK_FOR_LEGACY_ZONES, athlete_id)


@dataclass(frozen=True, slots=True)
class Compared:
    """The methods by which segments have a place in zones, and those by which a worker may be giving them one now."""

    zoned_by: Sequence[str]
    comparable_by: Sequence[str]


async def compared(connection: asyncpg.Connection, run_ids: Sequence[UUID]) -> Compared:
    """What zones stand on the segments of runs. These are locked for update by now, so nobody is just storing zones."""
    return Compared(**await connection.fetchrow(COMPARED, run_ids))


async def ask_for_zones_anew(connection: asyncpg.Connection, athlete_id: UUID, before: Compared) -> bool:
    """Note that segments went or changed that others were compared with: what is known of them holds no longer.

    Answers whether anything was known of them. By a method that is still to answer, a worker may have read them already
    and be about to store what it made of them.
    """
    await connection.execute(LOCK_STATES, athlete_id)
    return bool(await connection.fetch(ASK_ANEW, athlete_id, before.zoned_by, before.comparable_by))


async def request_zones(
    connection: asyncpg.Connection, athlete_id: UUID, ids: Ids, *, after_s: float = ZONES_AFTER_S
) -> JobId | None:
    """Have an athlete's zones brought up to date, if anything was asked; answers the job that will."""
    if not await connection.fetchval(IS_ASKED, athlete_id):
        return None
    job_id = await connection.fetchval(WAITING_JOB, ids.new(), athlete_id, JobKind.COMPUTE_ZONES, after_s)
    return JobId(job_id)
