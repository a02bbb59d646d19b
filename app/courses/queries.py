"""Reading courses."""

import strawberry

from app.context import Info
from app.courses.types import Course
from app.edge.compiling.reads import reads_one, reads_page
from app.edge.declaring.relay import Connection


@strawberry.type
class CourseQueries:
    """Root fields about courses."""

    @reads_one(Course)
    def course(self, info: Info, id: strawberry.ID) -> Course | None:
        """One course of the viewer's; null when there is none with this id."""

    @reads_page
    def courses(  # type: ignore[empty-body]
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Course]:
        """The viewer's courses, newest first."""
