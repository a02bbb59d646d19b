"""How the contract tells what stands in a column, or in a part of one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from tests.reading.tables import Row
from tests.reading.things import Read, Thing
from tests.reading.world import World


def instant(value: datetime | None) -> str | None:
    """As the contract writes instants."""
    return value and value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03}Z"


def column(name: str) -> Read:
    """A column as its scalar has it."""

    def read(_world: World, row: Row, _args: Mapping[str, Any]) -> Any:
        value = row.get(name)
        return instant(value) if isinstance(value, datetime) else str(value) if isinstance(value, date) else value

    return read


def columns(*names: str, **renamed: str) -> dict[str, Read]:
    """Several columns, under their own names or others."""
    return {name: column(name) for name in names} | {name: column(source) for name, source in renamed.items()}


def things(kind: str, name: str) -> Read:
    """The objects of a list that stands in a column."""
    return lambda _, row, __: [Thing(kind, one) for one in row.get(name) or []]


def thing(kind: str, name: str) -> Read:
    """The object that stands in a column."""
    return lambda _, row, __: Thing(kind, row[name]) if row.get(name) else None
