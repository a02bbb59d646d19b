"""Where courses are kept."""

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from domain.courses.drawing import CourseFile, DrawnCourse
from domain.courses.model import Course, CourseGround, CourseId
from domain.runs.recording import Samples
from domain.shared.once import Once
from domain.shared.viewer import Viewer


class CourseFiles(Protocol):
    """Reads what route planners, watches and Cairn itself write of a course."""

    def read(self, file: CourseFile) -> DrawnCourse:
        """The course in a file, packed or not. Raises a UserError of domain.courses.refusals, or of unpacking."""
        ...


class CourseRepository(Protocol):
    """Courses as one viewer may see them: another's course is CourseNotFound, never Forbidden."""

    async def add(self, course: Course, ground: CourseGround, *, once: Once | None) -> CourseId:
        """Store a new course."""
        ...

    async def update(
        self, course_id: CourseId, viewer: Viewer, change: Callable[[Course], Course], *, once: Once | None
    ) -> CourseId:
        """Lock the course, store what `change` makes of it. `change` is pure, so it may run again.

        Raises CourseNotFound.
        """
        ...

    async def remove(self, course_id: CourseId, viewer: Viewer, *, once: Once | None) -> CourseId:
        """Delete a course, and the throttle plans along it. Raises CourseNotFound."""
        ...

    async def answered(self, once: Once | None) -> CourseId | None:
        """The course that a key was answered with before, also when it is gone by now; None for a new key or none.

        To be asked before anything is worked out. Raises IdempotencyKeyReused.
        """
        ...

    async def with_ground(self, course_id: CourseId, viewer: Viewer) -> tuple[Course, CourseGround]:
        """A course and its ground. Raises CourseNotFound."""
        ...

    async def samples_of_run(self, run_id: UUID, viewer: Viewer) -> tuple[str, Samples] | None:
        """The name and the points of a recorded run of the viewer's; None without such a run, or without its points."""
        ...
