"""Which adapter writes the files that runners take along."""

from svcs import Registry

from domain.pacing.ports import RunnerClocks
from domain.pacing.take_along import PlanFiles
from infrastructure.database.engine import Database
from infrastructure.take_along.clocks import PostgresRunnerClocks
from infrastructure.take_along.files import WrittenPlanFiles


def register_take_along(registry: Registry, database: Database) -> None:
    """Fill in what taking plans along needs."""
    registry.register_value(PlanFiles, WrittenPlanFiles())
    registry.register_value(RunnerClocks, PostgresRunnerClocks(database))
