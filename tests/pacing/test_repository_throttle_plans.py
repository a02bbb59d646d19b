"""Throttle plans in PostgreSQL: what is stored comes back, only changes count, and another's plan is not there."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.accounts.ports import AthleteRepository, Claims
from domain.courses.model import CourseId
from domain.courses.ports import CourseRepository
from domain.courses.refusals import CourseNotFound
from domain.pacing.model import Replan, ThrottlePlan, ThrottlePlanId
from domain.pacing.ports import throttle_plan_channel
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Scope, Viewer
from infrastructure.database.engine import Database
from infrastructure.pacing.repository import PostgresThrottlePlanRepository
from tests.factories.plans_to_take import WAYPOINTS, a_ground, a_plan_to_take, without_positions

GROUND = a_ground(20_000.0, 4_000)
REPORTED = Replan(
    distance_m=1_000.0, at=datetime(2026, 7, 4, 5, tzinfo=UTC), heart_rate=None, behind_s=-2.5, today=None
)


class Told:
    """The Bus port, of which only what is published matters."""

    def __init__(self) -> None:
        self.channels: list[str] = []

    async def publish(self, channel: str, message: str = "") -> None:
        self.channels.append(channel)


class Kept:
    """One athlete's plans, as they are stored."""

    def __init__(self, database: Database, courses: CourseRepository, ids: Ids, viewer: Viewer) -> None:
        self.told = Told()
        self.plans = PostgresThrottlePlanRepository(database, self.told)  # type: ignore[arg-type]  # it only publishes
        self.courses, self.ids, self.viewer = courses, ids, viewer

    async def add(self, *, positions: bool = True, **given: Any) -> ThrottlePlan:
        """A plan along a course of its own."""
        course_id, athlete = CourseId(self.ids.new()), self.viewer.athlete_id
        ground = GROUND if positions else without_positions(GROUND)
        made = a_plan_to_take(ground, starts_at=None, count=4)
        await self.courses.add(replace(made.course, id=course_id, athlete_id=athlete), ground, once=None)
        plan = replace(made.plan, id=ThrottlePlanId(self.ids.new()), athlete_id=athlete, course_id=course_id, **given)
        await self.plans.add(plan, once=None)
        return plan

    async def change(self, plan: ThrottlePlan, **changes: Any) -> None:
        await self.plans.update(plan.id, self.viewer, lambda before: replace(before, **changes), once=None)

    async def read(self, plan: ThrottlePlan) -> ThrottlePlan:
        stored, _, _ = await self.plans.to_replan(plan.id, self.viewer)
        return stored


async def a_viewer(services: Container, name: str) -> Viewer:
    claims = Claims("a test of plans", name, frozenset(Scope), None, None, datetime(2099, 1, 1, tzinfo=UTC))
    viewer: Viewer = await (await services.aget(AthleteRepository)).identify(claims)
    return viewer


@pytest.fixture
async def kept(app: Starlette) -> Kept:
    async with Container(app.state.registry) as services:
        database, courses, ids = await services.aget(Database, CourseRepository, Ids)
        return Kept(database, courses, ids, await a_viewer(services, "planner"))


@pytest.fixture
async def stranger(app: Starlette) -> Viewer:
    async with Container(app.state.registry) as services:
        return await a_viewer(services, "stranger")


async def test_a_plan_comes_back_with_its_course_and_the_ground(kept: Kept) -> None:
    plan = await kept.add()

    stored, course, ground = await kept.plans.to_replan(plan.id, kept.viewer)

    assert stored == plan
    assert (course.id, course.waypoints, course.length_m) == (plan.course_id, WAYPOINTS, 20_000.0)
    assert ground.profile.step_m == 5.0
    np.testing.assert_allclose(ground.profile.altitude_m, GROUND.profile.altitude_m, atol=0.006)
    np.testing.assert_allclose(ground.profile.grade, GROUND.profile.grade, atol=0.003)
    assert ground.latitude is not None
    assert GROUND.latitude is not None
    np.testing.assert_allclose(ground.latitude, GROUND.latitude, atol=1e-7)


async def test_the_ground_to_replan_on_is_the_one_that_was_planned_on(kept: Kept) -> None:
    plan = await kept.add()

    _, _, ground = await kept.plans.to_replan(plan.id, kept.viewer)
    _, same = await kept.courses.with_ground(plan.course_id, kept.viewer)

    np.testing.assert_array_equal(ground.profile.altitude_m, same.profile.altitude_m)
    np.testing.assert_array_equal(ground.longitude, same.longitude)
    assert (ground.ascent_m, ground.descent_m) == (same.ascent_m, same.descent_m)


