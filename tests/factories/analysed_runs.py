"""Runs with what was worked out of them, put straight into the tables: a test names only what matters to it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from domain.shared.node_ids import id_of
from tests.conftest import Athlete

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
KILOMETRE = {
    "start_m": 0.0,
    "end_m": 1000.0,
    "start_s": 0.0,
    "duration_s": 300.0,
    "moving_s": 300.0,
    "ascent_m": 10.0,
    "descent_m": 10.0,
    "ascent_before_m": 0.0,
    "descent_before_m": 0.0,
    "mean_grade": 0.0,
    "grade_band": 0,
    "movement": "RUNNING",
    "speed_m_per_s": 3.0,
    "graded_speed_m_per_s": 3.0,
    "hour_of_day": 12.0,
    "efficiency": 1.5,
}


async def athlete_id_of(athlete: Athlete, *, timezone: str | None = None) -> UUID:
    """The athlete's own id; they live by this zone's clock when one is named."""
    if timezone is not None:
        await athlete.get(f'mutation {{ updateViewer(input: {{timezone: "{timezone}"}}) {{ viewer {{ id }} }} }}')
    id = id_of("Viewer", (await athlete.get("{ viewer { id } }"))["viewer"]["id"])
    assert id is not None
    return id


async def a_run(sql: asyncpg.Connection, athlete: UUID, started_at: datetime = NOON, **given: Any) -> UUID:
    """A run of ten kilometres in 50 minutes, and its id."""
    moving_time_s = given.get("moving_time_s", 3000)
    elapsed_time_s = given.get("elapsed_time_s", moving_time_s)
    run = {
        "athlete": athlete,
        "name": "Round the lake",
        "started_at": started_at,
        "ended_at": started_at + timedelta(seconds=elapsed_time_s),
        "source": "MANUAL",
        "distance_m": 10_000.0,
        "moving_time_s": moving_time_s,
        "elapsed_time_s": elapsed_time_s,
    }
    return await _put(sql, "run", run | given)


async def analysed(sql: asyncpg.Connection, athlete: UUID, run: UUID, **given: Any) -> None:
    """What the analysis of a run came to: nothing but a load, unless more is given."""
    zones = orjson.dumps(given.pop("heart_rate_zones", [])).decode()
    analysis = {"run": run, "athlete": athlete, "version": 1, "segments": 0, "moving_time_s": 3000.0, "scored": True}
    load = given.get("load", 50.0)
    analysis |= {"load": load, "load_method": None if load is None else "RTSS", "heart_rate_zones": zones}
    await _put(sql, "run_analysis", analysis | given, id=False)


async def a_segment(sql: asyncpg.Connection, athlete: UUID, run: UUID, ordinal: int = 1, **given: Any) -> UUID:
    """A level kilometre of a run, and its id."""
    started_at = await sql.fetchval("select started_at from run where id = $1", run)
    place = {"athlete": athlete, "run": run, "run_started_at": started_at, "ordinal": ordinal}
    return await _put(sql, "segment", place | KILOMETRE | given)


async def an_effort(sql: asyncpg.Connection, athlete: UUID, run: UUID, distance_m: float, time_s: float) -> None:
    """A best effort over some distance, from the run's start on."""
    effort = {"run": run, "athlete": athlete, "distance_m": distance_m, "time_s": time_s, "start_m": 0.0}
    await _put(sql, "best_effort", effort, id=False)


async def _put(sql: asyncpg.Connection, table: str, row: dict[str, Any], *, id: bool = True) -> Any:
    names, places = ", ".join(row), ", ".join(f"${at + 1}" for at in range(len(row)))
    own, made, answer = ("id, ", "gen_random_uuid(), ", " returning id") if id else ("", "", "")
    return await sql.fetchval(f"insert into {table} ({own}{names}) values ({made}{places}){answer}", *row.values())
