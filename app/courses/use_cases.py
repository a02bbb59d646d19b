"""What an athlete does with courses: draw them from a file or a run, name them, set their waypoints, delete them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from domain.courses.drawing import BuiltCourse, CourseFile, DrawnCourse, built, short_name
from domain.courses.model import Course, CourseId, CourseSource
from domain.courses.ports import CourseFiles, CourseRepository
from domain.courses.refusals import MOST_WAYPOINTS, CourseRunUnknown, TooManyWaypoints
from domain.courses.waypoints import GivenWaypoint, placed_all
from domain.runs.recording import SetAside
from domain.shared.errors import UserError
from domain.shared.once import Once
from domain.shared.ports import Computing, Ids
from domain.shared.viewer import Scope, Viewer


@dataclass(frozen=True, slots=True)
class CourseMade:
    """A course that was written: what was not used of what was given, and sentences about what had to be chosen.

    Of a request that came before nothing is left but its course.
    """

    id: CourseId
    set_aside: Sequence[SetAside] = ()
    notes: Sequence[str] = ()


async def create_course_from_file(
    file: CourseFile,
    *,
    name: str | None,
    waypoints: Sequence[GivenWaypoint] | None,
    viewer: Viewer,
    once: Once | None,
    courses: CourseRepository,
    files: CourseFiles,
    computing: Computing,
    ids: Ids,
) -> CourseMade:
    """Store the course in a file. Raises what CourseFiles.read and `built` raise, and CourseNameBad."""
    viewer.require(Scope.TRAINING_WRITE)
    if (answer := await courses.answered(once)) is not None:
        return CourseMade(answer)
    with _speaking_of("file", waypoints):
        made = await _built(lambda: files.read(file), waypoints, viewer, computing)
        course = _course(made, name, CourseSource.FILE, None, viewer, ids)
    return CourseMade(await courses.add(course, made.ground, once=once), made.set_aside, made.notes)


async def create_course_from_run(
    run_id: UUID,
    *,
    name: str | None,
    waypoints: Sequence[GivenWaypoint] | None,
    viewer: Viewer,
    once: Once | None,
    courses: CourseRepository,
    computing: Computing,
    ids: Ids,
) -> CourseMade:
    """Store the ground that a run of the viewer's went over as a course. Raises CourseRunUnknown, and see above."""
    viewer.require(Scope.TRAINING_WRITE)
    viewer.require(Scope.TRAINING_READ)
    if (answer := await courses.answered(once)) is not None:
        return CourseMade(answer)
    found = await courses.samples_of_run(run_id, viewer)
    if found is None:
        raise CourseRunUnknown
    drawn = DrawnCourse(short_name(found[0], "Course"), found[1])
    with _speaking_of("runId", waypoints):
        made = await _built(lambda: drawn, waypoints, viewer, computing)
        course = _course(made, name, CourseSource.RUN, run_id, viewer, ids)
    return CourseMade(await courses.add(course, made.ground, once=once), made.set_aside, made.notes)


async def rename_course(
    course_id: CourseId, name: str, *, viewer: Viewer, once: Once | None, courses: CourseRepository
) -> CourseId:
    """Call a course otherwise. Raises CourseNotFound, CourseNameBad."""
    viewer.require(Scope.TRAINING_WRITE)
    return await courses.update(course_id, viewer, lambda course: course.renamed(name), once=once)


async def set_waypoints(
    course_id: CourseId,
    given: Sequence[GivenWaypoint],
    *,
    viewer: Viewer,
    once: Once | None,
    courses: CourseRepository,
    computing: Computing,
) -> CourseMade:
    """Put these waypoints on a course in place of all before. Raises CourseNotFound, TooManyWaypoints, WaypointBad."""
    viewer.require(Scope.TRAINING_WRITE)
    if len(given) > MOST_WAYPOINTS:
        raise TooManyWaypoints(len(given))
    if (answer := await courses.answered(once)) is not None:
        return CourseMade(answer)
    # The ground of a course never changes, so it may be looked at before the course is locked.
    _, ground = await courses.with_ground(course_id, viewer)
    found = await computing.run(lambda: placed_all(given, ground), of=viewer.athlete_id)
    updated = await courses.update(course_id, viewer, lambda course: course.with_waypoints(found.waypoints), once=once)
    return CourseMade(updated, (), found.notes)


async def delete_course(
    course_id: CourseId, *, viewer: Viewer, once: Once | None, courses: CourseRepository
) -> CourseId:
    """Delete a course, and the throttle plans along it. Raises CourseNotFound."""
    viewer.require(Scope.TRAINING_WRITE)
    return await courses.remove(course_id, viewer, once=once)


async def _built(
    drawn: Callable[[], DrawnCourse],
    waypoints: Sequence[GivenWaypoint] | None,
    viewer: Viewer,
    computing: Computing,
) -> BuiltCourse:
    if waypoints is not None and len(waypoints) > MOST_WAYPOINTS:
        raise TooManyWaypoints(len(waypoints))
    return await computing.run(lambda: built(drawn(), waypoints), of=viewer.athlete_id)


@contextmanager
def _speaking_of(field: str, waypoints: Sequence[GivenWaypoint] | None) -> Iterator[None]:
    """Refusals that speak of no other field speak of the one that the ground came by: its own waypoints did, too."""
    try:
        yield
    except UserError as refusal:
        if refusal.field is None or (refusal.field == ("waypoints",) and waypoints is None):
            refusal.field = (field,)
        raise


def _course(
    made: BuiltCourse, name: str | None, source: CourseSource, run_id: UUID | None, viewer: Viewer, ids: Ids
) -> Course:
    course = Course(
        id=CourseId(ids.new()),
        athlete_id=viewer.athlete_id,
        name=made.name if name is None else name,
        source=source,
        run_id=run_id,
        length_m=made.ground.length_m,
    )
    return course.with_waypoints(made.waypoints)
