"""Ground is made beside the event loop, after it is known that the athlete may, and for one athlete at a time."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import pytest

from app.courses import use_cases
from domain.courses.drawing import CourseFile
from domain.courses.model import Course, CourseGround, CourseId, CourseSource
from domain.courses.refusals import CourseRunUnknown, NoAltitudes, TooManyWaypoints, WaypointBad
from domain.courses.waypoints import GivenWaypoint
from domain.runs.recording import Samples
from domain.shared.errors import Forbidden
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from infrastructure.formats.course_gpx import GpxCourseFiles
from tests.factories.course_files import a_climb, a_track, a_wpt, course_gpx, samples_of

T = TypeVar("T")
ADA = Viewer(UUID(int=1), frozenset({Scope.TRAINING_WRITE, Scope.TRAINING_READ}))
READER = Viewer(UUID(int=1), frozenset({Scope.TRAINING_READ}))
WRITER = Viewer(UUID(int=1), frozenset({Scope.TRAINING_WRITE}))


class FakeComputing:
    """Does the work at once, and remembers for whom."""

    def __init__(self) -> None:
        self.asked: list[UUID] = []

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        assert not urgent
        self.asked.append(of)
        return work()


class FakeIds:
    """Always the same."""

    def new(self) -> UUID:
        return UUID(int=9)


class FakeCourses:
    """One course at most, and the points of one run."""

    def __init__(self, samples: Samples | None = None) -> None:
        self.samples = samples
        self.stored: tuple[Course, CourseGround] | None = None
        self.keys: set[str] = set()

    async def answered(self, once: Once | None) -> CourseId | None:
        return CourseId(UUID(int=9)) if once is not None and once.key in self.keys else None

    async def add(self, course: Course, ground: CourseGround, *, once: Once | None) -> CourseId:
        self.stored = (course, ground)
        return course.id

    async def update(
        self, course_id: CourseId, viewer: Viewer, change: Callable[[Course], Course], *, once: Once | None
    ) -> CourseId:
        course, ground = await self.with_ground(course_id, viewer)
        self.stored = (change(course), ground)
        return course_id

    async def remove(self, course_id: CourseId, viewer: Viewer, *, once: Once | None) -> CourseId:
        self.stored = None
        return course_id

    async def with_ground(self, course_id: CourseId, viewer: Viewer) -> tuple[Course, CourseGround]:
        assert self.stored is not None
        return self.stored

    async def samples_of_run(self, run_id: UUID, viewer: Viewer) -> tuple[str, Samples] | None:
        return None if self.samples is None else ("Evening run", self.samples)


async def from_file(
    courses: FakeCourses,
    computing: FakeComputing,
    *,
    viewer: Viewer = ADA,
    content: bytes | None = None,
    waypoints: list[GivenWaypoint] | None = None,
    once: Once | None = None,
) -> use_cases.CourseMade:
    return await use_cases.create_course_from_file(
        CourseFile("ridge.gpx", content or course_gpx()),
        name=None,
        waypoints=waypoints,
        viewer=viewer,
        once=once,
        courses=courses,
        files=GpxCourseFiles(),
        computing=computing,
        ids=FakeIds(),
    )


async def from_run(
    courses: FakeCourses, computing: FakeComputing, *, viewer: Viewer = ADA, once: Once | None = None
) -> use_cases.CourseMade:
    return await use_cases.create_course_from_run(
        UUID(int=5),
        name=None,
        waypoints=[GivenWaypoint(name="Hut", distance_m=100.0)],
        viewer=viewer,
        once=once,
        courses=courses,
        computing=computing,
        ids=FakeIds(),
    )


async def test_a_file_is_read_and_smoothed_beside_the_event_loop() -> None:
    courses, computing = FakeCourses(), FakeComputing()
    await from_file(courses, computing)
    assert computing.asked == [ADA.athlete_id]
    assert courses.stored is not None
    course, ground = courses.stored
    assert (course.name, course.source, course.length_m) == ("Over the ridge", CourseSource.FILE, ground.length_m)


async def test_a_run_is_smoothed_beside_the_event_loop() -> None:
    courses, computing = FakeCourses(samples_of(a_climb(1_000))), FakeComputing()
    await from_run(courses, computing)
    assert computing.asked == [ADA.athlete_id]
    assert courses.stored is not None
    course, _ = courses.stored
    assert (course.name, course.run_id, course.waypoints[0].name) == ("Evening run", UUID(int=5), "Hut")


async def test_without_the_points_of_a_run_there_is_no_course() -> None:
    with pytest.raises(CourseRunUnknown):
        await from_run(FakeCourses(), FakeComputing())


async def test_nothing_is_read_for_who_may_not_write() -> None:
    computing = FakeComputing()
    with pytest.raises(Forbidden):
        await from_file(FakeCourses(), computing, viewer=READER)
    assert computing.asked == []


async def test_a_run_gives_its_ground_only_to_who_may_read_it() -> None:
    with pytest.raises(Forbidden):
        await from_run(FakeCourses(samples_of(a_climb(1_000))), FakeComputing(), viewer=WRITER)


async def test_a_refusal_names_the_field_that_the_ground_came_by() -> None:
    with pytest.raises(NoAltitudes) as refused:
        await from_file(FakeCourses(), FakeComputing(), content=course_gpx(a_track(heights=False)))
    assert refused.value.field == ("file",)


HURRIED = course_gpx(
    a_wpt("Hut", 1_000, inside="<extensions><cairn:cutoffS>200</cairn:cutoffS></extensions>"),
    a_wpt("Top", 3_000, inside="<extensions><cairn:cutoffS>100</cairn:cutoffS></extensions>"),
    a_track(),
)


async def test_a_cut_off_out_of_order_in_a_file_is_the_file_s_fault() -> None:
    with pytest.raises(WaypointBad, match="'Top': its cut-off is before that of 'Hut'") as refused:
        await from_file(FakeCourses(), FakeComputing(), content=HURRIED)
    assert refused.value.field == ("file",)


async def test_a_cut_off_out_of_order_in_the_input_is_the_input_s_fault() -> None:
    given = [GivenWaypoint(name=f"At {at}", distance_m=at, cutoff_s=1_000.0 - at) for at in (100.0, 200.0)]
    with pytest.raises(WaypointBad) as refused:
        await from_file(FakeCourses(), FakeComputing(), content=HURRIED, waypoints=given)
    assert refused.value.field == ("waypoints",)


async def test_a_key_that_came_before_is_answered_without_reading_anything() -> None:
    courses, computing = FakeCourses(), FakeComputing()
    courses.keys.add("k")
    once = Once(ADA.athlete_id, "k", "the same")
    waypoints = use_cases.set_waypoints(
        CourseId(UUID(int=9)), [], viewer=ADA, once=once, courses=courses, computing=computing
    )
    file, run = from_file(courses, computing, content=b"junk", once=once), from_run(courses, computing, once=once)
    assert {(await made).id for made in (file, run, waypoints)} == {UUID(int=9)}
    assert (computing.asked, courses.stored) == ([], None)


async def test_a_run_s_altitudes_that_stand_out_are_told() -> None:
    way = a_climb(1_000)
    way.altitude_m[20] = 0.0
    made = await from_run(FakeCourses(samples_of(way)), FakeComputing())
    assert [one.count for one in made.set_aside] == [1]


async def test_waypoints_are_looked_for_beside_the_event_loop() -> None:
    courses, computing = FakeCourses(), FakeComputing()
    await from_file(courses, computing)
    await use_cases.set_waypoints(
        CourseId(UUID(int=9)),
        [GivenWaypoint(name="Hut", distance_m=100.0)],
        viewer=ADA,
        once=None,
        courses=courses,
        computing=computing,
    )
    assert computing.asked == [ADA.athlete_id] * 2
    assert courses.stored is not None
    assert [one.name for one in courses.stored[0].waypoints] == ["Hut"]


async def test_too_many_waypoints_are_refused_before_anything_is_read() -> None:
    with pytest.raises(TooManyWaypoints):
        await use_cases.set_waypoints(
            CourseId(UUID(int=9)),
            [GivenWaypoint(name="Hut", distance_m=100.0)] * 201,
            viewer=ADA,
            once=None,
            courses=FakeCourses(),
            computing=FakeComputing(),
        )
