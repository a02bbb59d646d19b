"""What the apps of phones send."""

from typing import Any

# As the booklet of OwnTracks shows one, and as Traccar's client sends one.
OWNTRACKS: dict[str, Any] = {
    **{"_type": "location", "acc": 13, "alt": 160, "batt": 67, "conn": "m", "inregions": ["Home"], "lat": 48.85833},
    **{"lon": 2.29513, "p": 100.117, "tid": "JJ", "tst": 1795253400, "vac": 10, "vel": 12, "cog": 270, "bs": 1},
}
TRACCAR: dict[str, Any] = {
    "location": {
        "timestamp": "2026-11-21T09:30:00.250Z",
        "coords": {
            **{"latitude": 46.5, "longitude": 7.25, "accuracy": 4.5, "speed": 2.75, "heading": -1, "altitude": 1810.2},
        },
        "is_moving": True,
        "odometer": 1043.2,
        "event": "motionchange",
        "battery": {"level": 0.56, "is_charging": False},
        "activity": {"type": "running"},
        "extras": {},
    },
    "device_id": "48241179",
}
