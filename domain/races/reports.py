"""What an event on a race's topic says: a read, a position, a mark, or that somebody has withdrawn.

Payloads follow a convention, not a schema: mats, phones and scripts of many makers publish them. What is not understood
is no report, and is counted by whoever asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from unicodedata import normalize

import orjson

from domain.events.model import LONGEST_EVENT_ID, Event
from domain.races.model import is_name
from domain.races.refusals import LONGEST_RUNNER


class Moment(NamedTuple):
    """When something was recorded, and under which event. They sort by time, whatever order they came in."""

    at: datetime
    event_id: str


@dataclass(frozen=True, slots=True)
class MatRead:
    """A timing mat saw a runner: {"type": "read", "runner": "12", "checkpoint": "Refuge"}."""

    runner: str
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Position:
    """A tracker told where a runner is: {"type": "position", "latitude": …, "longitude": …, "altitudeM": …}.

    The runner is the payload's `runner`, or else the event's source.
    """

    runner: str
    latitude: float
    longitude: float
    altitude_m: float | None


@dataclass(frozen=True, slots=True)
class Mark:
    """Somebody says that an event is wrong, or right after all: {"type": "mark", "eventId": "…", "wrong": true}."""

    event_id: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A runner has given up: {"type": "withdrawn", "runner": "12"}."""

    runner: str


Report = MatRead | Position | Mark | Withdrawal


def report_of(event: Event) -> Report | None:
    """What the event says; None for what follows no convention of a race."""
    payload = _read(event.payload)
    named = payload.get("runner")
    runner = _runner(named)
    match payload.get("type"):
        case "read" if runner is not None and isinstance(payload.get("checkpoint"), str):
            return MatRead(runner, payload["checkpoint"])
        case "position":
            return _position(_runner(event.source) if named is None else runner, payload)
        case "withdrawn" if runner is not None:
            return Withdrawal(runner)
        case "mark":
            return _mark(payload)
        case _:
            return None


def _read(payload: str) -> dict[str, Any]:
    """The payload; an empty one for what is no object, or what PostgreSQL holds and others cannot read."""
    try:
        read = orjson.loads(payload)
    except orjson.JSONDecodeError:
        return {}
    return read if isinstance(read, dict) else {}


def _runner(given: object) -> str | None:
    """The number on a bib; None for what no entry could have on it.

    Some senders write it as a number, and accents come in two ways.
    """
    if isinstance(given, int) and not isinstance(given, bool):
        given = str(given)
    if not isinstance(given, str):
        return None
    given = normalize("NFC", given.strip())
    return given if is_name(given, LONGEST_RUNNER) else None


def _position(runner: str | None, payload: Mapping[str, Any]) -> Position | None:
    latitude, longitude = _number(payload.get("latitude")), _number(payload.get("longitude"))
    if runner is None or latitude is None or longitude is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Position(runner, latitude, longitude, _number(payload.get("altitudeM")))


def _mark(payload: Mapping[str, Any]) -> Mark | None:
    event_id, wrong = payload.get("eventId"), payload.get("wrong")
    if not isinstance(event_id, str) or not isinstance(wrong, bool) or len(event_id) > LONGEST_EVENT_ID:
        return None
    return Mark(event_id, wrong)


def _number(given: object) -> float | None:
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None
