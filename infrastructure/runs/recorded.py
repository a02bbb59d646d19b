"""A recorded run into its rows: facts, streams, best efforts, the workout it fits; or the run that it already is."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.runs.facts import RunFacts
from domain.runs.imports import RecordedRun
from domain.runs.matching import Candidate, fitting_workout
from domain.runs.model import RunSource
from domain.runs.moving_time import moving_seconds
from infrastructure.runs.streams import CHANNELS, pack, pack_moving

# Imports of one athlete are stored one after the other, so that two of them cannot link runs to one workout.
LOCK_ATHLETE = "select timezone from athlete where id = $1 for no key update"
INSERT = """
insert into run (id, athlete, name, started_at, ended_at, source, external_id, sport, distance_m, moving_time_s,
    elapsed_time_s, ascent_m, descent_m, average_heart_rate, max_heart_rate, average_cadence, first_second, last_second,
    laps, import_report, upload)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
on conflict do nothing returning id
"""
# Locked, so that it is not deleted before the item that names it is stored.
SAME_RECORDING = """
select id from run where athlete = $1 and first_second = $2 and last_second = $3 for key share
"""
INSERT_STREAM = (
    f"insert into run_stream (run, moving_ms, {', '.join(channel.column for channel in CHANNELS)}) "
    f"values ({', '.join(f'${place + 1}' for place in range(len(CHANNELS) + 2))})"
)
INSERT_EFFORT = "insert into best_effort (run, athlete, distance_m, time_s, start_m) values ($1, $2, $3, $4, $5)"
CANDIDATES = """
select w.id, w.planned_distance_m, w.planned_duration_s::float8 as planned_duration_s
from workout w join plan p on p.id = w.plan
where w.athlete = $1 and w.scheduled_date = ($2::timestamptz at time zone $3)::date
    and w.type not in ('REST', 'STRENGTH', 'CROSS_TRAINING') and p.status <> 'ABANDONED'
    and not exists (select from run where run.workout = w.id)
order by w.id
"""
LINK = "update run set workout = $2 where id = $1"


@dataclass(frozen=True, slots=True)
class Stored:
    """The run that a recording is now, and whether it was made just now."""

    run_id: UUID
    new: bool


async def store_recorded(
    connection: asyncpg.Connection, athlete_id: UUID, run: RecordedRun, upload_id: UUID | None
) -> Stored:
    """Store a run once: the database's constraint on its first and last second decides whether it was there."""
    timezone = await connection.fetchval(LOCK_ATHLETE, athlete_id)
    facts = run.facts
    seconds = (athlete_id, facts.first_second, facts.last_second)
    if not await _insert(connection, athlete_id, run, upload_id, run.external_id):
        if known := await connection.fetchval(SAME_RECORDING, *seconds):
            return Stored(known, new=False)
        # Another stretch of the same activity has the external id: this one goes without.
        await _insert(connection, athlete_id, run, upload_id, None)
    moving_ms = pack_moving(moving_seconds(run.recording))
    await connection.execute(INSERT_STREAM, run.id, moving_ms, *pack(run.recording.samples).values())
    await connection.executemany(
        INSERT_EFFORT,
        [(run.id, athlete_id, best.distance_m, best.time_s, best.start_m) for best in facts.best_efforts],
    )
    await _link(connection, athlete_id, run, timezone)
    return Stored(run.id, new=True)


async def _insert(
    connection: asyncpg.Connection, athlete_id: UUID, run: RecordedRun, upload_id: UUID | None, external_id: str | None
) -> bool:
    facts = run.facts
    values: tuple[Any, ...] = (
        run.id,
        athlete_id,
        run.name,
        facts.started_at,
        facts.started_at + timedelta(seconds=facts.elapsed_time_s),
        RunSource.FILE,
        external_id,
        run.sport,
        facts.distance_m,
        facts.moving_time_s,
        facts.elapsed_time_s,
        facts.ascent_m,
        facts.descent_m,
        facts.average_heart_rate,
        facts.max_heart_rate,
        facts.average_cadence,
        facts.first_second,
        facts.last_second,
        _laps(facts),
        orjson.dumps(run.report).decode(),
        upload_id,
    )
    return await connection.fetchval(INSERT, *values) is not None


async def _link(connection: asyncpg.Connection, athlete_id: UUID, run: RecordedRun, timezone: str) -> None:
    rows = await connection.fetch(CANDIDATES, athlete_id, run.facts.started_at, timezone)
    candidates = [Candidate(row["id"], row["planned_distance_m"], row["planned_duration_s"]) for row in rows]
    workout = fitting_workout(candidates, distance_m=run.facts.distance_m, moving_time_s=run.facts.moving_time_s)
    if workout is not None:
        try:
            async with connection.transaction():
                await connection.execute(LINK, run.id, workout)
        except (asyncpg.UniqueViolationError, asyncpg.ForeignKeyViolationError):
            pass  # linked by hand, or deleted, in this very moment: the athlete's word goes before the guess


def _laps(facts: RunFacts) -> str:
    laps = [{_camel(name): value for name, value in asdict(lap).items()} for lap in facts.laps]
    return orjson.dumps([{"number": number + 1, **lap} for number, lap in enumerate(laps)]).decode()


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
