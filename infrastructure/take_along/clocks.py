"""By which clock a runner reads a plan, out of PostgreSQL."""

from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database

ZONE = "select timezone from athlete where id = $1"


class PostgresRunnerClocks:
    """See RunnerClocks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def zone_of(self, viewer: Viewer) -> str:
        """See RunnerClocks.zone_of."""
        return str(await self._database.fetchval(ZONE, viewer.athlete_id))
