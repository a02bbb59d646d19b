"""Figures of runners' bodies in PostgreSQL, and the analyses that a change of them asks for in its own transaction."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.operations.model import JobId
from domain.physiology.critical_speed import Effort
from domain.physiology.heart_rate_zones import heart_rate_zones
from domain.physiology.model import Physiology, PhysiologyId, Sex
from domain.physiology.ports import PhysiologyWritten
from domain.physiology.refusals import PhysiologyNotFound
from domain.physiology.suggestions import Evidence, HalfHour
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import request_analysis

FIGURES = tuple(field.name for field in fields(Physiology))
COLUMNS = ", ".join(FIGURES)
PLACES = ", ".join(f"${place}" for place in range(4, 4 + len(FIGURES)))
UPDATES = ", ".join(f"{name} = excluded.{name}" for name in (*FIGURES, "heart_rate_zones", "updated_at"))

TODAY = "select ($2::timestamptz at time zone timezone)::date from athlete where id = $1"
# One change of an athlete's figures at a time: what each day is judged by must not change between looking and writing.
LOCK_ATHLETE = "select from athlete where id = $1 for no key update"
VALID_ON = f"select {COLUMNS} from physiology where athlete = $1 and valid_from <= $2 order by valid_from desc limit 1"
NEXT_FROM = "select min(valid_from) from physiology where athlete = $1 and valid_from > $2"
PUT = f"""
insert into physiology (id, athlete, heart_rate_zones, {COLUMNS}) values ($1, $2, $3, {PLACES})
on conflict on constraint physiology_valid_from_key do update set {UPDATES}
returning id
"""
DELETE = f"delete from physiology where athlete = $1 and valid_from = $2 returning id, {COLUMNS}"
DAY = "(run.started_at at time zone athlete.timezone)::date"
# Everywhere on earth a day begins less than two days from UTC's midnight: by that an index finds the few runs.
NEAR = """
    run.athlete = $1 and run.started_at >= ($2::date - 2)::timestamp at time zone 'UTC'
    and ($3::date is null or run.started_at < ($3::date + 3)::timestamp at time zone 'UTC')"""
RUNS_JUDGED = f"""
select run.id from run join athlete on athlete.id = run.athlete
where {NEAR} and run.analysis_state is not null and {DAY} >= $2 and ($3::date is null or {DAY} < $3)
order by run.started_at, run.id
"""
# The same figures under another day: what a run was judged by is named by it.
NAME_FIGURES = "update run_analysis set physiology_from = $2 where run = any($1)"
EFFORTS = f"""
select distinct on (best_effort.distance_m) run.id as run_id, run.started_at, best_effort.distance_m, best_effort.time_s
from run join athlete on athlete.id = run.athlete join best_effort on best_effort.run = run.id
where {NEAR} and {DAY} between $2 and $3
order by best_effort.distance_m, best_effort.time_s, run.started_at, run.id
"""
HALF_HOUR = f"""
select run.id as run_id, run.started_at, half_hour_heart_rate as heart_rate_bpm
from run join athlete on athlete.id = run.athlete join run_analysis on run_analysis.run = run.id
where {NEAR} and {DAY} between $2 and $3 and half_hour_heart_rate is not null
order by half_hour_heart_rate desc, run.started_at, run.id limit 1
"""


class PostgresPhysiologyRepository:
    """See PhysiologyRepository."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database, self._ids = database, ids

    async def today(self, viewer: Viewer, now: datetime) -> date:
        """See PhysiologyRepository.today."""
        day: date = await self._database.fetchval(TODAY, viewer.athlete_id, now)
        return day

    async def set(
        self,
        id: PhysiologyId,
        valid_from: date,
        viewer: Viewer,
        change: Callable[[Physiology | None], Physiology],
        *,
        once: Once | None,
    ) -> PhysiologyWritten:
        """See PhysiologyRepository.set."""
        athlete_id = viewer.athlete_id

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(LOCK_ATHLETE, athlete_id)
            before = await _valid_on(connection, athlete_id, valid_from)
            after = change(before)
            values = [getattr(after, name) for name in FIGURES]
            stored = await connection.fetchval(PUT, id, athlete_id, _zones(after), *values)
            return [stored, *await self._judge_anew(connection, athlete_id, valid_from, before, after)]

        return _written(await write_once(self._database, once, write))

    async def remove(self, valid_from: date, viewer: Viewer, *, once: Once | None) -> PhysiologyWritten:
        """See PhysiologyRepository.remove."""
        athlete_id = viewer.athlete_id

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(LOCK_ATHLETE, athlete_id)
            gone = await connection.fetchrow(DELETE, athlete_id, valid_from)
            if gone is None:
                raise PhysiologyNotFound(valid_from)
            after = await _valid_on(connection, athlete_id, valid_from)
            return [gone["id"], *await self._judge_anew(connection, athlete_id, valid_from, _read(gone), after)]

        return _written(await write_once(self._database, once, write))

    async def evidence(self, viewer: Viewer, since: date, to: date) -> Evidence:
        """See PhysiologyRepository.evidence."""
        efforts = await self._database.fetch(EFFORTS, viewer.athlete_id, since, to)
        half_hours = await self._database.fetch(HALF_HOUR, viewer.athlete_id, since, to)
        half_hour = HalfHour(**half_hours[0]) if half_hours else None
        return Evidence(tuple(Effort(**row) for row in efforts), half_hour)

    async def _judge_anew(
        self,
        connection: asyncpg.Connection,
        athlete_id: UUID,
        valid_from: date,
        before: Physiology | None,
        after: Physiology | None,
    ) -> list[UUID]:
        """Ask for the analysis of the runs that these figures judge, up to the next ones; the job that will, if any."""
        until = await connection.fetchval(NEXT_FROM, athlete_id, valid_from)
        runs = [row["id"] for row in await connection.fetch(RUNS_JUDGED, athlete_id, valid_from, until)]
        nothing_known = Physiology(valid_from=valid_from)
        if (before or nothing_known).judges_as(after or nothing_known):
            await connection.execute(NAME_FIGURES, runs, after and after.valid_from)
            return []
        job_id = await request_analysis(connection, athlete_id, runs, self._ids)
        return [] if job_id is None else [job_id]


async def _valid_on(connection: asyncpg.Connection, athlete_id: UUID, day: date) -> Physiology | None:
    row = await connection.fetchrow(VALID_ON, athlete_id, day)
    return None if row is None else _read(row)


def _read(row: asyncpg.Record) -> Physiology:
    values: dict[str, Any] = {name: row[name] for name in FIGURES}
    return Physiology(**values | {"sex": row["sex"] and Sex(row["sex"])})


def _zones(physiology: Physiology) -> str:
    """The zones as the view tells them; each knows what it was cut from."""
    cut = heart_rate_zones(physiology)
    zones = [
        {"number": zone.number, "name": zone.name, "fromBpm": zone.from_bpm, "toBpm": zone.to_bpm, "method": cut.method}
        for zone in cut.zones
    ]
    return orjson.dumps(zones).decode()


def _written(ids: Sequence[UUID]) -> PhysiologyWritten:
    return PhysiologyWritten(PhysiologyId(ids[0]), JobId(ids[1]) if len(ids) > 1 else None)
