"""What an athlete's runs tell for a throttle plan, in PostgreSQL: a year of stretches is read as arrays."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np

from domain.pacing.athlete.history import PacingHistory
from domain.physiology.critical_speed import Effort
from domain.physiology.model import Physiology, Sex
from domain.shared.viewer import Viewer
from infrastructure.database.copied import read_columns
from infrastructure.database.engine import Database
from infrastructure.physiology.repository import EFFORTS, VALID_ON

# A day ahead sees what there is: the days are counted back from the latest run, if that was before it.
WINDOW = """
select last_day, last_day - 89 as efforts_since,
    (last_day - 364)::timestamp at time zone timezone as since, (last_day + 1)::timestamp at time zone timezone as until
from athlete, lateral (
    select least($2::date - 1, max(started_at at time zone timezone)::date) as last_day from run
    where run.athlete = athlete.id and started_at < $2::date::timestamp at time zone timezone) latest
where id = $1
"""
COLUMNS = (
    ("run_id", "run", "V16"),
    ("start_s", "start_s::float8", ">f8"),
    ("start_m", "start_m::float8", ">f8"),
    ("length_m", "(end_m - start_m)::float8", ">f8"),
    ("moving_s", "moving_s::float8", ">f8"),
    ("mean_grade", "mean_grade::float8", ">f8"),
    ("heart_rate", "coalesce(average_heart_rate::float8, 'NaN')", ">f8"),
    ("walking", "movement = 'WALKING'", "?"),
)
STRETCHES = """segment
where athlete = '{}' and run_started_at >= '{}' and run_started_at < '{}' and movement <> 'STANDING'
order by run_started_at, run, ordinal"""


class PostgresPacingHistories:
    """See PacingHistories. Only runs are stored, and no other sport; those typed in have no stretches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def before(self, day: date, viewer: Viewer) -> PacingHistory:
        """See PacingHistories.before."""
        return await self._database.read(lambda connection: _before(connection, viewer.athlete_id, day))


async def _before(connection: asyncpg.Connection, athlete_id: UUID, day: date) -> PacingHistory:
    figures = await connection.fetchrow(VALID_ON, athlete_id, day)
    window = await connection.fetchrow(WINDOW, athlete_id, day)
    efforts = await connection.fetch(EFFORTS, athlete_id, window["efforts_since"], window["last_day"])
    columns = await _stretches(connection, athlete_id, window)
    return PacingHistory(
        physiology=None if figures is None else _physiology(figures),
        efforts=tuple(Effort(**effort) for effort in efforts),
        **columns,
    )


async def _stretches(connection: asyncpg.Connection, athlete_id: UUID, window: asyncpg.Record) -> dict[str, Any]:
    """The columns of the stretches; `run` counts the runs from 0."""
    source = STRETCHES.format(UUID(str(athlete_id)), window["since"].isoformat(), window["until"].isoformat())
    columns = await read_columns(connection, COLUMNS, source)
    runs = columns.pop("run_id")
    begins = np.append(True, runs[1:] != runs[:-1])[: runs.size]
    return columns | {"run": np.cumsum(begins) - 1}


def _physiology(row: asyncpg.Record) -> Physiology:
    values: dict[str, Any] = dict(row)
    return Physiology(**values | {"sex": row["sex"] and Sex(row["sex"])})
