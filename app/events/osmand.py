"""What OsmAnd and Traccar's client send: parameters of an address or a form, or JSON (https://traccar.org/osmand)."""

from collections.abc import Mapping
from typing import Any

import orjson

from app.events.tracker_numbers import PositionUnreadable, instant, needed, number
from domain.events.positions import Position

KNOTS_PER_M_PER_S = 1.943844


def osmand_position(given: Mapping[str, str]) -> Position | None:
    """The position that parameters tell of; None for one that the app itself calls not valid.

    OsmAnd fills in metres per second; Traccar's client, which names its device with `id`, knots.
    Raises PositionUnreadable.
    """
    if given.get("valid", "true").lower() in ("false", "0"):
        return None
    speed = number(given.get("speed"))
    in_knots = "id" in given or "deviceid" in given
    return Position(
        latitude=needed(given.get("lat"), "lat"),
        longitude=needed(given.get("lon"), "lon"),
        recorded_at=instant(given.get("timestamp")),
        altitude_m=number(given.get("altitude")),
        accuracy_m=number(given.get("accuracy")),
        speed_m_per_s=speed / KNOTS_PER_M_PER_S if speed is not None and in_knots else speed,
        bearing_deg=number(given.get("bearing", given.get("heading"))),
        battery_percent=number(given.get("batt")),
    )


def traccar_position(body: bytes) -> Position:
    """The position in the JSON of Traccar's client from version 9 on: metres per second, and the battery as a ratio.

    Raises PositionUnreadable.
    """
    try:
        location = _object(orjson.loads(body), "location")
    except orjson.JSONDecodeError:
        raise PositionUnreadable("This is announced as JSON, but is none.") from None
    coords = _object(location, "coords")
    battery = location.get("battery")
    level = number(battery.get("level")) if isinstance(battery, dict) else None
    return Position(
        latitude=needed(coords.get("latitude"), "latitude"),
        longitude=needed(coords.get("longitude"), "longitude"),
        recorded_at=instant(location.get("timestamp")),
        altitude_m=number(coords.get("altitude")),
        accuracy_m=number(coords.get("accuracy")),
        speed_m_per_s=number(coords.get("speed")),
        bearing_deg=number(coords.get("heading")),
        battery_percent=None if level is None else level * 100,
    )


def _object(message: Any, name: str) -> dict[str, Any]:
    found = message.get(name) if isinstance(message, dict) else None
    if not isinstance(found, dict):
        raise PositionUnreadable(f"There is no `{name}` in this JSON; Traccar's client sends location.coords.")
    return found
