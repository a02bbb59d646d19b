"""Objects of the schema over plain rows, and how they find one another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.reading.tables import Row
from tests.reading.world import World

CALIFORNIA = ZoneInfo("America/Los_Angeles")


@dataclass
class Thing:
    """An object of the schema over a row."""

    kind: str
    row: Row


@dataclass
class List:
    """A whole list that a connection pages through."""

    kind: str
    rows: list[Row]
    args: Mapping[str, Any]


Read = Callable[[World, Row, Mapping[str, Any]], Any]


def local_day(row: Row) -> date:
    """The day of Ada's on which a run began."""
    return row["started_at"].astimezone(CALIFORNIA).date()


def by_id(world: World, kind: str, id: UUID | None) -> Thing | None:
    """One of Ada's things."""
    return next((Thing(kind, row) for row in world.of(kind.lower()) if row["id"] == id), None)


def run_of(world: World, workout: Row) -> Row | None:
    """The run that a workout was done as."""
    return next((run for run in world.of("run") if run["workout"] == workout["id"]), None)


def workouts_of(world: World, plan: Row) -> list[Row]:
    """What stands in a plan."""
    return [workout for workout in world.of("workout") if workout["plan"] == plan["id"]]
