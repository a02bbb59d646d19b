"""Where somebody was: what phones tell, as an event of a topic."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import orjson

from domain.events.checks import EventRefused, checked_event
from domain.events.model import LONGEST_EVENT_ID, NewEvent

# Payload key, least and greatest value that make sense; apps write −1 and the like for what they do not know.
OPTIONAL = {
    "altitude_m": ("altitudeM", -12_000.0, 100_000.0),
    "accuracy_m": ("accuracyM", 0.0, 1_000_000.0),
    "speed_m_per_s": ("speedMPerS", 0.0, 1_000.0),
    "bearing_deg": ("bearingDeg", 0.0, 360.0),
    "battery_percent": ("batteryPercent", 0.0, 100.0),
}


@dataclass(frozen=True, slots=True)
class Position:
    """A place on earth (degrees, WGS 84) at an instant; None where the phone tells none, or something impossible."""

    latitude: float
    longitude: float
    recorded_at: datetime | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None  # the radius that it is in with a probability of about two thirds
    speed_m_per_s: float | None = None
    bearing_deg: float | None = None  # clockwise from north
    battery_percent: float | None = None


def position_event(position: Position, source: str, *, now: datetime) -> NewEvent:
    """The event that tells of a position; without a time of its own it was recorded `now`.

    The event's id is made of the source and the time (to the millisecond), so that a phone that sends a position again
    does no harm. Raises EventRefused: for a place that is not on earth, and as checked_event does.
    """
    if not (abs(position.latitude) <= 90 and abs(position.longitude) <= 180):  # NaN is in no range either
        raise EventRefused("The position lies outside of -90 to 90 degrees of latitude and -180 to 180 of longitude.")
    payload: dict[str, object] = {
        "type": "position",
        "latitude": position.latitude,
        "longitude": position.longitude,
    }
    for name, (key, least, greatest) in OPTIONAL.items():
        value = getattr(position, name)
        if value is not None and math.isfinite(value) and least <= value <= greatest:
            payload[key] = round(value, 3)
    recorded_at = position.recorded_at or now
    return checked_event(_event_id(source, recorded_at), recorded_at, source, orjson.dumps(payload), now=now)


def _event_id(source: str, recorded_at: datetime) -> str:
    instant = recorded_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told = f"{source} {instant}"
    return told if len(told) <= LONGEST_EVENT_ID else f"{sha256(source.encode()).hexdigest()} {instant}"
