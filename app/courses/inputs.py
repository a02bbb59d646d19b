"""What clients give to make and change courses, and how it becomes what the domain takes."""

from collections.abc import Sequence

import strawberry
from strawberry.file_uploads import Upload

from app.courses.kinds import WaypointKind
from app.edge.declaring.fields import input_type, says
from domain.courses.waypoints import GivenWaypoint

KEY = "The same key again, within the same athlete, does nothing and gives the first answer."


@input_type
class WaypointInput:
    """A place on a course, told by its distance, or else by both degrees."""

    name: str = says("1 to 100 characters.")
    kind: WaypointKind = says("What it is.", default=WaypointKind.OTHER)
    distance_m: float | None = says("Where it stands, along the course from the start.", default=None)
    latitude: float | None = says(
        "Degrees, at most 250 m from the course. Where the course passes by several times, the order of the waypoints "
        "decides.",
        default=None,
    )
    longitude: float | None = says("Degrees.", default=None)
    stop_s: float = says("How long the runner stays there; at most half a day.", default=0.0)
    cutoff_s: float | None = says(
        "By when they must have arrived, from the start on; at most a week, and not before that of a waypoint nearer "
        "to the start.",
        default=None,
    )


@input_type
class CreateCourseInput:
    """A course, from exactly one of `file` and `runId`."""

    name: str | None = says("1 to 100 characters; left out, it is called as the file or the run is.", default=None)
    file: Upload | None = says(
        "A GPX file, also as .gz, of at most 30 MB, sent as a multipart request: a track or a route with altitudes, "
        "with or without times. Its waypoints within 250 m become the course's.",
        default=None,
    )
    run_id: strawberry.ID | None = says("A recorded run of yours with altitudes, over this course.", default=None)
    waypoints: list[WaypointInput] | None = says(
        "Up to 200, in the order of the course, in place of those in the file; setWaypoints gives them later.",
        default=None,
    )
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class UpdateCourseInput:
    """What to change in a course."""

    id: strawberry.ID = says("The course.")
    name: str = says("1 to 100 characters.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class SetWaypointsInput:
    """All waypoints of a course: those that were there before are replaced."""

    course_id: strawberry.ID = says("The course.")
    waypoints: list[WaypointInput] = says("Up to 200, in the order of the course; an empty list takes all away.")
    idempotency_key: str | None = says(KEY, default=None)


@input_type
class CourseIdInput:
    """A course."""

    id: strawberry.ID = says("The course.")
    idempotency_key: str | None = says(KEY, default=None)


def as_waypoints(given: Sequence[WaypointInput]) -> list[GivenWaypoint]:
    """For the domain."""
    return [
        GivenWaypoint(
            name=one.name,
            kind=one.kind,
            stop_s=one.stop_s,
            cutoff_s=one.cutoff_s,
            distance_m=one.distance_m,
            latitude=one.latitude,
            longitude=one.longitude,
        )
        for one in given
    ]
