"""A query that is compiled answers to the letter what graphql-core answers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from starlette.applications import Starlette
from svcs import Container

from app.edge.engine import Engine
from app.edge.request import GraphQLRequest
from domain.shared.node_ids import node_id
from domain.shared.ports import Reader
from tests.conftest import Athlete
from tests.reading.operations import Operation, operations
from tests.reading.test_random_reads import PLACE, learn_cursors
from tests.reading.world import World, ids_of

BY_GRAPHQL_CORE = {"cost": True}  # whoever asks for the cost is answered by graphql-core


async def both_ways(ada: Athlete, query: str, variables: dict[str, Any]) -> tuple[Any, Any]:
    """The answers: compiled wherever it can be, and by graphql-core."""
    asked = {"query": query, "variables": variables}
    quick = await ada.http.post("/graphql", content=json.dumps(asked), headers={"content-type": "application/json"})
    slow = await ada.http.post(
        "/graphql",
        content=json.dumps(asked | {"extensions": BY_GRAPHQL_CORE}),
        headers={"content-type": "application/json"},
    )
    return _comparable(quick.status_code, quick.content), _comparable(slow.status_code, slow.content)


def _comparable(status: int, content: bytes) -> Any:
    answer = orjson.loads(content)
    answer.pop("extensions", None)
    for error in answer.get("errors", ()):
        error["extensions"].pop("requestId")
    return status, orjson.dumps(answer)


@settings(
    max_examples=100,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(operation=operations())
async def test_random_operations_have_one_answer(world: World, operation: Operation) -> None:
    if not world.cursors:
        await learn_cursors(world)
    variables = orjson.loads(
        PLACE.sub(
            lambda mark: world.cursors[mark["order"], UUID(mark["id"])], orjson.dumps(operation.variables).decode()
        )
    )
    text = PLACE.sub(lambda mark: world.cursors[mark["order"], UUID(mark["id"])], operation.text)

    compiled, executed = await both_ways(world.ada, text, variables)

    assert compiled == executed


RUN = "query($id: ID!) { run(id: $id) { id name distanceM } }"
PAGE = """query($after: String, $first: Int, $filter: RunFilter, $more: Boolean = true) {
    runs(first: $first, after: $after, filter: $filter) { edges { cursor node { id } }
        totalCount @include(if: $more) } }"""


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (RUN, {"id": "nonsense"}),
        (RUN, {"id": 5}),
        (RUN, {"id": None}),
        (RUN, {"id": ["a"]}),
        (RUN, {"id": "\x00"}),
        (RUN, {}),
        (RUN, {"id": "x", "needless": {"a": 1}}),
        (PAGE, {}),
        (PAGE, {"after": None}),
        (PAGE, {"after": "nonsense"}),
        (PAGE, {"after": ""}),
        (PAGE, {"first": -1}),
        (PAGE, {"first": 101}),
        (PAGE, {"first": "3"}),
        (PAGE, {"first": None, "filter": None, "more": None}),
        (PAGE, {"more": False}),
        (PAGE, {"filter": {"from": "nonsense"}}),
        (PAGE, {"filter": {"nope": 1}}),
        (PAGE, {"filter": {"minDistanceM": 10**400}}),
        ("{ viewer { displayName scopes } }", {}),
        ("{ __typename viewer { __typename } a: viewer { id } }", {}),
        ("{ viewer @skip(if: true) { id } }", {}),
        ("query($no: Boolean!) { viewer @include(if: $no) { id } }", {"no": False}),
        ("query($id: ID!) { run(id: $id) { id } runs(first: 1, after: $id) { totalCount } }", {"id": "x"}),
        ('query($x: String = "x") { runs(after: $x) { totalCount } }', {}),
        ("query($n: Int!, $id: ID!) { plan(id: $id) { week(number: $n) { number } } }", {"n": 2, "id": "x"}),
    ],
)
async def test_odd_variables_have_one_answer(world: World, query: str, variables: dict[str, Any]) -> None:
    compiled, executed = await both_ways(world.ada, query, variables)

    assert compiled == executed


@pytest.mark.parametrize("scopes", [["training:write"], ["events:read"], ["training:read"]])
async def test_a_token_without_the_scope_is_refused_both_ways(
    athlete: Callable[..., Athlete], scopes: list[str]
) -> None:
    ada = athlete("ada", scopes=scopes)

    for query in ("{ runs { totalCount } }", "{ viewer { displayName } }", "{ viewer { id } runs { totalCount } }"):
        for _ in range(2):  # the second time its token is known
            compiled, executed = await both_ways(ada, query, {})
            assert compiled == executed


async def test_strangers_are_refused_both_ways(ada: Athlete) -> None:
    del ada.http.headers["authorization"]

    compiled, executed = await both_ways(ada, "{ viewer { id } }", {})

    assert compiled == executed
    assert b"UNAUTHENTICATED" in compiled[1]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (RUN, {"id": "some id"}),
        (PAGE, {"after": "some cursor", "first": 3}),
        ("{ viewer { id } }", {}),
        ("query($id: ID!) { run(id: $id) { id } ...More } fragment More on Query { plans { totalCount } }", {"id": ""}),
    ],
)
async def test_usual_reads_are_compiled_once(app: Starlette, query: str, variables: dict[str, Any]) -> None:
    engine: Engine = app.state.engine
    async with Container(app.state.registry) as services:
        reader = await services.aget(Reader)
    compiled = engine.prepare(GraphQLRequest(query)).stored.compiled
    assert compiled is not None

    first = compiled.plan_for(variables, reader)
    again = compiled.plan_for(variables | {name: f"other {name}" for name in ("id", "after")}, reader)

    assert first is not None
    assert again is not None
    assert first[0] is again[0]


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ node(id: "x") { id } }',
        '{ viewer { id } __type(name: "Run") { name } }',
        "mutation { updateViewer(input: {}) { viewer { id } } }",
    ],
)
async def test_what_is_no_plain_read_is_left_to_graphql_core(app: Starlette, query: str) -> None:
    engine: Engine = app.state.engine

    assert engine.prepare(GraphQLRequest(query)).stored.compiled is None


async def test_a_compiled_read_sees_only_the_rows_of_who_asks(world: World) -> None:
    for whose in ("ADA", "BOB"):
        for id in ids_of("run", whose)[:2]:
            compiled, executed = await both_ways(world.ada, RUN, {"id": node_id("Run", id)})
            assert compiled == executed
            assert (b"null" in compiled[1]) == (whose == "BOB")
