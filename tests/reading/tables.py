"""The tables that reading is tried on: rows put straight into them, and read back plainly."""

import json
from collections.abc import Sequence
from typing import Any

import asyncpg

Row = dict[str, Any]
TABLES = (
    "athlete",
    "best_effort",
    "course",
    "event",
    "event_conflict",
    "job",
    "job_item",
    "physiology",
    "plan",
    "run",
    "run_analysis",
    "run_similars",
    "run_stream",
    "run_zone",
    "segment",
    "throttle_plan",
    "topic",
    "topic_publisher",
    "tracker",
    "workout",
)
JSON_COLUMNS = {
    ("course", "waypoints"),
    ("event", "payload"),
    ("event_conflict", "payload"),
    ("physiology", "heart_rate_zones"),
    ("run", "import_report"),
    ("run", "laps"),
    ("run_analysis", "heart_rate_zones"),
    ("run_analysis", "notes"),
    *(("throttle_plan", name) for name in ("runner", "basis", "planned_steps", "steps", "replan")),
    ("workout", "steps"),
}


def plain(table: str, record: asyncpg.Record) -> Row:
    """A row with its JSON decoded."""
    decoded = {name: json.loads(value) for name, value in record.items() if (table, name) in JSON_COLUMNS and value}
    return dict(record) | decoded


async def put(sql: asyncpg.Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert rows that have the same columns."""
    names = list(rows[0])
    places = ", ".join(f"${at + 1}" for at in range(len(names)))
    statement = f"insert into {table} ({', '.join(names)}) values ({places})"
    await sql.executemany(statement, [[_stored(table, name, row[name]) for name in names] for row in rows])


def _stored(table: str, name: str, value: Any) -> Any:
    return json.dumps(value) if (table, name) in JSON_COLUMNS and value is not None else value
