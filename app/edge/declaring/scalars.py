"""The contract's scalars: days, and instants in UTC, beside those of json_scalars."""

import re
from datetime import UTC, date, datetime

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from app.edge.declaring.json_scalars import BIG_INT, JSON, BigInt, JsonValue

# fromisoformat alone takes weeks, any letter between day and hour, and a NUL after the Z.
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
INSTANT = re.compile(rf"{DAY.pattern}[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE)


def _parse_day(value: object) -> date:
    if not isinstance(value, str):
        raise GraphQLError("A Date is a string such as 2026-11-21.")
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass  # a month has no such day
    raise GraphQLError(f"{value[:40]!r} is no Date. Write it like 2026-11-21.")


def _parse_instant(value: object) -> datetime:
    if not isinstance(value, str):
        raise GraphQLError("A DateTime is a string such as 2026-11-21T07:30:00Z.")
    try:
        instant = datetime.fromisoformat(value) if INSTANT.fullmatch(value) else None
    except ValueError:
        instant = None
    if instant is None:
        raise GraphQLError(f"{value[:40]!r} is no DateTime. Write it like 2026-11-21T07:30:00Z.")
    if instant.tzinfo is None:
        raise GraphQLError(f"{value[:40]!r} has no time zone. End it with Z for UTC, or with an offset like +01:00.")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise GraphQLError(f"{value[:40]!r} lies outside the calendar.") from None


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
SCALARS: dict[object, ScalarDefinition] = {datetime: DATE_TIME, date: DATE, BigInt: BIG_INT, JsonValue: JSON}
