"""Numbers and times as phones write them: as JSON numbers, as text, in seconds, in milliseconds, or not at all."""

import math
from datetime import UTC, datetime, timedelta

from graphql import GraphQLError

from app.edge.declaring.scalars import DATE_TIME
from domain.shared.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 100_000_000_000  # as seconds this were the year 5138


class PositionUnreadable(Invalid):
    """What a phone sent is no position that Cairn can read: its settings are to be looked at."""


def number(value: object) -> float | None:
    """A number, or None where there is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def needed(value: object, name: str) -> float:
    """A number without which there is no position. Raises PositionUnreadable."""
    read = number(value)
    if read is None:
        raise PositionUnreadable(
            f"There is no `{name}`, or it is no number. Look at the address or the app's settings."
        )
    return read


def instant(value: object) -> datetime | None:
    """A time: seconds or milliseconds since 1970, or ISO 8601 with a zone. None where there is none.

    Raises PositionUnreadable.
    """
    if value is None or value == "":
        return None
    try:
        if (since := number(value)) is not None:
            if since <= 0:  # apps write 0 and -1 for what they do not know
                return None
            return EPOCH + timedelta(milliseconds=since if abs(since) >= MILLISECONDS_FROM else since * 1000)
        assert DATE_TIME.parse_value is not None
        read: datetime = DATE_TIME.parse_value(value)
    except (GraphQLError, OverflowError):
        raise PositionUnreadable(
            "The time of the position is neither seconds or milliseconds since 1970 nor ISO 8601 with a zone."
        ) from None
    return read
