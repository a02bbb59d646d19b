"""Courses put straight into the table."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.reading.tables import Row

POINTS = (5, 41, 2, 12)
HUT = {"name": 'The "Hut"', "kind": "AID_STATION", "distanceM": 100.25, "stopS": 60.0, "cutoffS": None}
WAYPOINTS = [HUT | {"latitude": 46.5, "longitude": -7.25}, HUT | {"cutoffS": 3600.5}]


def a_course(id: UUID, athlete: UUID, name: str, run: UUID, at: int) -> Row:
    """The first has positions and was run, the second has positions across the 180th meridian, the others have none."""
    altitudes = [120_000 + 37 * k * (k % 5 - 2) for k in range(POINTS[at])]
    placed = at < 2
    made = datetime(2024, 3, 1, 12, tzinfo=UTC) + timedelta(days=at)
    return {
        "id": id,
        "athlete": athlete,
        "name": f"{name} course {at}",
        "source": "FILE" if at else "RUN",
        "run": None if at else run,
        "length_m": 4.87 * (POINTS[at] - 1),
        "ascent_m": 12.5 * at,
        "descent_m": 0.125,
        "altitude_cm": altitudes,
        "latitude_e7": [465_000_000 + 13 * k for k in range(POINTS[at])] if placed else None,
        "longitude_e7": [(-1) ** at * (1_799_999_990 - k) for k in range(POINTS[at])] if placed else None,
        "waypoints": WAYPOINTS[:at],
        "version": at + 1,
        "created_at": made,
        "updated_at": made + timedelta(milliseconds=5),
    }
