"""Throttle plans, courses and histories in memory, and computing on the spot."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar
from uuid import UUID

import numpy as np

from domain.courses.model import Course, CourseGround, CourseId
from domain.courses.refusals import CourseNotFound
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.model import ThrottlePlan, ThrottlePlanId
from domain.pacing.ports import Change
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.viewer import Viewer

T = TypeVar("T")


class Computed:
    """The Computing port, at once; it remembers for whom, and how urgent it was."""

    def __init__(self) -> None:
        self.asked: list[tuple[UUID, bool]] = []

    async def run(self, work: Callable[[], T], *, of: UUID, urgent: bool = False) -> T:
        self.asked.append((of, urgent))
        return work()


class NoHistory:
    """The PacingHistories port for somebody who never ran; it remembers which days were asked of."""

    def __init__(self) -> None:
        self.days: list[date] = []

    async def before(self, day: date, viewer: Viewer) -> PacingHistory:
        self.days.append(day)
        nothing = np.empty(0)
        return PacingHistory(
            physiology=None,
            efforts=(),
            run=np.empty(0, dtype=np.int64),
            start_s=nothing,
            start_m=nothing,
            length_m=nothing,
            moving_s=nothing,
            mean_grade=nothing,
            heart_rate=nothing,
            walking=np.empty(0, dtype=np.bool_),
        )


class FakeThrottlePlans:
    """The ThrottlePlanRepository port, with the courses that the plans are along (of CourseRepository, `with_ground`).

    Changes in `meanwhile` are made, one at a time, between a plan's being read to replan it and its being written.
    """

    def __init__(self, *courses: tuple[Course, CourseGround]) -> None:
        self.courses = {course.id: (course, ground) for course, ground in courses}
        self.plans: dict[ThrottlePlanId, ThrottlePlan] = {}
        self.meanwhile: list[Change] = []
        self.looks: dict[ThrottlePlanId, int] = defaultdict(int)
        self._answers: dict[tuple[UUID, str], tuple[str, ThrottlePlanId]] = {}

    async def with_ground(self, course_id: CourseId, viewer: Viewer) -> tuple[Course, CourseGround]:
        course = self.courses.get(course_id)
        if course is None or course[0].athlete_id != viewer.athlete_id:
            raise CourseNotFound(field=("courseId",))
        return course

    async def add(self, plan: ThrottlePlan, *, once: Once | None) -> ThrottlePlanId:
        if once is not None and (answer := await self.answered(once)) is not None:
            return answer
        self.plans[plan.id] = plan
        return self._answer(once, plan.id)

    async def update(
        self, plan_id: ThrottlePlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> ThrottlePlanId:
        if once is not None and (answer := await self.answered(once)) is not None:
            return answer
        if self.meanwhile:
            self._change(plan_id, viewer, self.meanwhile.pop())
        self._change(plan_id, viewer, change)
        return self._answer(once, plan_id)

    async def answered(self, once: Once) -> ThrottlePlanId | None:
        fingerprint, answer = self._answers.get((once.athlete_id, once.key), (once.fingerprint, None))
        if fingerprint != once.fingerprint:
            raise IdempotencyKeyReused
        return answer

    async def remove(self, plan_id: ThrottlePlanId, viewer: Viewer, *, once: Once | None) -> ThrottlePlanId:
        del self.plans[self._plan(plan_id, viewer).id]
        return self._answer(once, plan_id)

    async def to_replan(self, plan_id: ThrottlePlanId, viewer: Viewer) -> tuple[ThrottlePlan, Course, CourseGround]:
        self.looks[plan_id] += 1
        plan = self._plan(plan_id, viewer)
        return plan, *self.courses[plan.course_id]

    async def version(self, plan_id: UUID, viewer: Viewer) -> int | None:
        plan = self.plans.get(ThrottlePlanId(plan_id))
        return None if plan is None or plan.athlete_id != viewer.athlete_id else plan.version

    def _plan(self, plan_id: ThrottlePlanId, viewer: Viewer) -> ThrottlePlan:
        plan = self.plans.get(plan_id)
        if plan is None or plan.athlete_id != viewer.athlete_id:
            raise ThrottlePlanNotFound
        return plan

    def _change(self, plan_id: ThrottlePlanId, viewer: Viewer, change: Change) -> None:
        before = self._plan(plan_id, viewer)
        after = change(before)
        assert change(before) == after, "a change has to be pure: it may run again"
        self.plans[plan_id] = replace(after, version=before.version + 1)

    def _answer(self, once: Once | None, plan_id: ThrottlePlanId) -> ThrottlePlanId:
        if once is not None:
            self._answers[once.athlete_id, once.key] = (once.fingerprint, plan_id)
        return plan_id
