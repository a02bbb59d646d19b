"""GPX files of courses that nobody drew, and the ground that they tell of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from domain.courses.model import CourseGround
from domain.courses.waypoints import GivenWaypoint
from domain.runs.recording import Floats, Samples

EARTH_RADIUS_M = 6_371_008.8
LATITUDE, LONGITUDE = 46.02, 7.15
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="a test" '
    'xmlns="http://www.topografix.com/GPX/1/1" xmlns:cairn="https://cairn.run/gpx/1">'
)


@dataclass(frozen=True)
class Way:
    """Points of a way: metres east and north of a village, and above the sea."""

    east_m: Floats
    north_m: Floats
    altitude_m: Floats

    @property
    def latitude(self) -> Floats:
        return np.asarray(LATITUDE + np.degrees(self.north_m / EARTH_RADIUS_M))

    @property
    def longitude(self) -> Floats:
        across = EARTH_RADIUS_M * np.cos(np.radians(LATITUDE))
        return np.asarray(LONGITUDE + np.degrees(self.east_m / across))


def a_climb(length_m: float = 5_000.0, grade: float = 0.1, every_m: float = 20.0) -> Way:
    """Straight north, steadily up."""
    north_m = np.linspace(0.0, length_m, round(length_m / every_m) + 1)
    return Way(np.zeros(north_m.size), north_m, 800 + grade * north_m)


def out_and_back(length_m: float = 6_000.0, grade: float = 0.1, every_m: float = 20.0) -> Way:
    """Straight north and up for half of the way, and back down on the same path."""
    along_m = np.linspace(0.0, length_m, round(length_m / every_m) + 1)
    north_m = length_m / 2 - np.abs(along_m - length_m / 2)
    return Way(np.zeros(north_m.size), north_m, 800 + grade * north_m)


def a_position(east_m: float, north_m: float) -> tuple[float, float]:
    """Latitude and longitude of a place near the village."""
    way = Way(np.array([east_m]), np.array([north_m]), np.zeros(1))
    return float(way.latitude[0]), float(way.longitude[0])


def at(name: str, north_m: float, east_m: float = 0.0) -> GivenWaypoint:
    """A waypoint that is given by its position."""
    latitude, longitude = a_position(east_m, north_m)
    return GivenWaypoint(name=name, latitude=latitude, longitude=longitude)


def samples_of(way: Way, **changed: Sequence[float] | Floats) -> Samples:
    """The way as samples, some of their channels put in place."""
    steps_m = np.hypot(np.diff(way.east_m), np.diff(way.north_m))
    nothing = np.full(way.east_m.size, np.nan)
    channels = {
        "time_s": np.arange(way.east_m.size, dtype=np.float64),
        "latitude": way.latitude,
        "longitude": way.longitude,
        "altitude_m": way.altitude_m,
        "distance_m": np.concatenate(([0.0], np.cumsum(steps_m))),
        "speed_m_per_s": nothing,
        "heart_rate_bpm": nothing,
        "cadence_spm": nothing,
    }
    return Samples(**channels | {name: np.array(values, dtype=np.float64) for name, values in changed.items()})


def points(way: Way, element: str = "trkpt", *, heights: bool = True) -> str:
    """The points of a way as GPX has them."""
    return "".join(
        f'<{element} lat="{latitude:.7f}" lon="{longitude:.7f}">'
        + (f"<ele>{altitude:.1f}</ele>" if heights else "")
        + f"</{element}>"
        for latitude, longitude, altitude in zip(way.latitude, way.longitude, way.altitude_m, strict=True)
    )


def a_track(way: Way | None = None, *, name: str = "Over the ridge", heights: bool = True) -> str:
    """A track of one segment."""
    drawn = points(way or a_climb(), heights=heights)
    return f"<trk><name>{name}</name><trkseg>{drawn}</trkseg></trk>"


def a_wpt(name: str, north_m: float, east_m: float = 0.0, inside: str = "") -> str:
    """A waypoint beside the track; `inside` is what else stands in it."""
    latitude, longitude = a_position(east_m, north_m)
    return f'<wpt lat="{latitude:.7f}" lon="{longitude:.7f}"><name>{name}</name>{inside}</wpt>'


def course_gpx(*parts: str) -> bytes:
    """A GPX file of these parts; a climb when there are none."""
    return f"{HEAD}{''.join(parts or (a_track(),))}</gpx>".encode()


def lengths_m(ground: CourseGround) -> tuple[int, int, int]:
    """Length, ascent and descent, in whole metres."""
    return round(ground.length_m), round(ground.ascent_m), round(ground.descent_m)
