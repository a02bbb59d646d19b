"""Courses put into the database as they are, and throttle plans made along them over HTTP."""

from typing import Any
from uuid import UUID

from svcs import Container, Registry

from domain.courses.model import Course, CourseGround, CourseId, CourseSource, Waypoint
from domain.courses.ports import CourseRepository
from domain.shared.node_ids import id_of, node_id
from domain.shared.ports import Ids
from tests.conftest import Athlete
from tests.factories.plan_requests import done
from tests.factories.plans_to_take import a_ground

NOBODY_S = UUID(int=7)
START = "2026-07-04T04:00:00.000Z"
HILLS = a_ground(10_000.0, 2_000, climb_m=100.0)
AID = Waypoint(name="Old Mill", distance_m=5_000.0, stop_s=120.0, cutoff_s=7_200.0)


async def a_course_of(
    athlete: Athlete, registry: Registry, *waypoints: Waypoint, ground: CourseGround = HILLS, name: str = "Two hills"
) -> str:
    """The id of a new course of an athlete's."""
    viewer = await athlete.get("{ viewer { id } }")
    athlete_id = id_of("Viewer", viewer["viewer"]["id"])
    assert athlete_id is not None
    async with Container(registry) as services:
        courses, ids = await services.aget(CourseRepository, Ids)
    course = Course(
        id=CourseId(ids.new()),
        athlete_id=athlete_id,
        name=name,
        source=CourseSource.FILE,
        run_id=None,
        length_m=ground.length_m,
        waypoints=waypoints,
    )
    await courses.add(course, ground, once=None)
    return node_id("Course", course.id)


async def a_throttle_plan_of(athlete: Athlete, course_id: str, **given: Any) -> str:
    """The id of a new plan."""
    input = {"courseId": course_id, "startAt": START} | given
    made = await done(athlete, "createThrottlePlan", input, "throttlePlan { id }")
    plan_id: str = made["throttlePlan"]["id"]
    return plan_id
