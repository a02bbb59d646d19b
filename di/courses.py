"""Which adapter stands behind which port of courses."""

from svcs import Registry

from domain.courses.ports import CourseFiles, CourseRepository
from infrastructure.courses.repository import PostgresCourseRepository
from infrastructure.courses.tables import CourseRow
from infrastructure.courses.view import VIEWS
from infrastructure.database.engine import Database
from infrastructure.formats.course_gpx import GpxCourseFiles

__all__ = ["TABLES", "VIEWS", "register_courses"]

TABLES = (CourseRow,)


def register_courses(registry: Registry, database: Database) -> None:
    """Fill in what courses need."""
    registry.register_value(CourseRepository, PostgresCourseRepository(database))
    registry.register_value(CourseFiles, GpxCourseFiles())
