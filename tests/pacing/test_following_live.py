"""Positions on a live feed change a throttle plan by themselves: on real servers, with real workers that get killed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from configuration.settings import Settings
from domain.courses.model import CourseId
from domain.courses.ports import CourseRepository
from domain.pacing.model import ThrottlePlanId
from domain.pacing.ports import ThrottlePlanRepository
from domain.shared.node_ids import id_of, node_id
from infrastructure.machine.clock import SystemClock
from tests.conftest import Athlete, eventually
from tests.factories.followed_plans import GROUND, a_followed_plan, place_at
from tests.factories.intake import IDS
from tests.factories.plans_to_take import a_course
from tests.factories.sockets import TRANSPORT, Sockets, Track, served
from tests.factories.topics import a_topic, publish, viewer_id
from tests.factories.workers import a_worker

FOLLOW = """mutation($input: FollowThrottlePlanInput!) { followThrottlePlan(input: $input) {
    throttlePlan { version following { topic source } } userErrors { code field message } } }"""
UNFOLLOW = """mutation($input: UnfollowThrottlePlanInput!) { unfollowThrottlePlan(input: $input) {
    throttlePlan { following { topic } } userErrors { code field message } } }"""
PLAN = """query($id: ID!) { throttlePlan(id: $id) {
    version replannedAt replan { distanceM at heartRate } steps { startM } following { source } } }"""
WATCH = "subscription($id: ID!) { throttlePlan(id: $id) { version replan { distanceM } steps { startM } } }"
REST_NO_LONGER = "update throttle_plan set follow_again_at = now() where id = $1"
BIB = "12"


@dataclass
class Race:
    """A runner under way for 40 minutes, whose plan may follow a topic; everybody may publish to their own."""

    runner: Athlete
    topic: str
    plan: str
    started_at: datetime
    published: int = field(default=0)

    async def follow(self, who: Athlete | None = None, **changed: Any) -> dict[str, Any]:
        given = {"planId": self.plan, "topic": self.topic, "source": BIB} | changed
        payload: dict[str, Any] = (await (who or self.runner).get(FOLLOW, input=given))["followThrottlePlan"]
        return payload

    async def tell(self, metres: float, minutes: float, **payload: Any) -> None:
        """Have the runner's tracker say where they were so long after the start."""
        latitude, longitude = place_at(metres)
        position = {"type": "position", "latitude": latitude, "longitude": longitude} | payload
        self.published += 1
        occurred_at = (self.started_at + timedelta(minutes=minutes)).isoformat()
        event = {"eventId": f"p{self.published}", "occurredAt": occurred_at, "source": BIB, "payload": position}
        assert (await publish(self.runner, self.topic, [event]))["accepted"] == 1

    async def look(self) -> dict[str, Any]:
        plan: dict[str, Any] = (await self.runner.get(PLAN, id=self.plan))["throttlePlan"]
        return plan

    async def replanned_at(self, metres: float) -> dict[str, Any]:
        """The plan once it is made anew from there."""

        async def there() -> dict[str, Any] | None:
            plan = await self.look()
            seen = plan["replan"]
            return plan if seen is not None and abs(seen["distanceM"] - metres) < 5 else None

        plan: dict[str, Any] = await eventually(there)
        return plan


@pytest.fixture
async def race(app: Starlette, ada: Athlete) -> Race:
    athlete_id = id_of("Viewer", await viewer_id(ada))
    assert athlete_id is not None
    course = replace(a_course(GROUND), id=CourseId(IDS.new()), athlete_id=athlete_id)
    plan = a_followed_plan(
        id=ThrottlePlanId(IDS.new()),
        athlete_id=athlete_id,
        course_id=course.id,
        starts_at=SystemClock().now() - timedelta(minutes=40),
        following=None,
    )
    assert plan.starts_at is not None
    async with Container(app.state.registry) as services:
        courses, plans = await services.aget(CourseRepository, ThrottlePlanRepository)
        await courses.add(course, GROUND, once=None)
        await plans.add(plan, once=None)
    return Race(ada, await a_topic(ada), node_id("ThrottlePlan", plan.id), plan.starts_at)


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Any]:
    """A worker, started without holding up the application, which runs in this process."""
    worker = a_worker(settings)
    process = await asyncio.to_thread(worker.__enter__)
    try:
        yield process
    finally:
        await asyncio.to_thread(worker.__exit__, None, None, None)


