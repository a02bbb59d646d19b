"""What OwnTracks posts in its HTTP mode: https://owntracks.org/booklet/tech/json."""

import orjson

from app.events.tracker_numbers import PositionUnreadable, instant, needed, number
from domain.events.positions import Position

KMH_PER_M_PER_S = 3.6


def owntracks_position(body: bytes) -> Position | None:
    """The position of a location message. None for any other message, or an empty one: the app sends such, too.

    Raises PositionUnreadable.
    """
    if not body.strip():
        return None
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise PositionUnreadable("This is no JSON. Is the app in HTTP mode?") from None
    if not isinstance(message, dict):
        raise PositionUnreadable("This is no message of OwnTracks: those are JSON objects with a `_type`.")
    if message.get("_type") != "location":
        return None
    speed_kmh = number(message.get("vel"))
    return Position(
        latitude=needed(message.get("lat"), "lat"),
        longitude=needed(message.get("lon"), "lon"),
        recorded_at=instant(message.get("tst")),
        altitude_m=number(message.get("alt")),
        accuracy_m=number(message.get("acc")),
        speed_m_per_s=None if speed_kmh is None else speed_kmh / KMH_PER_M_PER_S,
        bearing_deg=number(message.get("cog")),
        battery_percent=number(message.get("batt")),
    )
