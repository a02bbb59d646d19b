"""The best efforts of all runs over HTTP, read in one statement and in one way."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from app.edge.engine import Engine
from app.edge.request import GraphQLRequest
from app.schema import build_schema, stored_types
from tests.conftest import Athlete
from tests.factories.analysed_runs import NOON, a_run, an_effort, athlete_id_of

QUERY = """query($from: Date, $to: Date) { bestEfforts(from: $from, to: $to) {
    distanceM timeS startM paceSPerKm run { name bestEfforts { timeS } } __typename } }"""
SHORT = "query($from: Date, $to: Date) { bestEfforts(from: $from, to: $to) { distanceM timeS } }"


async def best(athlete: Athlete, query: str = SHORT, **days: str | None) -> list[dict[str, Any]]:
    efforts: list[dict[str, Any]] = (await athlete.get(query, **days))["bestEfforts"]
    return efforts


async def both_ways(athlete: Athlete, query: str, variables: dict[str, Any]) -> tuple[Any, Any]:
    """The answers: compiled where it can be, and by graphql-core, which answers whoever asks for the cost."""
    answers = []
    for extensions in ({}, {"cost": True}):
        response = await athlete.http.post(
            "/graphql", json={"query": query, "variables": variables, "extensions": extensions}
        )
        answer = response.json()
        answer.pop("extensions", None)
        for error in answer.get("errors", ()):
            error["extensions"].pop("requestId")
        answers.append(json.dumps(answer))
    return answers[0], answers[1]


async def test_who_has_not_run_has_no_best_efforts(ada: Athlete) -> None:
    assert await best(ada) == []


async def test_the_fastest_of_each_distance_is_told_shortest_first(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    quick, steady = await a_run(sql, me, name="Quick"), await a_run(sql, me, name="Steady")
    await an_effort(sql, me, steady, 5000.0, 1200.0)
    await an_effort(sql, me, steady, 1000.0, 230.0)
    await an_effort(sql, me, quick, 1000.0, 200.0)

    assert await best(ada, QUERY) == [
        {
            "distanceM": 1000,
            "timeS": 200,
            "startM": 0,
            "paceSPerKm": 200,
            "run": {"name": "Quick", "bestEfforts": [{"timeS": 200}]},
            "__typename": "BestEffort",
        },
        {
            "distanceM": 5000,
            "timeS": 1200,
            "startM": 0,
            "paceSPerKm": 240,
            "run": {"name": "Steady", "bestEfforts": [{"timeS": 230}, {"timeS": 1200}]},
            "__typename": "BestEffort",
        },
    ]


@pytest.mark.parametrize(
    ("days", "times"),
    [
        ({}, [200]),
        ({"from": "2026-03-05"}, [210]),
        ({"to": "2026-03-04"}, [200]),
        ({"from": "2026-03-05", "to": "2026-03-05"}, [210]),
        ({"from": "2026-03-06", "to": "2026-03-06"}, [220]),
        ({"from": "2026-03-07"}, []),
        ({"from": None, "to": None}, [200]),
    ],
)
async def test_only_runs_of_the_days_named_compete(
    ada: Athlete, sql: asyncpg.Connection, days: dict[str, str | None], times: list[int]
) -> None:
    me = await athlete_id_of(ada)
    for at in range(3):
        await an_effort(sql, me, await a_run(sql, me, NOON + timedelta(days=at)), 1000.0, 200.0 + 10 * at)

    assert [effort["timeS"] for effort in await best(ada, **days)] == times


async def test_days_are_those_of_the_athlete_s_own_clock(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada, timezone="Europe/Zurich")
    late = await a_run(sql, me, datetime(2026, 10, 25, 22, 30, tzinfo=UTC))  # 23:30, winter since the morning
    await an_effort(sql, me, late, 1000.0, 200.0)

    assert len(await best(ada, **{"from": "2026-10-25", "to": "2026-10-25"})) == 1
    assert await best(ada, **{"from": "2026-10-26"}) == []


async def test_another_s_efforts_are_not_told(ada: Athlete, bob: Athlete, sql: asyncpg.Connection) -> None:
    me, his = await athlete_id_of(ada), await athlete_id_of(bob)
    await an_effort(sql, his, await a_run(sql, his), 1000.0, 150.0)
    await an_effort(sql, me, await a_run(sql, me), 1000.0, 200.0)

    assert [effort["timeS"] for effort in await best(ada)] == [200]


async def test_all_of_it_is_one_statement(ada: Athlete, sql: asyncpg.Connection, statements: Callable[[], Any]) -> None:
    me = await athlete_id_of(ada)
    for metres in (400.0, 1000.0, 5000.0):
        await an_effort(sql, me, await a_run(sql, me), metres, metres / 4)

    async with statements() as sent:
        assert len(await best(ada, QUERY)) == 3

    assert len(sent) == 1


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (QUERY, {}),
        (QUERY, {"from": "2026-03-04", "to": "2026-03-04"}),
        (QUERY, {"from": "2026-03-05", "to": "2026-03-04"}),
        (QUERY, {"from": "nonsense"}),
        (QUERY, {"from": None}),
        ("{ a: bestEfforts { distanceM } b: bestEfforts { timeS } viewer { displayName } }", {}),
        ('{ bestEfforts(from: "0001-01-01", to: "9999-12-31") { timeS } }', {}),
    ],
)
async def test_it_has_one_answer_compiled_or_not(
    ada: Athlete, sql: asyncpg.Connection, query: str, variables: dict[str, Any]
) -> None:
    me = await athlete_id_of(ada)
    await an_effort(sql, me, await a_run(sql, me), 1000.0, 200.0)

    compiled, executed = await both_ways(ada, query, variables)

    assert compiled == executed


async def test_it_is_compiled(app: Starlette) -> None:
    engine: Engine = app.state.engine

    assert engine.prepare(GraphQLRequest(QUERY)).stored.compiled is not None


async def test_days_the_wrong_way_round_are_refused(ada: Athlete) -> None:
    answer = await ada.ask(SHORT, **{"from": "2026-03-05", "to": "2026-03-04"})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["errors"][0]["message"].endswith("`from` must not lie after `to`.")


async def test_a_token_that_may_not_read_training_is_refused(athlete: Callable[..., Athlete]) -> None:
    answer = await athlete("ada", scopes=["training:write"]).ask(SHORT)

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_the_start_up_check_knows_what_the_list_is_narrowed_by() -> None:
    assert stored_types(build_schema())["BestEffort"].filters == {"from", "to"}
