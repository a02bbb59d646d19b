"""Reading runs."""

import strawberry

from app.context import Info
from app.edge.fields import resolved
from app.edge.relay import Connection
from app.runs.types import Run, RunFilter, RunOrder


@strawberry.type
class RunQueries:
    """Root fields about runs."""

    @resolved
    async def run(self, info: Info, id: strawberry.ID) -> Run | None:
        """One run of the viewer's; null when there is none with this id."""
        run: Run | None = await info.context.read_one(Run, id)
        return run

    @resolved
    async def runs(
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
        page: Connection[Run] = await info.context.read_page()
        return page
