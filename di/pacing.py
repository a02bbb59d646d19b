"""Which adapter stands behind which port of throttle plans."""

from svcs import Registry

from domain.operations.ports import Bus
from domain.pacing.ports import FollowedPlans, PacingHistories, ThrottlePlanRepository
from infrastructure.database.engine import Database
from infrastructure.pacing.following import PostgresFollowedPlans
from infrastructure.pacing.history import PostgresPacingHistories
from infrastructure.pacing.repository import PostgresThrottlePlanRepository
from infrastructure.pacing.tables import ThrottlePlanRow
from infrastructure.pacing.view import VIEWS

__all__ = ["TABLES", "VIEWS", "register_pacing"]

TABLES = (ThrottlePlanRow,)


def register_pacing(registry: Registry, database: Database, bus: Bus) -> None:
    """Fill in what throttle plans need."""
    registry.register_value(ThrottlePlanRepository, PostgresThrottlePlanRepository(database, bus))
    registry.register_value(FollowedPlans, PostgresFollowedPlans(database))
    registry.register_value(PacingHistories, PostgresPacingHistories(database))