async def test_a_course_without_positions_is_replanned_on_too(kept: Kept) -> None:
    plan = await kept.add(positions=False)

    _, _, ground = await kept.plans.to_replan(plan.id, kept.viewer)

    assert (ground.latitude, ground.longitude) == (None, None)


async def test_ground_is_looked_up_in_one_statement(kept: Kept, statements: Callable[[], Any]) -> None:
    plan = await kept.add()

    async with statements() as sent:
        await kept.plans.to_replan(plan.id, kept.viewer)

    assert len(sent) == 1


async def test_a_change_is_stored_told_and_counted(kept: Kept) -> None:
    plan = await kept.add()

    await kept.change(plan, replan=REPORTED, version=77)

    assert await kept.read(plan) == replace(plan, replan=REPORTED, version=2)
    assert await kept.plans.version(plan.id, kept.viewer) == 2
    assert kept.told.channels == [throttle_plan_channel(plan.id)]


async def test_what_changes_nothing_counts_for_nothing(kept: Kept) -> None:
    plan = await kept.add()

    await kept.change(plan)
    await kept.change(plan, version=9)

    assert await kept.plans.version(plan.id, kept.viewer) == 1


async def test_a_plan_was_made_anew_when_it_heeded_a_report_and_not_when_it_changed_otherwise(
    kept: Kept, sql: asyncpg.Connection
) -> None:
    plan = await kept.add()
    look = "select replanned_at from throttle_plan where id = $1"

    await kept.change(plan, terrain_factor=1.2)
    assert await sql.fetchval(look, plan.id) is None
    await kept.change(plan, replan=REPORTED)
    first = await sql.fetchval(look, plan.id)
    await kept.change(plan, terrain_factor=1.1)

    assert first is not None
    assert await sql.fetchval(look, plan.id) == first


async def test_changes_at_once_are_made_one_after_the_other(kept: Kept) -> None:
    plan = await kept.add()

    def rougher(before: ThrottlePlan) -> ThrottlePlan:
        return replace(before, terrain_factor=before.terrain_factor + 0.125)

    await asyncio.gather(*(kept.plans.update(plan.id, kept.viewer, rougher, once=None) for _ in range(4)))

    stored = await kept.read(plan)
    assert (stored.terrain_factor, stored.version) == (1.5, 5)


async def test_a_change_that_refuses_changes_nothing(kept: Kept) -> None:
    plan = await kept.add()

    def refuse(_: ThrottlePlan) -> ThrottlePlan:
        raise ThrottlePlanNotFound

    with pytest.raises(ThrottlePlanNotFound):
        await kept.plans.update(plan.id, kept.viewer, refuse, once=None)
    assert await kept.read(plan) == plan
    assert kept.told.channels == []


async def test_a_plan_along_no_course_of_the_athlete_s_is_not_stored(kept: Kept) -> None:
    plan = await kept.add()

    with pytest.raises(CourseNotFound):
        await kept.plans.add(
            replace(plan, id=ThrottlePlanId(kept.ids.new()), course_id=CourseId(UUID(int=5))), once=None
        )


async def test_another_s_plan_is_not_there(kept: Kept, stranger: Viewer) -> None:
    plan = await kept.add()

    assert await kept.plans.version(plan.id, stranger) is None
    for refused in (
        kept.plans.to_replan(plan.id, stranger),
        kept.plans.update(plan.id, stranger, lambda before: before, once=None),
        kept.plans.remove(plan.id, stranger, once=None),
    ):
        with pytest.raises(ThrottlePlanNotFound):
            await refused
    assert await kept.read(plan) == plan


async def test_a_plan_that_is_removed_is_gone_and_its_watchers_are_told(kept: Kept) -> None:
    plan = await kept.add()

    await kept.plans.remove(plan.id, kept.viewer, once=None)

    assert await kept.plans.version(plan.id, kept.viewer) is None
    assert kept.told.channels == [throttle_plan_channel(plan.id)]


async def test_a_key_remembers_the_plan_that_it_was_answered_with(kept: Kept) -> None:
    plan = await kept.add()
    once = Once(kept.viewer.athlete_id, f"key {plan.id}", "a request")

    assert await kept.plans.answered(once) is None
    await kept.plans.update(plan.id, kept.viewer, lambda before: before, once=once)

    assert await kept.plans.answered(once) == plan.id
