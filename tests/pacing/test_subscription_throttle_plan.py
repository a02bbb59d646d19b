"""Whoever watches a throttle plan hears of it now, at once when it is made anew, and of its end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any
from uuid import UUID

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from svcs import Container
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.pacing import subscriptions
from domain.operations.ports import Bus
from domain.pacing.ports import throttle_plan_channel
from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.plan_requests import done
from tests.factories.sockets import served
from tests.factories.throttle_plans import AID, NOBODY_S, a_course_of, a_throttle_plan_of

WATCH = """subscription($id: ID!) { throttlePlan(id: $id) {
    version predictedTimeS steps { startM throttle } replan { distanceM } } }"""


@pytest.fixture(autouse=True)
def only_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks again before the tests have given up: what is heard was told."""
    monkeypatch.setattr(subscriptions, "LOOK_AGAIN_S", 3_600.0)


@pytest.fixture
async def plan_id(ada: Athlete, app: Starlette) -> str:
    return await a_throttle_plan_of(ada, await a_course_of(ada, app.state.registry, AID))


@asynccontextmanager
async def watching(app: Starlette, athlete: Athlete, plan_id: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """What somebody who watches a plan is answered."""
    bearer = f"Bearer {athlete.token}".encode()
    caller = Caller(HTTPConnection({"type": "websocket", "headers": [(b"authorization", bearer)]}))
    engine: Engine = app.state.engine
    stream = engine.events(engine.prepare(GraphQLRequest(WATCH, variables={"id": plan_id})), caller, "watching")

    async def answers() -> AsyncIterator[dict[str, Any]]:
        async for answer in stream:
            yield orjson.loads(answer.body)

    async with asyncio.timeout(30), aclosing(stream):
        yield answers()


async def report(athlete: Athlete, plan_id: str, distance_m: float = 2_000) -> None:
    await done(
        athlete,
        "replanThrottle",
        {"planId": plan_id, "distanceM": distance_m, "time": "2026-07-04T04:12:00Z"},
    )


async def test_a_plan_is_told_now_and_when_it_is_made_anew(app: Starlette, ada: Athlete, plan_id: str) -> None:
    async with watching(app, ada, plan_id) as answers:
        first = (await anext(answers))["data"]["throttlePlan"]
        await report(ada, plan_id)
        second = (await anext(answers))["data"]["throttlePlan"]

    assert (first["version"], first["replan"]) == (1, None)
    assert (second["version"], second["replan"]) == (2, {"distanceM": 2_000})
    assert second["steps"][0]["startM"] == 2_000


async def test_over_a_socket_a_replan_is_there_at_once(app: Starlette, ada: Athlete, plan_id: str) -> None:
    headers, protocol = {"authorization": f"Bearer {ada.token}"}, Subprotocol("graphql-transport-ws")
    asked = {"id": "1", "type": "subscribe", "payload": {"query": WATCH, "variables": {"id": plan_id}}}
    async with (
        served(app) as port,
        asyncio.timeout(30),
        connect(f"ws://127.0.0.1:{port}/graphql", subprotocols=[protocol], additional_headers=headers) as socket,
    ):
        await socket.send('{"type": "connection_init"}')
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(orjson.dumps(asked).decode())
        told = [orjson.loads(await socket.recv())["payload"]["data"]["throttlePlan"]["version"]]
        await report(ada, plan_id)
        told.append(orjson.loads(await socket.recv())["payload"]["data"]["throttlePlan"]["version"])

    assert told == [1, 2]


async def test_a_plan_that_is_deleted_ends_for_its_watchers(app: Starlette, ada: Athlete, plan_id: str) -> None:
    async with watching(app, ada, plan_id) as answers:
        await anext(answers)
        await done(ada, "deleteThrottlePlan", {"id": plan_id})
        with pytest.raises(RequestRefused) as ended:
            await anext(answers)

    assert [error["extensions"]["code"] for error in ended.value.errors] == ["NOT_FOUND"]


@pytest.mark.parametrize("id", [None, "nonsense", node_id("ThrottlePlan", NOBODY_S)])
async def test_another_s_plan_or_none_is_an_error(app: Starlette, bob: Athlete, plan_id: str, id: str | None) -> None:
    async with watching(app, bob, id or plan_id) as answers:
        with pytest.raises(RequestRefused) as refused:
            await anext(answers)

    assert [error["extensions"]["code"] for error in refused.value.errors] == ["NOT_FOUND"]


async def test_a_word_that_a_plan_changed_is_not_taken_for_a_change(app: Starlette, ada: Athlete, plan_id: str) -> None:
    async with Container(app.state.registry) as services:
        bus = await services.aget(Bus)
    async with watching(app, ada, plan_id) as answers:
        await anext(answers)
        following = asyncio.ensure_future(anext(answers))
        await bus.publish(throttle_plan_channel(UUID(plan_id.removeprefix("ThrottlePlan:"))))
        await report(ada, plan_id)
        told = await following

    assert told["data"]["throttlePlan"]["version"] == 2


async def test_whoever_may_not_read_watches_nothing(app: Starlette, athlete: Callable[..., Athlete]) -> None:
    writer = athlete("writer", scopes=["training:write"])
    async with watching(app, writer, "nonsense") as answers:
        with pytest.raises(RequestRefused) as refused:
            await anext(answers)

    assert [error["extensions"]["code"] for error in refused.value.errors] == ["FORBIDDEN"]


async def test_without_the_bus_a_plan_is_looked_at_again_and_again(
    app: Starlette, ada: Athlete, plan_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "LOOK_AGAIN_S", 0.02)
    monkeypatch.setattr(subscriptions, "throttle_plan_channel", lambda _: "where nobody is told anything")
    async with watching(app, ada, plan_id) as answers:
        await anext(answers)
        await report(ada, plan_id)
        second = await anext(answers)

    assert second["data"]["throttlePlan"]["version"] == 2
