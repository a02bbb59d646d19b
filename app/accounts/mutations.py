"""Changing what an athlete is called, and by which clock they live."""

import strawberry

from app.accounts import use_cases
from app.accounts.types import UpdateViewerInput, Viewer
from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import Payload, mutation
from domain.accounts.ports import AthleteRepository
from domain.operations.ports import JobQueue


@object_type
class ViewerPayload(Payload):
    """The viewer after a change."""

    @resolved
    async def viewer(self, info: Info) -> Viewer | None:
        """The viewer as they are now; null when the request was refused."""
        viewer: Viewer | None = await info.context.read_one(Viewer, self.id, scope=None)
        return viewer


@strawberry.type
class AccountMutations:
    """Root fields that write the viewer."""

    @mutation
    async def update_viewer(self, info: Info, input: UpdateViewerInput) -> ViewerPayload:
        """Change the viewer's display name or time zone. Recorded runs whose hours that changes are analysed anew."""
        viewer, once = info.context.viewer, info.context.once(input)
        athletes, queue = await info.context.services.aget(AthleteRepository, JobQueue)
        athlete_id = await use_cases.update_viewer(
            input.display_name, input.timezone, viewer=viewer, once=once, athletes=athletes, queue=queue
        )
        return ViewerPayload(id=athlete_id)
