"""The game state through plain HTTP: the same steps, in snake case."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from tests.conftest import Athlete
from tests.factories.flights import REST_STATE, a_graphql_state

PATH = "/api/v1/throttle/calculate_throttle_steps"
BODY = orjson.dumps(REST_STATE)
UNIT = REST_STATE["player_units"][0]


async def posted(who: Athlete, body: bytes = BODY, query: str = "", **headers: str) -> httpx.Response:
    return await who.http.post(PATH + query, content=body, headers=headers)


def state(**more: Any) -> bytes:
    return orjson.dumps(REST_STATE | more)


async def test_the_answer_is_a_list_of_steps(ada: Athlete) -> None:
    response = await posted(ada)

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert set(response.json()[0]) == {"coordinate", "throttle", "remaining"}
    assert response.json()[0]["coordinate"] == {"x": 30, "y": 40}


async def test_graphql_tells_the_same_steps(ada: Athlete) -> None:
    query = """query($state: GameStateInput!) {
        calculateThrottleSteps(gameStateInput: $state) { coordinate { x y } throttle remaining } }"""

    told = (await ada.get(query, state=a_graphql_state()))["calculateThrottleSteps"]

    assert (await posted(ada)).json() == told


async def test_a_header_tells_how_good_the_whole_is(ada: Athlete) -> None:
    solution = orjson.loads((await posted(ada)).headers["cairn-solution"])

    assert set(solution) == {"strategy", "score", "bound", "within_reach", "seed", "generations", "fuse_blown"}
    assert solution["strategy"] == "OPTIMAL"


async def test_strategy_and_seed_are_parameters_of_the_address(ada: Athlete) -> None:
    first = await posted(ada, query="?strategy=RANDOM&seed=-7")
    again = await posted(ada, query="?strategy=RANDOM&seed=-7")

    assert orjson.loads(first.headers["cairn-solution"])["seed"] == -7
    assert first.json() == again.json()


async def test_out_of_reach_the_last_step_tells_what_is_missing(ada: Athlete) -> None:
    slow, far = UNIT | {"mass": 1000, "friction": 0}, UNIT | {"coordinate": {"x": 2000, "y": 0}}

    response = await posted(ada, state(player_units=[slow], enemy_units=[far]))

    assert [step["throttle"] for step in response.json()] == [300] * 100
    assert response.json()[-1]["remaining"] == pytest.approx(485)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (state(player_units=[]), "player_units"),
        (state(enemy_units=None), "enemy_units"),
        (state(enemy_units=[UNIT] * 1001), "enemy_units"),
        (state(player_units=[7]), "player_units.0"),
        (state(player_units=[UNIT | {"coordinate": []}]), "player_units.0.coordinate"),
        (state(player_units=[UNIT | {"coordinate": {"x": 1}}]), "player_units.0.coordinate.y"),
        (state(player_units=[UNIT | {"mass": 0}]), "player_units.0.mass"),
        (state(player_units=[UNIT | {"mass": True}]), "player_units.0.mass"),
        (state(player_units=[UNIT | {"mass": "10"}]), "player_units.0.mass"),
        (state(player_units=[UNIT | {"friction": 1}]), "player_units.0.friction"),
        (state(player_units=[UNIT | {"speed": -1}]), "player_units.0.speed"),
        (state(enemy_units=[UNIT | {"coordinate": {"x": 2e9, "y": 0}}]), "enemy_units.0.coordinate"),
    ],
)
async def test_a_state_without_sense_is_refused_by_field(ada: Athlete, body: bytes, field: str) -> None:
    response = await posted(ada, body)

    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", field)
    assert error["message"].startswith(f"`{field}` ")


@pytest.mark.parametrize(
    ("query", "field"), [("?strategy=BEST", "strategy"), ("?seed=x", "seed"), ("?seed=2147483648", "seed")]
)
async def test_a_parameter_without_sense_is_refused_by_name(ada: Athlete, query: str, field: str) -> None:
    response = await posted(ada, query=query)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["field"] == field


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1" * 400, b"1" * 5_000])
async def test_numbers_that_are_none_are_refused_by_field(ada: Athlete, number: bytes) -> None:
    response = await posted(ada, re.sub(rb'"mass":10', b'"mass":' + number, BODY, count=1))

    (error,) = response.json()["errors"]
    assert response.status_code == 400
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("BAD_USER_INPUT", "player_units.0.mass")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"[" * 100_000, b"\xff", b"NaN", b"[NaN"])
async def test_a_body_that_is_no_object_is_told_what_one_looks_like(ada: Athlete, body: bytes) -> None:
    response = await posted(ada, body)

    assert response.status_code == 400
    assert "player_units" in response.json()["errors"][0]["message"]


async def test_a_body_that_is_too_large_is_refused(ada: Athlete) -> None:
    response = await posted(ada, b" " * 1_000_001)

    assert response.status_code == 413
    assert response.json()["errors"][0]["extensions"]["code"] == "TOO_LARGE"


async def test_a_stranger_is_refused(ada: Athlete) -> None:
    response = await posted(ada, authorization="")

    assert response.status_code == 401
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_it_needs_the_scope_to_read(athlete: Callable[..., Athlete]) -> None:
    assert (await posted(athlete(scopes=["events:read"]))).status_code == 403


async def test_it_is_posted(ada: Athlete) -> None:
    response = await ada.http.get(PATH)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
