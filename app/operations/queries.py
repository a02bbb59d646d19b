"""Looking at jobs."""

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_one, reads_page
from app.edge.declaring.relay import Connection
from app.operations.types import Job, JobFilter


@strawberry.type
class OperationQueries:
    """Root fields about jobs."""

    @reads_one(Job)
    def job(self, info: Info, id: strawberry.ID) -> Job | None:
        """One job of the viewer's; null when there is none with this id."""

    @reads_page
    def jobs(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: JobFilter | None = None,
    ) -> Connection[Job]:
        """The viewer's jobs, newest first: imports, and the analyses and zones that follow by themselves."""
