"""The contract's scalars of time: days, and instants in UTC."""

import re
from datetime import UTC, date, datetime

import strawberry
from strawberry.types.scalar import ScalarDefinition

DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _parse_day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("A Date is a string such as 2026-11-21.")
    try:
        if not DAY.fullmatch(value):
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is no Date. Write it like 2026-11-21.") from None


def _parse_instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError("A DateTime is a string such as 2026-11-21T07:30:00Z.")
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is no DateTime. Write it like 2026-11-21T07:30:00Z.") from None
    if instant.tzinfo is None:
        raise ValueError(f"{value[:40]!r} has no time zone. End it with Z for UTC, or with an offset like +01:00.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{value[:40]!r} lies outside the calendar.") from None


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


DATE_TIME: ScalarDefinition = strawberry.scalar(
    name="DateTime",
    description="An instant in UTC, ISO 8601, ending in Z. Input may carry any offset, but must carry one.",
    serialize=_write_instant,
    parse_value=_parse_instant,
)
DATE: ScalarDefinition = strawberry.scalar(
    name="Date",
    description="A day of the calendar, ISO 8601: year, month, day.",
    serialize=date.isoformat,
    parse_value=_parse_day,
)
SCALARS: dict[object, ScalarDefinition] = {datetime: DATE_TIME, date: DATE}
