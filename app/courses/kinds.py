"""The words of courses that inputs and answers share."""

from app.edge.declaring.enums import enum_type
from domain.courses.model import CourseSource, WaypointKind

__all__ = ["CourseSource", "WaypointKind"]

enum_type("Where the ground of a course comes from.", FILE="A GPX file.", RUN="A recorded run.")(CourseSource)
enum_type(
    "What a place on a course is.",
    AID_STATION="Food or water.",
    CHECKPOINT="Where runners are timed or counted.",
    SUMMIT="A top.",
    OTHER="Anything else.",
)(WaypointKind)
