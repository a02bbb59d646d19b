"""Who is asking."""

import strawberry

from app.accounts.types import Viewer
from app.context import Info
from app.edge.fields import resolved


@strawberry.type
class AccountQueries:
    """Root fields about the viewer."""

    @resolved
    async def viewer(self, info: Info) -> Viewer:
        """Whoever the token speaks for."""
        viewer: Viewer = await info.context.read_one(Viewer, info.context.viewer.athlete_id, scope=None)
        return viewer
