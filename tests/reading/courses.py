"""What the contract says of courses, said over plain rows."""

from collections.abc import Mapping
from typing import Any

from domain.shared.node_ids import node_id
from tests.reading.columns import columns, things
from tests.reading.tables import Row
from tests.reading.things import Read, Thing, by_id
from tests.reading.world import World


def _kept(row: Row, args: Mapping[str, Any]) -> list[int]:
    """The points of the grid that are told: the first, and those at which the next of them is due."""
    steps, points = len(row["altitude_cm"]) - 1, args.get("points") or 500
    reach = [k * (points - 1) // steps for k in range(steps + 1)]
    return [k for k in range(steps + 1) if k == 0 or reach[k] > reach[k - 1]]


def _ground(kind: str) -> Read:
    def read(_world: World, row: Row, args: Mapping[str, Any]) -> Thing | None:
        return (
            None
            if kind == "CourseTrack" and row["latitude_e7"] is None
            else Thing(kind, {**row, "kept": _kept(row, args)})
        )

    return read


def _distances(_world: World, row: Row, _: Mapping[str, Any]) -> list[float]:
    steps = len(row["altitude_cm"]) - 1
    return [round(row["length_m"] * k / steps * 10) / 10 for k in row["kept"]]


def _grades(_world: World, row: Row, _: Mapping[str, Any]) -> list[float]:
    altitudes, steps = row["altitude_cm"], len(row["altitude_cm"]) - 1
    firsts = [min(k, steps - 1) for k in row["kept"]]
    rises = [altitudes[k + 1] - altitudes[k] for k in firsts]
    return [round(rise / 100 * steps / row["length_m"] * 10_000) / 10_000 for rise in rises]


def _channel(column: str, per_unit: int) -> Read:
    return lambda _, row, __: [row[column][k] / per_unit for k in row["kept"]]


FIELDS: dict[str, dict[str, Read]] = {
    "Course": {
        "id": lambda _, row, __: node_id("Course", row["id"]),
        **columns("name", "source", "version", lengthM="length_m", ascentM="ascent_m", descentM="descent_m"),
        **columns(createdAt="created_at", updatedAt="updated_at"),
        "lowestM": lambda _, row, __: min(row["altitude_cm"]) / 100,
        "highestM": lambda _, row, __: max(row["altitude_cm"]) / 100,
        "run": lambda world, row, _: by_id(world, "Run", row["run"]),
        "waypoints": things("Waypoint", "waypoints"),
        "profile": _ground("CourseProfile"),
        "track": _ground("CourseTrack"),
    },
    "Waypoint": columns("name", "kind", "distanceM", "stopS", "cutoffS", "latitude", "longitude"),
    "CourseProfile": {"distanceM": _distances, "altitudeM": _channel("altitude_cm", 100), "grade": _grades},
    "CourseTrack": {
        "distanceM": _distances,
        "latitude": _channel("latitude_e7", 10_000_000),
        "longitude": _channel("longitude_e7", 10_000_000),
        "altitudeM": _channel("altitude_cm", 100),
    },
}
