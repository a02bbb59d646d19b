"""What may be read of courses: their ground thinned in SQL, their waypoints as they stand."""

from collections.abc import Callable

from domain.shared.errors import BadUserInput
from infrastructure.courses.rows import PER_DEGREE, PER_M, WAYPOINT
from infrastructure.courses.tables import CourseRow
from infrastructure.reading.columns import column, expression, json_column, key, node_id, word
from infrastructure.reading.compiler import derived, elements, one
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import Order, View, owned_by
from infrastructure.runs.streams import DEFAULT_POINTS, MAX_POINTS, MIN_POINTS

# By the field's name, over the columns of `_thinned`'s points. Divided as floating point, which prints short decimals;
# a sum with 0 is never a negative zero.
DISTANCE = "round(length_m * (k - 1) / steps * 10) / 10"
ALTITUDE = f"altitude / {PER_M}::float8"
PROFILE = {
    "distanceM": DISTANCE,
    "altitudeM": ALTITUDE,
    "grade": f"round(rise::float8 / {PER_M} * steps / length_m * 10000) / 10000 + 0",
}
TRACK = {
    "distanceM": DISTANCE,
    "latitude": f"latitude / {PER_DEGREE}::float8",
    "longitude": f"longitude / {PER_DEGREE}::float8",
    "altitudeM": ALTITUDE,
}


def _thinned(fields: dict[str, str], where: str) -> Callable[[Scope, Args], str]:
    """A SELECT of one row with a JSON array a field, thinned evenly to at most `points`; the first and last stay.

    Point k of n is kept where k·(points − 1)/(n − 1) reaches the next whole number. No row unless `where`.
    """

    def select(course: Scope, args: Args) -> str:
        asked = DEFAULT_POINTS if args.get("points") is None else args["points"]
        if not MIN_POINTS <= asked <= MAX_POINTS:
            raise BadUserInput(f"`points` is {asked}; a course has {MIN_POINTS} to {MAX_POINTS:,} points.")
        points, ground, point = course.param(asked, "bigint"), course.statement.alias(), course.statement.alias()
        step = f"({points} - 1) / steps"  # after a product: whole-number division
        lists = ", ".join(
            f"""'[' || string_agg(({sql})::text, ',' order by k) || ']' as "{name}\"""" for name, sql in fields.items()
        )
        # `offset 0` keeps the arrays from being unpacked, and their length from being worked out, for every point.
        return f"""
            select {lists} from (
                select *, cardinality(altitude_cm) - 1 as steps from course
                where id = {course.column("id")} and {where} offset 0) {ground},
            lateral (
                select altitude, latitude, longitude, k,
                    coalesce(lead(altitude) over way - altitude, altitude - lag(altitude) over way) as rise
                from unnest({ground}.altitude_cm, {ground}.latitude_e7, {ground}.longitude_e7)
                    with ordinality p(altitude, latitude, longitude, k) window way as (order by k)) {point}
            where k = 1 or (k - 1) * {step} > (k - 2) * {step} having count(*) > 0"""

    return select


def _among_altitudes(aggregate: str) -> Callable[[Scope, Args], str]:
    return lambda course, _: (
        f"(select {aggregate}(a) / {PER_M}::float8 from unnest({course.column('altitude_cm')}) each(a))"
    )


COURSE = View(
    "Course",
    table="course",
    visible_to=owned_by(CourseRow.athlete),
    fields={
        "id": node_id("Course"),
        "name": column(CourseRow.name),
        "source": word(CourseRow.source),
        "run": one("Run", on=CourseRow.run),
        "lengthM": column(CourseRow.length_m),
        "ascentM": column(CourseRow.ascent_m),
        "descentM": column(CourseRow.descent_m),
        "lowestM": expression(_among_altitudes("min")),
        "highestM": expression(_among_altitudes("max")),
        "waypoints": elements("Waypoint", CourseRow.waypoints),
        "profile": derived("CourseProfile", _thinned(PROFILE, "true")),
        "track": derived("CourseTrack", _thinned(TRACK, "latitude_e7 is not null")),
        "version": column(CourseRow.version),
        "createdAt": column(CourseRow.created_at),
        "updatedAt": column(CourseRow.updated_at),
    },
    orders={"NEWEST": Order(lambda row: row.column("id"), "uuid", descending=True, unique=True)},
)

WAYPOINT_VIEW = View("Waypoint", fields={name: key(name) for name in WAYPOINT})
COURSE_PROFILE = View("CourseProfile", fields={name: json_column(name) for name in PROFILE})
COURSE_TRACK = View("CourseTrack", fields={name: json_column(name) for name in TRACK})

VIEWS = (COURSE, WAYPOINT_VIEW, COURSE_PROFILE, COURSE_TRACK)
