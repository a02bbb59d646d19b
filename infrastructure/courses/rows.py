"""A course as its row has it, and back: the ground in whole centimetres, the waypoints as a document."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from domain.analysis.model import Profile
from domain.courses.model import Course, CourseGround, CourseId, CourseSource, Waypoint, WaypointKind
from domain.runs.recording import Floats
from infrastructure.database.binary import Kind

# The columns that `course_of` reads, and those that `ground_of` reads too.
COURSE = ("id", "athlete", "name", "source", "run", "waypoints", "version", "length_m")
GROUND = (*COURSE, "ascent_m", "descent_m", "altitude_cm", "latitude_e7", "longitude_e7")
# A long course has 100,000 numbers, of which asyncpg would make an object each: they are read as they are sent.
ARRAYS = ("altitude_cm", "latitude_e7", "longitude_e7")
PER_M, PER_DEGREE = 100, 10_000_000
# As they stand in the document, which are the names that clients read.
WAYPOINT = {
    "name": "name",
    "distanceM": "distance_m",
    "kind": "kind",
    "stopS": "stop_s",
    "cutoffS": "cutoff_s",
    "latitude": "latitude",
    "longitude": "longitude",
}


def ground_columns(table: str, prefix: str = "") -> str:
    """What to select of a table's rows for `course_of` and `ground_of`, each name behind a prefix."""
    return ", ".join(f"{'array_send' if name in ARRAYS else ''}({table}.{name}) as {prefix}{name}" for name in GROUND)


def course_of(row: Mapping[str, Any]) -> Course:
    """The course of a row with the columns of COURSE."""
    return Course(
        id=CourseId(row["id"]),
        athlete_id=row["athlete"],
        name=row["name"],
        source=CourseSource(row["source"]),
        run_id=row["run"],
        length_m=row["length_m"],
        waypoints=tuple(_waypoint(one) for one in orjson.loads(row["waypoints"])),
        version=row["version"],
    )


def ground_of(row: Mapping[str, Any]) -> CourseGround:
    """The ground of a row as `ground_columns` selects it."""
    altitude_m: Floats = Kind.INTEGER.values(row["altitude_cm"]) / PER_M
    step_m = row["length_m"] / (altitude_m.size - 1)
    return CourseGround(
        profile=Profile(step_m, altitude_m, np.diff(altitude_m) / step_m, has_altitude=True),
        latitude=_degrees(row["latitude_e7"]),
        longitude=_degrees(row["longitude_e7"]),
        ascent_m=row["ascent_m"],
        descent_m=row["descent_m"],
    )


def to_row(course: Course, ground: CourseGround) -> tuple[object, ...]:
    """The values of the columns of GROUND."""
    return (
        course.id,
        course.athlete_id,
        course.name,
        course.source,
        course.run_id,
        waypoints_document(course.waypoints),
        course.version,
        ground.length_m,
        ground.ascent_m,
        ground.descent_m,
        _whole(ground.profile.altitude_m, PER_M),
        None if ground.latitude is None else _whole(ground.latitude, PER_DEGREE),
        None if ground.longitude is None else _whole(ground.longitude, PER_DEGREE),
    )


def waypoints_document(waypoints: Sequence[Waypoint]) -> str:
    """The waypoints as the column has them."""
    documents = [{key: getattr(one, name) for key, name in WAYPOINT.items()} for one in waypoints]
    return orjson.dumps(documents).decode()


def _waypoint(document: Mapping[str, Any]) -> Waypoint:
    values = {name: document[key] for key, name in WAYPOINT.items()}
    return Waypoint(**{**values, "kind": WaypointKind(values["kind"])})


def _whole(values: Floats, per_unit: int) -> list[int]:
    whole: list[int] = np.round(values * per_unit).astype(np.int64).tolist()
    return whole


def _degrees(field: bytes | None) -> Floats | None:
    return None if field is None else np.asarray(Kind.INTEGER.values(field) / PER_DEGREE)
