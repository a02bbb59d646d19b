"""Courses as clients see them."""

from datetime import datetime

from app.courses.kinds import CourseSource, WaypointKind
from app.edge.declaring.fields import declared, object_type, says
from app.edge.declaring.relay import Node
from app.runs.types import POINTS, Run


@object_type
class Waypoint:
    """A place on a course."""

    name: str = says("What it is called.")
    kind: WaypointKind = says("What it is.")
    distance_m: float = says("Where it stands, along the course from the start.")
    stop_s: float = says("How long the runner stays there.")
    cutoff_s: float | None = says("By when they must have arrived, from the start on; null where nobody asks.")
    latitude: float | None = says("Degrees, WGS 84; null on a course without positions.")
    longitude: float | None = says("Degrees, WGS 84.")


@object_type
class CourseProfile:
    """The shape of a course as parallel arrays, evenly thinned."""

    distance_m: list[float] = says("From the start.")
    altitude_m: list[float] = says("Above sea level, smoothed over 50 m.")
    grade: list[float] = says("Rise over run of the few metres from there on, as a ratio, smoothed over 50 m.")


@object_type
class CourseTrack:
    """Where a course goes, as parallel arrays, evenly thinned."""

    distance_m: list[float] = says("From the start.")
    latitude: list[float] = says("Degrees, WGS 84.")
    longitude: list[float] = says("Degrees, WGS 84.")
    altitude_m: list[float] = says("Above sea level, smoothed over 50 m.")


@object_type
class Course(Node):
    """A course to run: its ground from the start to the finish, and the places on it that matter."""

    name: str = says("Its name.")
    source: CourseSource = says("Where its ground comes from.")
    run: Run | None = says("The run it was made of; null for one from a file, and once that run is deleted.")
    length_m: float = says("From the start to the finish.")
    ascent_m: float = says("Height gained, by turning points at 3 m.")
    descent_m: float = says("Height lost, likewise.")
    lowest_m: float = says("Its lowest place above sea level, smoothed over 50 m.")
    highest_m: float = says("Its highest place above sea level, smoothed over 50 m.")
    waypoints: list[Waypoint] = says("In the order of the course.", entries=20)
    version: int = says("Goes up whenever its name or its waypoints change.")
    created_at: datetime = says("When it was made.")
    updated_at: datetime = says("When it was changed last.")

    @declared(cost=10, entries=POINTS)
    def profile(self, points: int | None = 500) -> CourseProfile:  # type: ignore[empty-body]
        """Its heights and grades, evenly thinned to at most `points` (2 to 10,000)."""

    @declared(cost=10, entries=POINTS)
    def track(self, points: int | None = 500) -> CourseTrack | None:
        """Its positions, evenly thinned to at most `points` (2 to 10,000); null where none were recorded."""
