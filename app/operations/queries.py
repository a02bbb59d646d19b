"""Looking at jobs."""

import strawberry

from app.context import Info
from app.edge.fields import resolved
from app.operations.types import Job


@strawberry.type
class OperationQueries:
    """Root fields about jobs."""

    @resolved
    async def job(self, info: Info, id: strawberry.ID) -> Job | None:
        """One job of the viewer's; null when there is none with this id."""
        job: Job | None = await info.context.read_one(Job, id)
        return job
