"""What an athlete does with throttle plans: have one made for a course, and made anew on the way."""

from dataclasses import replace
from datetime import date
from functools import partial

from domain.courses.model import Course, CourseGround
from domain.courses.ports import CourseRepository
from domain.courses.refusals import CourseNotFound
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.runner_of import runner_of
from domain.pacing.meanwhile import ThrottlePlanChanged, in_place_of
from domain.pacing.model import ThrottlePlan, ThrottlePlanId
from domain.pacing.on_the_way.replan import replan
from domain.pacing.on_the_way.whereabouts import Sighting
from domain.pacing.plan import plan_course
from domain.pacing.ports import Change, PacingHistories, ThrottlePlanRepository
from domain.pacing.wish import PlanWish
from domain.shared.once import Once
from domain.shared.ports import Computing
from domain.shared.viewer import Scope, Viewer

ATTEMPTS = 3


async def create_throttle_plan(
    plan_id: ThrottlePlanId,
    wish: PlanWish,
    day: date,
    *,
    viewer: Viewer,
    once: Once | None,
    courses: CourseRepository,
    histories: PacingHistories,
    plans: ThrottlePlanRepository,
    computing: Computing,
) -> ThrottlePlanId:
    """Plan a course of the viewer's as their body and runs were before `day`.

    Raises CourseNotFound, and what planning raises.
    """
    viewer.require(Scope.TRAINING_WRITE)
    if once is not None and (answer := await plans.answered(once)) is not None:
        return answer
    try:
        course, ground = await courses.with_ground(wish.course_id, viewer)
    except CourseNotFound as refusal:
        refusal.field = ("courseId",)
        raise
    history = await histories.before(day, viewer)
    plan = await computing.run(partial(_planned, plan_id, wish, course, ground, history), of=viewer.athlete_id)
    return await plans.add(plan, once=once)


async def replan_throttle(
    plan_id: ThrottlePlanId,
    seen: Sighting,
    *,
    viewer: Viewer,
    once: Once | None,
    plans: ThrottlePlanRepository,
    computing: Computing,
) -> ThrottlePlanId:
    """Plan anew from where the runner was seen; who changes the plan meanwhile is not overwritten.

    Raises ThrottlePlanNotFound, what planning anew raises, and ThrottlePlanChanged when others are always quicker.
    """
    viewer.require(Scope.TRAINING_WRITE)
    if once is not None and (answer := await plans.answered(once)) is not None:
        return answer
    for _ in range(ATTEMPTS):
        plan, course, ground = await plans.to_replan(plan_id, viewer)
        work = partial(_replanned, plan, course, ground, seen)
        replanned = await computing.run(work, of=viewer.athlete_id, urgent=True)
        try:
            return await plans.update(plan_id, viewer, _in_place_of(plan, replanned), once=once)
        except ThrottlePlanChanged:
            continue
    raise ThrottlePlanChanged


async def delete_throttle_plan(
    plan_id: ThrottlePlanId, *, viewer: Viewer, once: Once | None, plans: ThrottlePlanRepository
) -> ThrottlePlanId:
    """Delete a plan; its course stays. Raises ThrottlePlanNotFound."""
    viewer.require(Scope.TRAINING_WRITE)
    return await plans.remove(plan_id, viewer, once=once)


def _planned(
    plan_id: ThrottlePlanId, wish: PlanWish, course: Course, ground: CourseGround, history: PacingHistory
) -> ThrottlePlan:
    runner, basis = runner_of(history)
    made = plan_course(ground, course.waypoints, runner, basis, wish.goal, wish.terrain_factor, wish.starts_at)
    return ThrottlePlan(
        id=plan_id,
        athlete_id=course.athlete_id,
        course_id=course.id,
        goal=wish.goal,
        terrain_factor=wish.terrain_factor,
        starts_at=wish.starts_at,
        runner=made.runner,
        basis=made.basis,
        planned_steps=made.planned.steps,
        now=made.planned,
    )


def _in_place_of(seen: ThrottlePlan, replanned: ThrottlePlan) -> Change:
    """A feed that the plan follows may have moved on meanwhile: that makes no new version, and stays."""
    change = in_place_of(seen, replanned)
    return lambda stored: replace(change(stored), following=stored.following)


def _replanned(plan: ThrottlePlan, course: Course, ground: CourseGround, seen: Sighting) -> ThrottlePlan:
    return replan(plan, ground, course.waypoints, seen.along(plan, ground))