async def test_positions_on_the_feed_replan_the_plan_and_tell_who_watches_it(
    app: Starlette, settings: Settings, race: Race
) -> None:
    await race.follow()
    async with (
        working(settings),
        served(app) as port,
        Sockets(port, Track()).greeted(TRANSPORT, payload={"authorization": f"Bearer {race.runner.token}"}) as watcher,
    ):
        await watcher.ask("1", WATCH, variables={"id": race.plan})
        assert (await watcher.hear())["payload"]["data"]["throttlePlan"]["replan"] is None
        await race.tell(4_000.0, 25.0, heartRate=150)
        told = (await watcher.hear())["payload"]["data"]["throttlePlan"]
        assert told["replan"]["distanceM"] == pytest.approx(4_000.0, abs=1.0)
        assert told["steps"][0]["startM"] == pytest.approx(4_000.0, abs=1.0)
        plan = await race.look()
        assert plan["replan"]["heartRate"] == 150
        assert plan["replannedAt"] is not None


async def test_when_a_worker_is_killed_the_next_one_goes_on_and_at_the_finish_it_ends(
    settings: Settings, race: Race, sql: asyncpg.Connection
) -> None:
    await race.follow()
    async with working(settings) as first:
        await race.tell(3_000.0, 19.0)
        await race.replanned_at(3_000.0)
        await race.tell(4_000.0, 25.0)
        first.kill()
    await race.tell(1e-9, 20.0, type="garbage")
    await race.tell(5_000.0, 31.0)
    await race.tell(4_500.0, 28.0)
    async with working(settings):
        await race.replanned_at(5_000.0)
        await sql.execute(REST_NO_LONGER, id_of("ThrottlePlan", race.plan))
        await race.tell(9_990.0, 39.0)
        plan = await race.replanned_at(10_000.0)
        assert (plan["steps"], plan["following"]) == ([], None)


async def test_the_plan_says_whom_it_follows(race: Race) -> None:
    payload = await race.follow()
    assert payload == {
        "throttlePlan": {"version": 2, "following": {"topic": race.topic, "source": BIB}},
        "userErrors": [],
    }


async def test_a_plan_that_is_told_to_follows_nothing_any_more(race: Race) -> None:
    await race.follow()
    payload = (await race.runner.get(UNFOLLOW, input={"planId": race.plan}))["unfollowThrottlePlan"]
    assert payload == {"throttlePlan": {"following": None}, "userErrors": []}


async def test_nobody_has_anothers_plan_follow_anything(race: Race, bob: Athlete) -> None:
    (error,) = (await race.follow(bob))["userErrors"]
    assert (error["code"], error["field"]) == ("NOT_FOUND", ["planId"])


async def test_nobody_keeps_anothers_plan_from_following(race: Race, bob: Athlete) -> None:
    await race.follow()
    payload = (await bob.get(UNFOLLOW, input={"planId": race.plan}))["unfollowThrottlePlan"]
    assert payload["userErrors"][0]["code"] == "NOT_FOUND"
    assert (await race.look())["following"] == {"source": BIB}


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"topic": "a-topic-that-is-not-there"}, "NOT_FOUND", ["topic"]),
        ({"source": ""}, "INVALID", ["source"]),
        ({"planId": "ThrottlePlan:7"}, "NOT_FOUND", ["planId"]),
    ],
)
async def test_what_cannot_be_followed_is_said_of_its_field(
    race: Race, changed: dict[str, Any], code: str, field: list[str]
) -> None:
    payload = await race.follow(**changed)
    assert payload["throttlePlan"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [(code, field)]
