"""Who is asking."""

import strawberry

from app.accounts.types import Viewer
from app.context import Info
from app.edge.compiling.reads import reads_viewer


@strawberry.type
class AccountQueries:
    """Root fields about the viewer."""

    @reads_viewer(Viewer)
    def viewer(self, info: Info) -> Viewer:  # type: ignore[empty-body]
        """Whoever the token speaks for."""
