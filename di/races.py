"""Which adapter stands behind which port of races."""

from svcs import Registry

from domain.races.ports import RaceRepository
from infrastructure.database.engine import Database
from infrastructure.races.repository import PostgresRaceRepository
from infrastructure.races.tables import RaceRow

TABLES = (RaceRow,)


def register_races(registry: Registry, database: Database) -> None:
    """Fill in what races need."""
    registry.register_value(RaceRepository, PostgresRaceRepository(database))
