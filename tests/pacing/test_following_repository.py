"""Plans that follow live topics, as the database tells of them to every worker at once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.courses.model import CourseId
from domain.courses.ports import CourseRepository
from domain.events.model import TopicId
from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import Behind, FollowedPlans, ThrottlePlanRepository
from domain.shared.viewer import Viewer
from tests.factories.followed_plans import GROUND, a_followed_plan
from tests.factories.intake import IDS, a_topic_id, an_athlete_id
from tests.factories.plans_to_take import a_course

EVERYBODY = 10_000  # other tests' plans follow topics too
AGO = (
    "update throttle_plan set starts_at = now() - predicted_time_s * interval '1 s' - $2::text::interval where id = $1"
)


class Followers:
    """The database, with plans that follow topics."""

    def __init__(
        self,
        sql: asyncpg.Connection,
        courses: CourseRepository,
        plans: ThrottlePlanRepository,
        followed: FollowedPlans,
    ) -> None:
        self.sql, self.courses, self.plans, self.followed = sql, courses, plans, followed

    async def topic(self, head: int = 5) -> TopicId:
        topic_id = await a_topic_id(self.sql)
        await self.has_come(topic_id, head)
        return topic_id

    async def has_come(self, topic_id: TopicId, head: int) -> None:
        await self.sql.execute("update topic set head = $2 where id = $1", topic_id, head)

    async def plan(self, topic_id: TopicId, *, offset: int = 0) -> ThrottlePlanId:
        athlete_id = await an_athlete_id(self.sql)
        course = replace(a_course(GROUND), id=CourseId(IDS.new()), athlete_id=athlete_id)
        await self.courses.add(course, GROUND, once=None)
        plan = a_followed_plan(
            topic=topic_id,
            offset=offset,
            id=ThrottlePlanId(IDS.new()),
            athlete_id=athlete_id,
            course_id=course.id,
        )
        return await self.plans.add(plan, once=None)

    async def behind(self, topic_id: TopicId, most: int = EVERYBODY) -> list[Behind]:
        return [one for one in await self.followed.behind(most) if one.following.topic_id == topic_id]

    async def stored(self, plan_id: ThrottlePlanId, column: str) -> Any:
        return await self.sql.fetchval(f"select {column} from throttle_plan where id = $1", plan_id)


@pytest.fixture
async def followers(app: Starlette, sql: asyncpg.Connection) -> AsyncIterator[Followers]:
    async with Container(app.state.registry) as services:
        ports = await services.aget(CourseRepository, ThrottlePlanRepository, FollowedPlans)
        yield Followers(sql, *ports)


async def test_a_plan_is_behind_when_its_topic_has_events_beyond_its_offset(followers: Followers) -> None:
    topic_id = await followers.topic(head=5)
    plan_id = await followers.plan(topic_id, offset=3)
    (behind,) = await followers.behind(topic_id)
    assert (behind.plan_id, behind.following.offset, behind.head) == (plan_id, 3, 5)


async def test_a_plan_that_has_heeded_all_is_not_behind(followers: Followers) -> None:
    topic_id = await followers.topic(head=5)
    await followers.plan(topic_id, offset=5)
    assert await followers.behind(topic_id) == []


async def test_a_plan_ahead_of_a_feed_that_lost_its_last_events_goes_on_from_its_head(followers: Followers) -> None:
    topic_id = await followers.topic(head=5)
    await followers.plan(topic_id, offset=9)
    (behind,) = await followers.behind(topic_id)
    assert behind.following.offset == 5
    await followers.followed.move_on([behind.plan_id], topic_id, 5, head=5)
    assert await followers.behind(topic_id) == []


async def test_those_farthest_behind_come_first_so_that_nobody_is_left_waiting(followers: Followers) -> None:
    topic_id = await followers.topic(head=1_000_000)
    near, far = await followers.plan(topic_id, offset=10), await followers.plan(topic_id, offset=5)
    assert [one.plan_id for one in await followers.behind(topic_id, most=2)] == [far, near]
    await followers.followed.move_on([near, far], topic_id, 1_000_000, head=1_000_000)


async def test_a_plan_in_hand_is_nobody_elses(followers: Followers) -> None:
    topic_id = await followers.topic()
    plan_id = await followers.plan(topic_id)
    assert await followers.followed.take_in_hand(plan_id, 60.0)
    assert not await followers.followed.take_in_hand(plan_id, 60.0)
    assert await followers.behind(topic_id) == []


async def test_of_workers_that_reach_for_a_plan_at_once_one_has_it(followers: Followers) -> None:
    plan_id = await followers.plan(await followers.topic())
    taken = await asyncio.gather(*(followers.followed.take_in_hand(plan_id, 60.0) for _ in range(4)))
    assert sorted(taken) == [False, False, False, True]


async def test_a_plan_whose_worker_is_gone_is_free_again_after_the_time_that_it_took(followers: Followers) -> None:
    plan_id = await followers.plan(await followers.topic())
    assert await followers.followed.take_in_hand(plan_id, 0.0)
    assert await followers.followed.take_in_hand(plan_id, 0.0)


async def test_moving_on_makes_no_new_version(followers: Followers) -> None:
    topic_id = await followers.topic(head=5)
    plan_id = await followers.plan(topic_id)
    await followers.followed.move_on([plan_id], topic_id, 4, head=5)
    assert (await followers.stored(plan_id, "followed_offset"), await followers.stored(plan_id, "version")) == (4, 1)


async def test_a_slow_worker_takes_nobody_back(followers: Followers) -> None:
    topic_id = await followers.topic(head=9)
    plan_id = await followers.plan(topic_id, offset=8)
    await followers.followed.move_on([plan_id], topic_id, 4, head=9)
    assert await followers.stored(plan_id, "followed_offset") == 8


async def test_a_plan_that_follows_another_topic_by_now_is_left_where_it_is(followers: Followers) -> None:
    plan_id = await followers.plan(await followers.topic(), offset=1)
    await followers.followed.move_on([plan_id], await followers.topic(), 4, head=5)
    assert await followers.stored(plan_id, "followed_offset") == 1


async def test_a_day_after_the_finish_was_expected_a_plan_follows_no_longer(followers: Followers) -> None:
    plan_id = await followers.plan(await followers.topic())
    await followers.sql.execute(AGO, plan_id, "25 hours")
    assert await followers.followed.end_over() >= 1
    assert (await followers.stored(plan_id, "follow_topic"), await followers.stored(plan_id, "version")) == (None, 2)


async def test_within_a_day_of_the_finish_that_was_expected_it_follows_on(followers: Followers) -> None:
    topic_id = await followers.topic()
    plan_id = await followers.plan(topic_id)
    await followers.sql.execute(AGO, plan_id, "23 hours")
    await followers.followed.end_over()
    assert await followers.stored(plan_id, "follow_topic") == topic_id


async def test_planning_anew_and_moving_on_are_one_write(followers: Followers) -> None:
    topic_id = await followers.topic()
    plan_id = await followers.plan(topic_id)
    owner = Viewer(await followers.stored(plan_id, "athlete"), frozenset())
    plan, _, _ = await followers.plans.to_replan(plan_id, owner)
    assert plan.following is not None
    moved = replace(plan, following=replace(plan.following, offset=5), now=replace(plan.now, predicted_time_s=4_000.0))
    await followers.plans.update(plan_id, owner, lambda _: moved, once=None)
    stored = [await followers.stored(plan_id, column) for column in ("followed_offset", "predicted_time_s", "version")]
    assert stored == [5, 4_000.0, 2]


async def test_a_look_when_nobody_is_behind_is_two_statements(
    followers: Followers, statements: Callable[[], Any]
) -> None:
    async with statements() as sent:
        await followers.followed.end_over()
        await followers.followed.behind(EVERYBODY)
    assert len(sent) == 2
