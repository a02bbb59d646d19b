"""Why something cannot become a course, or a place on one, said so that a runner knows what to do about it."""

from domain.shared.errors import Invalid, NotFound, TooLarge, Unsupported

SHORTEST_M = 100.0
LONGEST_M = 500_000.0
LONGEST_GAP_M = 2_000.0
MOST_POINTS = 200_000
# All that a watch writes beside so many points.
MOST_ELEMENTS = 1_500_000
MOST_TRACKS = 1_000
MOST_WAYPOINTS = 200
LONGEST_NAME = 100
LONGEST_STOP_S = 12 * 3600.0
LATEST_CUTOFF_S = 7 * 86_400.0
FORMATS = "a GPX file, also as .gz"
ROUTE_PLANNERS = "Most route planners add elevations when they export"


class CourseNotFound(NotFound):
    """There is no course with this id, or it is another athlete's."""

    def __init__(self, *, field: tuple[str, ...] = ("id",)) -> None:
        super().__init__("You have no course with this id.", field=field)


class CourseNameBad(Invalid):
    """A name that cannot be shown."""

    def __init__(self) -> None:
        super().__init__(f"A course's name has 1 to {LONGEST_NAME} printable characters.", field=("name",))


class OneGround(Invalid):
    """The ground comes from one place."""

    def __init__(self) -> None:
        super().__init__(f"Give either `file`, {FORMATS}, or `runId`, a run of yours over this course.")


class CourseNotUploaded(Invalid):
    """Something else stands where the file should."""

    def __init__(self) -> None:
        super().__init__("Send the file as a part of a multipart request.", field=("file",))


class CourseRunUnknown(NotFound):
    """The run that was to give the ground cannot."""

    def __init__(self) -> None:
        super().__init__(
            "runId is none of your runs with recorded points. Import one over this course, or give its GPX file.",
            field=("runId",),
        )


class NotACourseFile(Unsupported):
    """The bytes are no GPX."""

    def __init__(self) -> None:
        super().__init__(f"A course is read from {FORMATS}, and this is none. Export the route or track as GPX.")


class CourseFileEmpty(Invalid):
    """A file without bytes."""

    def __init__(self) -> None:
        super().__init__("The file is empty. Export the course again: the download was probably interrupted.")


class CourseFileDamaged(Invalid):
    """What stands behind a break would be missing from the course, and nobody would see it."""

    def __init__(self) -> None:
        super().__init__(
            "This GPX file is cut off or damaged, so the end of the course may be missing. Download or export it again."
        )


class CourseFileTooLarge(TooLarge):
    """More bytes than any course has."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(
            f"The file is larger than {most_bytes / 1_000_000:g} MB, which is more than any course needs. "
            "Export it with fewer points."
        )


class CourseEntities(Unsupported):
    """The XML declares entities or a document type: a way to make a small file huge or to read other files."""

    def __init__(self) -> None:
        super().__init__(
            "The file declares XML entities or a document type, which Cairn never expands. No route planner writes "
            "these; export the course again."
        )


class TooManyCoursePoints(TooLarge):
    """More points than any course has."""

    def __init__(self) -> None:
        super().__init__(f"The file has more than {MOST_POINTS:,} points. Export the course with fewer: 5 m are fine.")


class TooManyCourseElements(TooLarge):
    """More XML than any course has."""

    def __init__(self) -> None:
        super().__init__(
            f"The file has more than {MOST_ELEMENTS:,} elements. Export the course without what was measured on it."
        )


class TooManyCourseTracks(TooLarge):
    """More tracks and routes than any course has stages."""

    def __init__(self) -> None:
        super().__init__(f"The file has more than {MOST_TRACKS:,} tracks and routes. Export the one to be run.")


class NoGround(Invalid):
    """Nothing in it is a way from one place to another."""

    def __init__(self) -> None:
        super().__init__(
            "There is no track or route with two places in it, so there is no way to run along. Export the course as a "
            "GPX track."
        )


class NoDistances(Invalid):
    """Nobody knows where along the way each point lies."""

    def __init__(self) -> None:
        super().__init__(
            "The run has no distances, so nobody knows how long its course is. Take another run, or a GPX."
        )


class CourseLength(Invalid):
    """Too short to plan, or longer than anything that is run in one go."""

    def __init__(self, length_m: float) -> None:
        told = f"{length_m:,.0f} m" if length_m < 1_000 else f"{length_m / 1_000:,.1f} km"
        super().__init__(
            f"The course is {told} long. From its start to its finish it takes {SHORTEST_M:.0f} m to "
            f"{LONGEST_M / 1_000:.0f} km."
        )


class CourseLeaps(Invalid):
    """The way between two points is unknown for far too long."""

    def __init__(self, at_m: float, gap_m: float) -> None:
        super().__init__(
            f"At kilometre {at_m / 1_000:.1f} the next point is {gap_m / 1_000:,.1f} km away, and nobody knows the "
            f"ground between them; at most {LONGEST_GAP_M / 1_000:g} km are taken. Is a part of the track missing?"
        )


class NoAltitudes(Invalid):
    """A course without slopes."""

    def __init__(self) -> None:
        super().__init__(
            "This has no altitudes. How hard to push is a matter of slopes, so a course needs to know them. "
            f"{ROUTE_PLANNERS}; or take a run that was recorded there."
        )


class AltitudesMissing(Invalid):
    """The slopes of a long part are unknown."""

    def __init__(self, from_m: float, to_m: float) -> None:
        super().__init__(
            f"No altitude is known from kilometre {from_m / 1_000:.1f} to {to_m / 1_000:.1f}, and a plan needs the "
            f"slopes: at most {LONGEST_GAP_M / 1_000:g} km may lack them. {ROUTE_PLANNERS}."
        )


class CourseTooSteep(Invalid):
    """Altitudes that no ground has."""

    def __init__(self, up_and_down_m: float, length_m: float) -> None:
        super().__init__(
            f"Its altitudes go up and down by {up_and_down_m:,.0f} m over {length_m:,.0f} m, which is steeper than 45° "
            "in the mean. Are they in metres?"
        )


class CourseCliff(Invalid):
    """A place where the altitudes are wrong, or nobody runs."""

    def __init__(self, at_m: float, grade: float) -> None:
        way = "rise" if grade > 0 else "fall"
        super().__init__(
            f"At kilometre {at_m / 1_000:.2f} its altitudes {way} by {abs(grade) * 100:,.0f} %, where nobody can run. "
            "Is an altitude wrong there? Mend it, or have a route planner add the elevations anew."
        )


class WaypointBad(Invalid):
    """A place on a course that cannot be."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"Waypoint {name[:LONGEST_NAME]!r}: {what}.", field=("waypoints",))


class TooManyWaypoints(Invalid):
    """More places than a runner can heed."""

    def __init__(self, count: int) -> None:
        super().__init__(f"A course has at most {MOST_WAYPOINTS} waypoints; these are {count:,}.", field=("waypoints",))
