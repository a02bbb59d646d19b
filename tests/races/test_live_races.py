"""Whoever watches a race hears of it again when something was reported, and when time alone changes something."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.edge.shared_operations import scope_shared_by
from app.races.live import LiveRaces
from domain.races.standings import Standings
from domain.shared.errors import Unavailable
from domain.shared.viewer import Scope
from tests.conftest import Athlete
from tests.factories.race_requests import a_race_topic
from tests.factories.race_requests import a_read as a_sent_read
from tests.factories.races import a_race, a_read, minute
from tests.factories.topics import a_topic, publish
from tests.fakes.races import FakeRaceDay

WATCH = """subscription($topic: String!) { liveStandings(topic: $topic) {
    asOfOffset standings { runner lastCheckpoint } } }"""


@pytest.fixture
def day() -> FakeRaceDay:
    return FakeRaceDay(a_race("1", "2"), minute(70))


@pytest.fixture
def live(day: FakeRaceDay) -> LiveRaces:
    return LiveRaces(day, day, day, day, least_apart_s=0)


@pytest.fixture
async def watched(live: LiveRaces) -> AsyncGenerator[AsyncGenerator[Standings, None], None]:
    async with aclosing(live.follow("race")) as standings:
        yield standings


def a_caller(athlete: Athlete) -> Caller:
    bearer = f"Bearer {athlete.token}".encode()
    return Caller(HTTPConnection({"type": "websocket", "headers": [(b"authorization", bearer)]}))


def lasts(standings: Standings) -> dict[str, str | None]:
    return {one.runner: one.last_checkpoint for one in standings.standings}


async def test_a_watcher_is_told_at_once_and_after_every_read(
    day: FakeRaceDay, watched: AsyncGenerator[Standings, None]
) -> None:
    assert lasts(await anext(watched)) == {"1": None, "2": None}
    day.take(a_read("1", "Ridge", 30))
    assert lasts(await anext(watched)) == {"1": "Ridge", "2": None}


async def test_what_the_wire_lost_is_found_at_its_next_tick(
    day: FakeRaceDay, watched: AsyncGenerator[Standings, None]
) -> None:
    await anext(watched)
    day.take(a_read("1", "Ridge", 30), tell=False)
    day.tick()
    assert lasts(await anext(watched))["1"] == "Ridge"


async def test_time_alone_makes_a_runner_overdue(day: FakeRaceDay, watched: AsyncGenerator[Standings, None]) -> None:
    day.take(a_read("1", "Ridge", 30), tell=False)
    assert (await anext(watched)).standings[0].overdue is False
    day.tick()  # nothing has changed
    day.tick()
    day.time = minute(71)
    told = await anext(watched)
    assert (told.as_of, told.standings[0].overdue) == (minute(71), True)


async def test_a_tick_that_changes_nothing_is_not_told(
    day: FakeRaceDay, watched: AsyncGenerator[Standings, None]
) -> None:
    await anext(watched)
    day.tick()
    day.time = minute(80)
    day.take(a_read("1", "Ridge", 30))
    assert lasts(await anext(watched))["1"] == "Ridge"


async def test_a_database_that_is_away_ends_no_watching(
    day: FakeRaceDay, watched: AsyncGenerator[Standings, None]
) -> None:
    await anext(watched)

    day.take(a_read("1", "Ridge", 30))
    day.away = True
    waiting = asyncio.ensure_future(anext(watched))
    await day.refused.wait()
    day.away = False
    day.tick()
    assert lasts(await waiting)["1"] == "Ridge"


async def test_who_asks_while_the_database_is_away_is_told_so(day: FakeRaceDay, live: LiveRaces) -> None:
    day.away = True
    with pytest.raises(Unavailable):
        await live.standings("race")


async def test_a_race_that_is_set_anew_is_told_anew(day: FakeRaceDay, watched: AsyncGenerator[Standings, None]) -> None:
    await anext(watched)
    await day.update(a_race().topic_id, lambda _: a_race("3"))
    day.tick()
    assert lasts(await anext(watched)) == {"3": None}


async def test_a_watcher_hears_of_it_when_another_event_took_the_place_of_the_last(
    day: FakeRaceDay, watched: AsyncGenerator[Standings, None]
) -> None:
    day.take(a_read("1", "Ridge", 30), tell=False)
    await anext(watched)
    day.events.clear()
    day.take(a_read("2", "Ridge", 31), tell=False)
    day.tick()
    async with asyncio.timeout(10):
        told = await anext(watched)
    assert lasts(told) == {"1": None, "2": "Ridge"}


async def test_nobody_can_watch_what_is_no_race(live: LiveRaces) -> None:
    assert [one async for one in live.follow("other")] == []


async def test_a_read_reaches_who_watches_over_the_api(app: Starlette, ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    engine: Engine = app.state.engine
    caller = a_caller(ada)
    operation = engine.prepare(GraphQLRequest(WATCH, variables={"topic": topic}))
    async with aclosing(engine.events(operation, caller, "watching")) as answers:
        first = orjson.loads((await anext(answers)).body)["data"]["liveStandings"]
        assert first["asOfOffset"] == "0"
        await publish(ada, topic, [a_sent_read("a", "1", "Ridge", 30)])
        second = orjson.loads((await anext(answers)).body)["data"]["liveStandings"]
    assert second == {
        "asOfOffset": "1",
        "standings": [{"runner": "1", "lastCheckpoint": "Ridge"}, {"runner": "2", "lastCheckpoint": None}],
    }


async def test_who_watches_a_topic_without_a_race_is_told_so(app: Starlette, ada: Athlete) -> None:
    engine: Engine = app.state.engine
    caller = a_caller(ada)
    operation = engine.prepare(GraphQLRequest(WATCH, variables={"topic": await a_topic(ada)}))
    async with aclosing(engine.events(operation, caller, "watching")) as answers:
        with pytest.raises(RequestRefused, match="There is no race on the topic"):
            await anext(answers)


def test_all_who_watch_the_same_race_share_one_execution(app: Starlette) -> None:
    engine: Engine = app.state.engine
    operation = engine.prepare(GraphQLRequest(WATCH, variables={"topic": "race"}))
    assert scope_shared_by(engine._schema, operation.stored) is Scope.EVENTS_READ
