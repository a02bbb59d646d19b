"""Making courses from files and runs, naming them, setting their waypoints, deleting them."""

import asyncio
from hashlib import sha256

import strawberry
from starlette.datastructures import UploadFile

from app.context import Info
from app.courses import use_cases
from app.courses.inputs import CourseIdInput, CreateCourseInput, SetWaypointsInput, UpdateCourseInput, as_waypoints
from app.courses.types import Course
from app.courses.use_cases import CourseMade
from app.edge.declaring.fields import object_type, resolved, says
from app.edge.declaring.payload import DeletedPayload, Payload, mutation
from app.runs.types import SetAside
from configuration.settings import Settings
from domain.courses.drawing import CourseFile
from domain.courses.model import CourseId
from domain.courses.ports import CourseFiles, CourseRepository
from domain.courses.refusals import (
    CourseFileTooLarge,
    CourseNotFound,
    CourseNotUploaded,
    CourseRunUnknown,
    OneGround,
)
from domain.runs.imports import told_name
from domain.shared.node_ids import id_of, node_id
from domain.shared.ports import Computing, Ids
from domain.shared.viewer import Scope


@object_type
class CoursePayload(Payload):
    """A course that was written."""

    set_aside: list[SetAside] = says("What of the file was not used, and why.", entries=9, default_factory=list)
    notes: list[str] = says(
        "Sentences about what had to be chosen, such as which of two passes a waypoint stands at.",
        entries=5,
        default_factory=list,
    )

    @classmethod
    def of(cls, made: CourseMade) -> "CoursePayload":
        """What became of it."""
        told = [SetAside(reason=one.reason, count=one.count) for one in made.set_aside]
        return cls(id=made.id, set_aside=told, notes=list(made.notes))

    @resolved
    async def course(self, info: Info) -> Course | None:
        """The course as it is now; null when the request was refused."""
        course: Course | None = await info.context.read_one(Course, self.id)
        return course


@strawberry.type
class CourseMutations:
    """Root fields that write courses."""

    @mutation
    async def create_course(self, info: Info, input: CreateCourseInput) -> CoursePayload:
        """Make a course from a GPX file, or from a run of yours: resampled, smoothed as an analysis smooths a run."""
        viewer = info.context.viewer
        viewer.require(Scope.TRAINING_WRITE)  # before anything is read into memory
        if (input.file is None) == (input.run_id is None):
            raise OneGround
        courses, computing, ids = await info.context.services.aget(CourseRepository, Computing, Ids)
        waypoints = None if input.waypoints is None else as_waypoints(input.waypoints)
        if input.run_id is not None:
            run_id = id_of("Run", input.run_id)
            if run_id is None:
                raise CourseRunUnknown
            made = await use_cases.create_course_from_run(
                run_id,
                name=input.name,
                waypoints=waypoints,
                viewer=viewer,
                once=info.context.once(input),
                courses=courses,
                computing=computing,
                ids=ids,
            )
            return CoursePayload.of(made)
        files, settings = await info.context.services.aget(CourseFiles, Settings)
        file = await _taken(input.file, settings.upload_max_mb)
        fingerprint = await asyncio.to_thread(_fingerprint, file)
        made = await use_cases.create_course_from_file(
            file,
            name=input.name,
            waypoints=waypoints,
            viewer=viewer,
            once=info.context.once(input, fingerprint),
            courses=courses,
            files=files,
            computing=computing,
            ids=ids,
        )
        return CoursePayload.of(made)

    @mutation
    async def update_course(self, info: Info, input: UpdateCourseInput) -> CoursePayload:
        """Call a course otherwise."""
        viewer, once = info.context.viewer, info.context.once(input)
        courses = await info.context.services.aget(CourseRepository)
        course_id = _course_id(input.id)
        return CoursePayload(
            id=await use_cases.rename_course(course_id, input.name, viewer=viewer, once=once, courses=courses)
        )

    @mutation
    async def set_waypoints(self, info: Info, input: SetWaypointsInput) -> CoursePayload:
        """Put aid stations, cut-offs and other places on a course, in place of all that were there.

        Throttle plans stay as they are; a replan heeds the new ones.
        """
        viewer, once = info.context.viewer, info.context.once(input)
        viewer.require(Scope.TRAINING_WRITE)
        courses, computing = await info.context.services.aget(CourseRepository, Computing)
        course_id = _course_id(input.course_id, "courseId")
        try:
            made = await use_cases.set_waypoints(
                course_id, as_waypoints(input.waypoints), viewer=viewer, once=once, courses=courses, computing=computing
            )
        except CourseNotFound as refusal:
            refusal.field = ("courseId",)
            raise
        return CoursePayload.of(made)

    @mutation
    async def delete_course(self, info: Info, input: CourseIdInput) -> DeletedPayload:
        """Delete a course, and all throttle plans along it."""
        viewer, once = info.context.viewer, info.context.once(input)
        courses = await info.context.services.aget(CourseRepository)
        course_id = _course_id(input.id)
        await use_cases.delete_course(course_id, viewer=viewer, once=once, courses=courses)
        return DeletedPayload(deleted_id=strawberry.ID(node_id("Course", course_id)))


async def _taken(upload: object, max_mb: int) -> CourseFile:
    """The file as it came; one that is too large is not even read into memory."""
    if not isinstance(upload, UploadFile):
        raise CourseNotUploaded  # the Upload scalar lets any JSON value pass
    if (upload.size or 0) > max_mb * 1_000_000:
        raise CourseFileTooLarge(max_mb * 1_000_000)
    await upload.seek(0)  # another field of this request may have read it
    return CourseFile(upload.filename or "course.gpx", await upload.read())


def _fingerprint(file: CourseFile) -> str:
    return f"{told_name(file.name)}:{sha256(file.content).hexdigest()}"


def _course_id(text: str, field: str = "id") -> CourseId:
    id = id_of("Course", text)
    if id is None:
        raise CourseNotFound(field=(field,))
    return CourseId(id)
