"""Which instants a race can know of: databases take the ends of their calendars for infinity."""

from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_WAVE = timedelta(days=7)  # between the start of the race and that of a wave
_FROM, _TO = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)


def can_be_told(instant: datetime) -> bool:
    """Whether it has a zone, and lies in the years 1900 to 2200 of UTC."""
    return instant.tzinfo is not None and _FROM <= instant < _TO
