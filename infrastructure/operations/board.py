"""The jobs that wait for a worker, in PostgreSQL."""

from domain.operations.model import JobId, JobKind
from infrastructure.database.engine import Database

OPEN_JOBS = """
select kind, id from job where status = 'QUEUED' or (status = 'RUNNING' and lease_until < now())
order by created_at limit 100
"""


class PostgresJobBoard:
    """See JobBoard."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_jobs(self) -> list[tuple[JobKind, JobId]]:
        """See JobBoard.open_jobs."""
        return [(JobKind(row["kind"]), JobId(row["id"])) for row in await self._database.fetch(OPEN_JOBS)]
