"""What the engine promises of any schema, with nothing of Cairn's behind it."""

import asyncio
from collections.abc import AsyncGenerator
from enum import Enum

import pytest
import strawberry
from starlette.requests import HTTPConnection

from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.schema import tell
from domain.shared.ports import HoldUp
from tests.factories.edge_world import FakeScopes, World


@strawberry.enum
class Weather(Enum):
    SUNNY = "SUNNY"


@strawberry.type
class Query:
    @strawberry.field
    def run(self, weather: Weather) -> int:
        return len(weather.value)

    @strawberry.field
    async def endless(self) -> int:
        await asyncio.Event().wait()
        return 0

    @strawberry.field
    async def late(self) -> int:
        raise TimeoutError("a service of ours")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def never_begins(self) -> AsyncGenerator[int, None]:
        await asyncio.Event().wait()
        return _nothing()

    @strawberry.subscription
    async def slow(self) -> AsyncGenerator[int, None]:
        yield 1
        await asyncio.sleep(0.05)
        yield 2


async def _nothing() -> AsyncGenerator[int, None]:
    yield 0


SCHEMA = strawberry.Schema(query=Query, subscription=Subscription)._schema
CALLER = Caller(HTTPConnection({"type": "http", "headers": []}))


@pytest.fixture
def engine() -> Engine:
    store = OperationStore(SCHEMA, limits=Limits())
    return Engine(SCHEMA, store=store, scopes=FakeScopes(World()), tell=tell, deadline_s=0.02)


@pytest.mark.parametrize("suggestions", [True, False])
async def test_variables_get_suggestions_where_they_are_on(suggestions: bool) -> None:
    store = OperationStore(SCHEMA, limits=Limits(), suggestions=suggestions)
    engine = Engine(SCHEMA, store=store, scopes=FakeScopes(World()), tell=tell)
    asked = GraphQLRequest("query($w: Weather!) { run(weather: $w) }", variables={"w": "SUNY"})

    with pytest.raises(RequestRefused) as refused:
        await engine.answer(engine.prepare(asked), CALLER, "a request")

    assert refused.value.status == 400
    assert ("Did you mean" in str(refused.value.errors)) == suggestions


async def test_what_does_not_end_is_given_up(engine: Engine) -> None:
    with pytest.raises(RequestRefused) as refused:
        await engine.answer(engine.prepare(GraphQLRequest("{ endless }")), CALLER, "a request")

    assert (refused.value.status, refused.value.errors[0]["extensions"]["code"]) == (503, "UNAVAILABLE")


@pytest.mark.parametrize(
    ("held_up_by", "why"),
    [(HoldUp.AWAY, "could not be reached"), (HoldUp.COMMITS_WAIT, "the second database"), (None, "took longer")],
)
async def test_what_is_given_up_is_told_what_held_it_up(held_up_by: HoldUp | None, why: str) -> None:
    store, scopes = OperationStore(SCHEMA, limits=Limits()), FakeScopes(World())
    engine = Engine(SCHEMA, store=store, scopes=scopes, tell=tell, deadline_s=0.02, held_up_by=lambda: held_up_by)
    with pytest.raises(RequestRefused) as refused:
        await engine.answer(engine.prepare(GraphQLRequest("{ endless }")), CALLER, "a request")

    (error,) = refused.value.errors
    assert why in error["message"]
    assert (error["extensions"]["code"], error["extensions"]["retryAfterMs"]) == ("UNAVAILABLE", 1000)


async def test_what_is_late_for_a_reason_of_its_own_is_a_fault_of_its_field(engine: Engine) -> None:
    answer = await engine.answer(engine.prepare(GraphQLRequest("{ late }")), CALLER, "a request")

    assert b'"path":["late"]' in answer.body


async def test_who_is_cancelled_is_not_told_of_a_deadline(engine: Engine) -> None:
    waiting = asyncio.ensure_future(engine.answer(engine.prepare(GraphQLRequest("{ endless }")), CALLER, "a request"))
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_subscription_that_does_not_begin_is_given_up(engine: Engine) -> None:
    events = engine.events(engine.prepare(GraphQLRequest("subscription { neverBegins }")), CALLER, "a request")

    with pytest.raises(RequestRefused) as refused:
        await anext(events)

    assert refused.value.errors[0]["extensions"]["code"] == "UNAVAILABLE"


async def test_a_subscription_may_go_on_past_the_deadline(engine: Engine) -> None:
    events = engine.events(engine.prepare(GraphQLRequest("subscription { slow }")), CALLER, "a request")

    assert [answer.body async for answer in events] == [b'{"data":{"slow":1}}', b'{"data":{"slow":2}}']
