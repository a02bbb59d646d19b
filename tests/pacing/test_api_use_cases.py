"""What an athlete does with throttle plans: who may, in which lane it is computed, and what happens meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

import pytest

from app.pacing.use_cases import create_throttle_plan, delete_throttle_plan, replan_throttle
from domain.courses.model import Course, CourseGround, Waypoint
from domain.courses.refusals import CourseNotFound
from domain.pacing.meanwhile import ThrottlePlanChanged
from domain.pacing.model import Following, Goal, GoalKind, ThrottlePlan, ThrottlePlanId
from domain.pacing.on_the_way.whereabouts import Sighting, WhereToldOddly
from domain.pacing.refusals import TerrainFactorOutOfBounds, ThrottlePlanNotFound
from domain.pacing.wish import PlanWish, StartFarOff
from domain.shared.errors import Forbidden
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.plans_to_take import ATHLETE, STARTS_AT, WAYPOINTS, a_course, a_ground
from tests.fakes.pacing import Computed, FakeThrottlePlans, NoHistory

T = TypeVar("T")
VIEWER = Viewer(ATHLETE, frozenset(Scope))
STRANGER = Viewer(UUID(int=66), frozenset(Scope))
PLAN = ThrottlePlanId(UUID(int=1_000))
DAY = date(2026, 7, 4)
ONCE = Once(ATHLETE, "a key", "a request")
GROUND = a_ground(10_000.0, 2_000, climb_m=100.0)
COURSE = a_course(GROUND, WAYPOINTS[0])
HALF_WAY = Sighting(at=STARTS_AT + timedelta(minutes=35), distance_m=5_100.0)


class Pacing:
    """One athlete's plans along one course."""

    def __init__(self, course: Course = COURSE, ground: CourseGround = GROUND) -> None:
        self.course = course
        self.plans, self.histories, self.computing = FakeThrottlePlans((course, ground)), NoHistory(), Computed()

    async def create(
        self, viewer: Viewer = VIEWER, once: Once | None = None, plan_id: ThrottlePlanId = PLAN
    ) -> ThrottlePlan:
        wish = PlanWish(course_id=self.course.id, goal=Goal(kind=GoalKind.LEAST_TIME), starts_at=STARTS_AT)
        made = await create_throttle_plan(
            plan_id,
            wish,
            DAY,
            viewer=viewer,
            once=once,
            courses=self.plans,  # type: ignore[arg-type]  # it has the one method that is called
            histories=self.histories,
            plans=self.plans,
            computing=self.computing,
        )
        return self.plans.plans[made]

    async def replan(
        self, seen: Sighting = HALF_WAY, viewer: Viewer = VIEWER, once: Once | None = None
    ) -> ThrottlePlan:
        made = await replan_throttle(PLAN, seen, viewer=viewer, once=once, plans=self.plans, computing=self.computing)
        return self.plans.plans[made]


async def test_a_new_plan_is_of_the_course_from_its_start_to_its_finish() -> None:
    plan = await Pacing().create()

    assert plan.planned_steps == plan.now.steps
    assert plan.now.steps[0].start_m == 0.0
    assert plan.now.steps[-1].end_m == pytest.approx(10_000.0)
    assert (plan.athlete_id, plan.course_id, plan.starts_at, plan.version) == (ATHLETE, COURSE.id, STARTS_AT, 1)


async def test_a_new_plan_stands_on_what_was_before_its_day_and_is_no_urgent_work() -> None:
    pacing = Pacing()

    await pacing.create()

    assert pacing.histories.days == [DAY]
    assert pacing.computing.asked == [(ATHLETE, False)]


async def test_nobody_plans_another_s_course() -> None:
    with pytest.raises(CourseNotFound):
        await Pacing().create(viewer=STRANGER)


async def test_who_may_only_read_plans_nothing() -> None:
    reader = Viewer(ATHLETE, frozenset({Scope.TRAINING_READ}))
    pacing = Pacing()
    await pacing.create()

    for refused in (pacing.create(viewer=reader), pacing.replan(viewer=reader)):
        with pytest.raises(Forbidden):
            await refused
    with pytest.raises(Forbidden):
        await delete_throttle_plan(PLAN, viewer=reader, once=None, plans=pacing.plans)


async def test_a_key_that_came_before_is_answered_without_computing_again() -> None:
    pacing = Pacing()
    await pacing.create(once=ONCE)

    again = await pacing.create(once=ONCE, plan_id=ThrottlePlanId(UUID(int=2_000)))

    assert again.id == PLAN
    assert len(pacing.computing.asked) == 1


async def test_a_replan_with_a_key_that_came_before_changes_nothing() -> None:
    pacing = Pacing()
    await pacing.create()
    first = await pacing.replan(once=ONCE)

    assert await pacing.replan(once=ONCE) == first
    assert len(pacing.computing.asked) == 2


