"""What mutations answer that begin work."""

from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import Payload
from app.operations.types import Job


@object_type
class JobPayload(Payload):
    """Work that goes on in the background."""

    @resolved
    async def job(self, info: Info) -> Job | None:
        """The job as it is now; null when the request was refused."""
        job: Job | None = await info.context.read_one(Job, self.id)
        return job
