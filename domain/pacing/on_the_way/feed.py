"""What a live feed tells of where a runner is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

import orjson

from domain.events.model import Event

CLOCKS_DIFFER = timedelta(minutes=2)  # a time farther ahead would have all positions after it taken for old ones
HEART_RATES = (25.0, 250.0)  # bpm; watches write 0 for what they do not know


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPosition:
    """Where the feed says that a runner was: degrees (WGS 84), and bpm. `names` are what they may be followed by."""

    offset: int
    names: frozenset[str]
    at: datetime
    latitude: float
    longitude: float
    heart_rate: float | None


def position_of(event: Event) -> FeedPosition | None:
    """The position that an event tells; None for any other event, and for one whose clock is ahead.

    The convention is that of races and trackers: {"type": "position", "latitude": …, "longitude": …}, and beside it
    "heartRate" and "runner", the number on a bib, where they are known. What tells a place and no type is a position.
    """
    try:
        payload = orjson.loads(event.payload)
    except orjson.JSONDecodeError:  # PostgreSQL holds numbers that others cannot read
        return None
    if not isinstance(payload, dict) or payload.get("type", "position") != "position":
        return None
    latitude, longitude = _number(payload.get("latitude")), _number(payload.get("longitude"))
    if latitude is None or longitude is None or event.occurred_at > event.received_at + CLOCKS_DIFFER:
        return None
    heart_rate = _number(payload.get("heartRate"))
    if heart_rate is not None and not HEART_RATES[0] <= heart_rate <= HEART_RATES[1]:
        heart_rate = None
    return FeedPosition(
        offset=event.offset,
        names=frozenset(_names(event.source, payload.get("runner"))),
        at=event.occurred_at,
        latitude=latitude,
        longitude=longitude,
        heart_rate=heart_rate,
    )


def name_of(source: str) -> str:
    """A source or a runner as they are compared: accents come in two ways, and people type spaces."""
    return normalize("NFC", source.strip())


def _names(source: str, runner: object) -> Iterable[str]:
    yield name_of(source)
    if isinstance(runner, int) and not isinstance(runner, bool):
        runner = str(runner)  # some senders write a bib as a number
    if isinstance(runner, str):
        yield name_of(runner)


def _number(given: object) -> float | None:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None
