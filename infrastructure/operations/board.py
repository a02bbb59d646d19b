"""The jobs that wait for a worker, and those that somebody waits for, in PostgreSQL."""

from uuid import UUID

from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobState
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database

OPEN_JOBS = """
select kind, id from job where status = 'QUEUED' or (status = 'RUNNING' and lease_until < now())
order by created_at limit 100
"""

STATE = "select revision, finished_at is not null as ended from job where id = $1 and athlete = $2"


class PostgresJobBoard:
    """See JobBoard and JobWatch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_jobs(self) -> list[tuple[JobKind, JobId]]:
        """See JobBoard.open_jobs."""
        return [(JobKind(row["kind"]), JobId(row["id"])) for row in await self._database.fetch(OPEN_JOBS)]

    async def state(self, job_id: UUID, viewer: Viewer) -> JobState | None:
        """See JobWatch.state."""
        rows = await self._database.fetch(STATE, job_id, viewer.athlete_id)
        return JobState(rows[0]["revision"], rows[0]["ended"]) if rows else None
