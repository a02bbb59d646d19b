"""The game state through GraphQL: steps at once, and one by one."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from svcs import Container

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from domain.throttle.model import Found, ThrottleStrategy
from domain.throttle.ports import Strategies
from tests.conftest import Athlete
from tests.factories.flights import a_graphql_state, a_graphql_unit

STEP = "coordinate { x y } throttle remaining"
CALCULATE = f"""query($state: GameStateInput!, $strategy: ThrottleStrategy! = OPTIMAL, $seed: Int) {{
  calculateThrottleSteps(gameStateInput: $state, strategy: $strategy, seed: $seed) {{
    {STEP} solution {{ strategy score bound withinReach seed generations fuseBlown }}
  }}
}}"""
GENERATE = f"""subscription($state: GameStateInput!, $interval: Int) {{
  generateSteps(gameStateInput: $state, intervalMs: $interval) {{ {STEP} }}
}}"""
SHORT = f"query($state: GameStateInput!) {{ calculateThrottleSteps(gameStateInput: $state) {{ {STEP} }} }}"


async def steps(who: Athlete, **variables: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await who.get(CALCULATE, **variables))["calculateThrottleSteps"]
    return told


async def watched(app: Starlette, who: Athlete | None, **variables: Any) -> AsyncGenerator[dict[str, Any], None]:
    """What the subscription tells."""
    headers = [(b"authorization", f"Bearer {who.token}".encode())] if who else []
    caller = Caller(HTTPConnection({"type": "websocket", "headers": headers}))
    engine: Engine = app.state.engine
    prepared = engine.prepare(GraphQLRequest(GENERATE, variables=variables))
    async with aclosing(engine.events(prepared, caller, "watching")) as answers:
        async for answer in answers:
            yield orjson.loads(answer.body)


@contextmanager
def swapped(app: Starlette, strategies: Strategies, own: Strategies) -> Iterator[None]:
    """With these solvers behind the strategies."""
    app.state.registry.register_value(Strategies, strategies)
    try:
        yield
    finally:
        app.state.registry.register_value(Strategies, own)


async def test_the_steps_lead_to_the_first_enemy_unit(ada: Athlete) -> None:
    told = await steps(ada, state=a_graphql_state())

    assert {(step["coordinate"]["x"], step["coordinate"]["y"]) for step in told} == {(30, 40)}
    assert abs(told[-1]["remaining"]) < 0.05
    assert all(step["throttle"] == int(step["throttle"]) for step in told)


async def test_each_step_tells_how_good_the_whole_is(ada: Athlete) -> None:
    told = await steps(ada, state=a_graphql_state())

    solution = told[0]["solution"]
    assert all(step["solution"] == solution for step in told)
    assert 0 <= solution["score"] - solution["bound"] <= 0.05
    assert {name: solution[name] for name in ("strategy", "withinReach", "seed", "generations", "fuseBlown")} == {
        **{"strategy": "OPTIMAL", "withinReach": True, "seed": None, "generations": None, "fuseBlown": False}
    }


async def test_a_seed_makes_the_same_again(ada: Athlete) -> None:
    first = await steps(ada, state=a_graphql_state(), strategy="RANDOM")
    again = await steps(ada, state=a_graphql_state(), strategy="RANDOM", seed=first[0]["solution"]["seed"])

    assert again == first


async def test_breeding_is_told_with_its_generations(ada: Athlete) -> None:
    told = await steps(ada, state=a_graphql_state(), strategy="GENETIC", seed=5)

    solution = told[0]["solution"]
    assert (solution["strategy"], solution["seed"]) == ("GENETIC", 5)
    assert solution["fuseBlown"] is (solution["generations"] < 300)


async def test_out_of_reach_is_full_throttle_and_the_last_step_tells_what_is_missing(ada: Athlete) -> None:
    state = a_graphql_state(playerUnits=[a_graphql_unit(mass=1000, friction=0)])
    state["enemyUnits"][0]["coordinate"] = {"x": 2000, "y": 0}

    told = await steps(ada, state=state)

    assert [step["throttle"] for step in told] == [300] * 100
    assert told[-1]["remaining"] == pytest.approx(485)
    assert told[0]["solution"]["withinReach"] is False


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"state": a_graphql_state(playerUnits=[])}, "playerUnits"),
        ({"state": a_graphql_state(enemyUnits=[])}, "enemyUnits"),
        ({"state": a_graphql_state(playerUnits=[a_graphql_unit(mass=0)])}, "playerUnits.0.mass"),
        ({"state": a_graphql_state(playerUnits=[a_graphql_unit(friction=1)])}, "playerUnits.0.friction"),
        ({"state": a_graphql_state(playerUnits=[a_graphql_unit(speed=-1)])}, "playerUnits.0.speed"),
        ({"state": a_graphql_state(enemyUnits=[a_graphql_unit(coordinate={"x": 2e9, "y": 0})])}, "enemyUnits.0.coord"),
    ],
)
async def test_a_state_without_sense_is_refused_by_field(ada: Athlete, variables: Any, field: str) -> None:
    answer = await ada.ask(CALCULATE, **variables)

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert field in error["message"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-1e999", "1" * 400])
async def test_numbers_that_are_none_are_refused_by_field(ada: Athlete, number: str) -> None:
    body = orjson.dumps({"query": SHORT, "variables": {"state": a_graphql_state()}}).decode()
    response = await ada.http.post(
        "/graphql",
        content=body.replace('"mass":10', f'"mass":{number}', 1),
        headers={"content-type": "application/json"},
    )

    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["field"] == "variables.state.playerUnits.0.mass"
    assert error["message"].startswith("`variables.state.playerUnits.0.mass` ")


async def test_an_infinity_in_the_document_is_refused_where_it_stands(ada: Athlete) -> None:
    unit = "{coordinate: {x: 0, y: 0}, speed: 0, mass: %s, friction: 0}"
    state = f"{{playerUnits: [{unit % '1e999'}], enemyUnits: [{unit % 1}]}}"

    answer = await ada.ask(f"{{ calculateThrottleSteps(gameStateInput: {state}) {{ throttle }} }}")

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("1e999 is past ")
    assert error["locations"] == [{"line": 1, "column": 100}]


async def test_a_document_has_room_for_four_of_them(ada: Athlete) -> None:
    def asking(count: int) -> str:
        field = "calculateThrottleSteps(gameStateInput: $state, strategy: RANDOM)"
        fields = " ".join(f"a{number}: {field} {{ throttle remaining }}" for number in range(count))
        return f"query($state: GameStateInput!) {{ {fields} }}"

    taken, refused = [await ada.ask(asking(count), state=a_graphql_state()) for count in (4, 5)]

    assert "errors" not in taken
    assert refused["errors"][0]["extensions"]["limit"] == "cost"


async def test_a_strategy_is_swapped_in_the_registry(app: Starlette, ada: Athlete) -> None:
    async with Container(app.state.registry) as services:
        own = await services.aget(Strategies)
    pushing = Strategies({ThrottleStrategy.OPTIMAL: lambda flight, seed: Found((1, 2, 3))})

    with swapped(app, pushing, own):
        told = await steps(ada, state=a_graphql_state())

    assert [step["throttle"] for step in told] == [1, 2, 3]


async def test_whoever_watches_hears_each_step_and_then_the_end(app: Starlette, ada: Athlete) -> None:
    told = [answer["data"]["generateSteps"] async for answer in watched(app, ada, state=a_graphql_state(), interval=0)]

    assert told == (await ada.get(SHORT, state=a_graphql_state()))["calculateThrottleSteps"]


async def test_the_first_step_is_told_at_once(app: Starlette, ada: Athlete) -> None:
    async with aclosing(watched(app, ada, state=a_graphql_state(), interval=60_000)) as answers:
        first = await anext(answers)

    assert first["data"]["generateSteps"]["throttle"] > 0


async def refused(app: Starlette, who: Athlete | None, **variables: Any) -> dict[str, Any]:
    """The error that a subscription ends with before it begins."""
    with pytest.raises(RequestRefused) as told:
        await anext(watched(app, who, **variables))
    return dict(told.value.errors[0])


@pytest.mark.parametrize("interval", [-1, 60_001])
async def test_an_interval_past_its_bounds_is_refused(app: Starlette, ada: Athlete, interval: int) -> None:
    error = await refused(app, ada, state=a_graphql_state(), interval=interval)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"].startswith("`intervalMs` ")


async def test_a_stranger_watches_nothing_and_is_told_nothing_else(app: Starlette) -> None:
    error = await refused(app, None, state=a_graphql_state(playerUnits=[]), interval=-1)

    assert error["extensions"]["code"] == "UNAUTHENTICATED"
