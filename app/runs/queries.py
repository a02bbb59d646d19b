"""Reading runs."""

import strawberry

from app.context import Info
from app.edge.compiling.reads import reads_one, reads_page
from app.edge.declaring.relay import Connection
from app.runs.types import Run, RunFilter, RunOrder


@strawberry.type
class RunQueries:
    """Root fields about runs."""

    @reads_one(Run)
    def run(self, info: Info, id: strawberry.ID) -> Run | None:
        """One run of the viewer's; null when there is none with this id."""

    @reads_page
    def runs(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: RunFilter | None = None,
        order_by: RunOrder | None = None,
    ) -> Connection[Run]:
        """The viewer's runs, newest first."""
