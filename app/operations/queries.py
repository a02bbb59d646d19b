"""Looking at jobs."""

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_one
from app.operations.types import Job


@strawberry.type
class OperationQueries:
    """Root fields about jobs."""

    @reads_one(Job)
    def job(self, info: Info, id: strawberry.ID) -> Job | None:
        """One job of the viewer's; null when there is none with this id."""
