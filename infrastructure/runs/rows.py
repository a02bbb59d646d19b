"""One run into its row: the statement that runs by hand and from files are both stored with."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg

from domain.plans.model import WorkoutNotFound
from domain.runs.model import ExternalIdTaken, Run, WorkoutTaken
from domain.shared.errors import DomainError

REFUSALS: dict[str | None, Callable[[], DomainError]] = {
    "run_external_id_key": ExternalIdTaken,
    "run_workout_key": WorkoutTaken,
    "run_workout_fkey": partial(WorkoutNotFound, field=("workoutId",)),
}

PUT_RUN = """
insert into run (id, athlete, workout, name, started_at, ended_at, source, external_id, notes, distance_m,
    moving_time_s, elapsed_time_s, ascent_m, descent_m, average_heart_rate, max_heart_rate, average_cadence)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
on conflict (id) do update set workout = $3, name = $4, started_at = $5, ended_at = $6, source = $7, external_id = $8,
    notes = $9, distance_m = $10, moving_time_s = $11, elapsed_time_s = $12, ascent_m = $13, descent_m = $14,
    average_heart_rate = $15, max_heart_rate = $16, average_cadence = $17, updated_at = now()
"""


async def put_run(connection: asyncpg.Connection, run: Run) -> None:
    """Insert or update a run's own row. Raises ExternalIdTaken, WorkoutTaken, WorkoutNotFound."""
    try:
        await connection.execute(PUT_RUN, *_values(run))
    except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError) as error:
        refusal = REFUSALS.get(error.constraint_name)
        if refusal is None:
            raise
        raise refusal() from None


def _values(run: Run) -> tuple[Any, ...]:
    return (
        run.id,
        run.athlete_id,
        run.workout_id,
        run.name,
        run.started_at,
        run.started_at + timedelta(seconds=run.elapsed_time_s),
        run.source,
        run.external_id,
        run.notes,
        run.distance_m,
        run.moving_time_s,
        run.elapsed_time_s,
        run.ascent_m,
        run.descent_m,
        run.average_heart_rate,
        run.max_heart_rate,
        run.average_cadence,
    )
