"""Subscriptions stay open while there is no database for longer than any request would wait, and leave nothing out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.request import GraphQLRequest
from app.runs.jobs import import_runs
from configuration.settings import Settings
from tests.conftest import Athlete
from tests.factories.imports import a_short_course, key_of
from tests.factories.lasting import SHORT_S, an_app, asking
from tests.factories.plan_requests import done
from tests.factories.race_requests import a_race_topic, a_read
from tests.factories.recordings import fit_bytes
from tests.factories.run_requests import recorded
from tests.factories.severing import a_way
from tests.factories.throttle_plans import AID, a_course_of, a_throttle_plan_of
from tests.factories.topics import a_topic, an_event, publish

EVENTS = "subscription($topic: String!, $after: String) { events(topic: $topic, after: $after) { eventId } }"
RUNS = "subscription { runChanged { runId } }"
JOB = "subscription($id: ID!) { job(id: $id) { status } }"
PLAN = "subscription($id: ID!) { throttlePlan(id: $id) { version } }"
RACE = "subscription($topic: String!) { liveStandings(topic: $topic) { asOfOffset } }"
HEAD = "query($topic: String!) { topic(name: $topic) { headCursor } }"
WITHIN_S = 30


class Heard:
    """What a subscription has told so far, and what comes next."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self._came = asyncio.Event()

    def note(self, told: Any) -> None:
        self.all.append(told)
        self._came.set()

    async def until(self, last: Any) -> list[Any]:
        """All of it, once it ends with `last`."""
        async with asyncio.timeout(WITHIN_S):
            while not self.all or self.all[-1] != last:
                self._came.clear()
                await self._came.wait()
        return self.all


@asynccontextmanager
async def listening(app: Starlette, athlete: Athlete, query: str, **variables: Any) -> AsyncIterator[Heard]:
    """What a subscription with one field tells, value by value."""
    engine, heard = app.state.engine, Heard()
    assert isinstance(engine, Engine)
    caller = Caller(
        HTTPConnection({"type": "websocket", "headers": [(b"authorization", f"Bearer {athlete.token}".encode())]})
    )
    stream = engine.events(engine.prepare(GraphQLRequest(query, variables=variables)), caller, "listening")

    async def listen() -> None:
        async for answer in stream:
            (root,) = orjson.loads(answer.body)["data"].values()
            (value,) = root.values()
            heard.note(value)

    task = asyncio.create_task(listen())
    try:
        yield heard
        assert not task.done() or task.exception() is None, task.exception()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await stream.aclose()


@dataclass
class Told:
    """What five subscriptions told from before an outage to after it, and which run was recorded meanwhile."""

    events: list[str]
    runs: list[str]
    job: list[str]
    plan: list[int]
    race: list[str]
    run_before: str
    run_meanwhile: str


@pytest.fixture(scope="module")
async def told(app: Starlette, settings: Settings) -> AsyncIterator[Told]:
    """They are heard by a replica that loses its way to the database; another one goes on."""
    assert settings.database_url is not None
    async with AsyncExitStack() as stack:
        way = await stack.enter_async_context(a_way(settings.database_url))
        losing = await stack.enter_async_context(an_app(settings, deadline_s=SHORT_S, database_url=way.url))
        ada = (await stack.enter_async_context(asking(app)))()
        impatient = (await stack.enter_async_context(asking(losing)))()
        topic, race = await a_topic(ada), await a_race_topic(ada)
        plan = await a_throttle_plan_of(ada, await a_course_of(ada, app.state.registry, AID))
        job = (await ada.upload(("a.fit", fit_bytes(a_short_course()))))["job"]["id"]
        after = (await ada.get(HEAD, topic=topic))["topic"]["headCursor"]

        async def hear(query: str, **variables: Any) -> Heard:
            return await stack.enter_async_context(listening(losing, ada, query, **variables))

        events, runs = await hear(EVENTS, topic=topic, after=after), await hear(RUNS)
        jobs, plans, races = await hear(JOB, id=job), await hear(PLAN, id=plan), await hear(RACE, topic=race)
        await asyncio.gather(jobs.until("QUEUED"), plans.until(1), races.until("0"))
        await publish(ada, topic, [an_event("before")])
        await events.until("before")
        run_before = await first_heard(ada, runs)

        way.cut()
        for _ in range(2):  # each waits for as long as it may
            assert "errors" in await impatient.ask("{ viewer { id } }")
        await publish(ada, topic, [an_event("meanwhile")])
        await publish(ada, race, [a_read("a", "1", "Ridge", 30)])
        await done(ada, "replanThrottle", {"planId": plan, "distanceM": 2_000, "time": "2026-07-04T04:12:00Z"})
        await import_runs({"registry": app.state.registry}, str(key_of(job)))
        run_meanwhile = (await recorded(ada))["id"]
        way.mend(); import time; t0 = time.monotonic()
        await events.until("meanwhile"); print("EVENTS", time.monotonic() - t0)
        await races.until("1"); print("RACE", time.monotonic() - t0); await plans.until(2); print("PLAN", time.monotonic()-t0); await jobs.until("SUCCEEDED"); print("JOB", time.monotonic()-t0); await runs.until(run_meanwhile); print("RUNS", time.monotonic()-t0)
        await publish(ada, topic, [an_event("after")])
        yield Told(
            events=await events.until("after"),
            runs=await runs.until(run_meanwhile),
            job=await jobs.until("SUCCEEDED"),
            plan=await plans.until(2),
            race=await races.until("1"),
            run_before=run_before,
            run_meanwhile=run_meanwhile,
        )


async def first_heard(ada: Athlete, runs: Heard) -> str:
    """Record runs until one is heard of: from then on all are."""
    async with asyncio.timeout(WITHIN_S):
        while not runs.all:
            await recorded(ada)
            await asyncio.sleep(0.05)  # nothing tells that it has begun but what it tells
    last: str = (await recorded(ada))["id"]
    await runs.until(last)
    return last


def test_no_event_is_left_out_and_none_comes_twice(told: Told) -> None:
    assert told.events == ["before", "meanwhile", "after"]


def test_no_change_of_a_run_is_left_out_and_none_comes_twice(told: Told) -> None:
    since = told.runs[told.runs.index(told.run_before) :]
    assert (since[0], since[-1], len(since)) == (told.run_before, told.run_meanwhile, 3)  # with the imported one


def test_the_end_of_a_job_is_told(told: Told) -> None:
    assert (told.job[0], told.job[-1]) == ("QUEUED", "SUCCEEDED")


def test_a_plan_that_was_made_anew_is_told(told: Told) -> None:
    assert told.plan == [1, 2]


def test_a_race_goes_on(told: Told) -> None:
    assert told.race == ["0", "1"]
