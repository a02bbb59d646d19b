"""The jobs that wait for a worker, and those that somebody waits for, in PostgreSQL."""

from uuid import UUID

from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobState
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import forget_made_keys

IS_OPEN = """
(status = 'QUEUED' and (kind = 'IMPORT_RUNS' or not exists (
    select from job before where before.athlete = job.athlete and before.kind = job.kind and before.status = 'RUNNING'))
or (status = 'RUNNING' and lease_until < now())) and not_before <= now()
"""
OPEN_JOBS = f"select kind, id from job where {IS_OPEN} order by created_at limit 100"
NEXT_OPEN = f"select id from job where kind = $1 and {IS_OPEN} order by created_at limit 1"
COMING_JOBS = """
select kind, id, extract(epoch from not_before - now())::float8 as after_s from job
where status = 'QUEUED' and not_before > now() and not_before <= now() + interval '5 seconds'
order by not_before limit 100
"""
FORGET = "delete from job where kind <> 'IMPORT_RUNS' and finished_at < now() - interval '30 days'"
STATE = "select revision, finished_at is not null as ended from job where id = $1 and athlete = $2"


class PostgresJobBoard:
    """See JobBoard and JobWatch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_jobs(self) -> list[tuple[JobKind, JobId]]:
        """See JobBoard.open_jobs."""
        return [(JobKind(row["kind"]), JobId(row["id"])) for row in await self._database.fetch(OPEN_JOBS)]

    async def coming_jobs(self) -> list[tuple[JobKind, JobId, float]]:
        """See JobBoard.coming_jobs."""
        rows = await self._database.fetch(COMING_JOBS)
        return [(JobKind(row["kind"]), JobId(row["id"]), row["after_s"]) for row in rows]

    async def next_open(self, kind: JobKind) -> JobId | None:
        """See JobBoard.next_open."""
        job_id = await self._database.fetchval(NEXT_OPEN, kind)
        return None if job_id is None else JobId(job_id)

    async def forget_old(self) -> None:
        """See JobBoard.forget_old."""
        await self._database.fetchval(FORGET)
        await forget_made_keys(self._database)

    async def state(self, job_id: UUID, viewer: Viewer) -> JobState | None:
        """See JobWatch.state."""
        rows = await self._database.fetch(STATE, job_id, viewer.athlete_id)
        return JobState(rows[0]["revision"], rows[0]["ended"]) if rows else None