async def test_a_key_is_not_used_for_another_request() -> None:
    pacing = Pacing()
    await pacing.create(once=ONCE)

    with pytest.raises(IdempotencyKeyReused):
        await pacing.replan(once=replace(ONCE, fingerprint="another"))


async def test_a_replan_begins_where_the_runner_is_and_is_urgent() -> None:
    pacing = Pacing()
    planned = await pacing.create()

    plan = await pacing.replan()

    assert plan.replan is not None
    assert (plan.replan.distance_m, plan.now.steps[0].start_m) == (5_100.0, 5_100.0)
    assert plan.planned_steps == planned.planned_steps
    assert pacing.computing.asked[-1] == (ATHLETE, True)


async def test_a_position_is_as_good_as_a_distance() -> None:
    pacing, at = Pacing(), 1_020  # the grid point at 5,100 m
    await pacing.create()
    assert GROUND.latitude is not None
    assert GROUND.longitude is not None

    plan = await pacing.replan(
        replace(HALF_WAY, distance_m=None, position=(float(GROUND.latitude[at]), float(GROUND.longitude[at])))
    )

    assert plan.replan is not None
    assert plan.replan.distance_m == pytest.approx(5_100.0, abs=1)


async def test_a_replan_is_computed_from_what_somebody_else_made_of_the_plan_meanwhile() -> None:
    pacing = Pacing()
    await pacing.create()
    pacing.plans.meanwhile = [lambda plan: replace(plan, terrain_factor=1.5)]

    plan = await pacing.replan()

    assert plan.terrain_factor == 1.5
    assert plan.replan is not None
    assert pacing.plans.looks[PLAN] == 2


async def test_a_feed_that_a_plan_follows_stays_where_it_has_moved_on_to_meanwhile() -> None:
    pacing = Pacing()
    followed = Following(topic_id=UUID(int=3), source="12", offset=4)
    pacing.plans.plans[PLAN] = replace(await pacing.create(), following=followed)

    class WhileTheFeedMovesOn(Computed):
        async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
            pacing.plans.plans[PLAN] = replace(pacing.plans.plans[PLAN], following=replace(followed, offset=9))
            return await super().run(work, of=of, urgent=urgent)

    pacing.computing = WhileTheFeedMovesOn()
    plan = await pacing.replan()

    assert plan.following == replace(followed, offset=9)
    assert plan.replan is not None


async def test_on_the_way_a_plan_heeds_what_the_course_has_become() -> None:
    pacing = Pacing()
    await pacing.create()
    hut = Waypoint(name="New Hut", distance_m=8_000.0, stop_s=300.0)
    pacing.plans.courses[COURSE.id] = (COURSE.with_waypoints([*COURSE.waypoints, hut]), GROUND)

    plan = await pacing.replan()

    assert {step.waypoint: step.stop_s for step in plan.now.steps if step.waypoint} == {"New Hut": 300.0}


async def test_a_plan_that_changes_all_the_time_is_a_conflict() -> None:
    pacing = Pacing()
    await pacing.create()
    pacing.plans.meanwhile = [lambda plan: replace(plan, terrain_factor=plan.terrain_factor + 0.1)] * 5

    with pytest.raises(ThrottlePlanChanged):
        await pacing.replan()
    assert pacing.plans.plans[PLAN].replan is None
    assert pacing.plans.looks[PLAN] == 3


async def test_nobody_replans_or_deletes_another_s_plan() -> None:
    pacing = Pacing()
    await pacing.create()

    with pytest.raises(ThrottlePlanNotFound):
        await pacing.replan(viewer=STRANGER)
    with pytest.raises(ThrottlePlanNotFound):
        await delete_throttle_plan(PLAN, viewer=STRANGER, once=None, plans=pacing.plans)


async def test_a_plan_is_deleted() -> None:
    pacing = Pacing()
    await pacing.create()

    await delete_throttle_plan(PLAN, viewer=VIEWER, once=None, plans=pacing.plans)

    assert pacing.plans.plans == {}


@pytest.mark.parametrize("where", [{}, {"distance_m": 1.0, "position": (46.0, 7.0)}])
def test_where_a_runner_is_is_said_in_one_way(where: dict[str, object]) -> None:
    with pytest.raises(WhereToldOddly):
        Sighting(at=STARTS_AT, **where)  # type: ignore[arg-type]


@pytest.mark.parametrize("year", [1, 1999, 2200, 9999])
def test_a_start_is_in_a_year_in_which_somebody_runs(year: int) -> None:
    with pytest.raises(StartFarOff):
        PlanWish(course_id=COURSE.id, goal=Goal(kind=GoalKind.LEAST_TIME), starts_at=STARTS_AT.replace(year=year))


def test_no_ground_costs_less_than_smooth_ground() -> None:
    with pytest.raises(TerrainFactorOutOfBounds):
        PlanWish(course_id=COURSE.id, goal=Goal(kind=GoalKind.LEAST_TIME), terrain_factor=0.9)
