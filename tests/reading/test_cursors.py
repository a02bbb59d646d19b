"""Cursors of other lists, other orders, other athletes or nobody at all are refused, or harmless."""

import base64
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.errors import BadUserInput
from domain.shared.node_ids import node_id
from infrastructure.reading.cursors import VERSION, parse_cursor
from tests.reading.lists import ORDERS, sorted_by
from tests.reading.world import World, ids_of

ID = str(UUID(int=7))
CASTS = ("date", "timestamptz", "double precision", "int", "bigint", "text", "uuid")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5),
)


def cursor(*parts: Any) -> str:
    return base64.b64encode(orjson.dumps(list(parts))).decode()


def code(answer: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


@given(text=st.text() | st.binary().map(lambda raw: base64.b64encode(raw).decode()), cast=st.sampled_from(CASTS))
def test_random_text_is_no_cursor(text: str, cast: str) -> None:
    with pytest.raises(BadUserInput, match="`after`"):
        parse_cursor(text, order_name="START_DATE_ASC", cast=cast, argument="after")


@given(parts=st.lists(JSON, max_size=6), cast=st.sampled_from(CASTS))
def test_random_json_is_no_cursor(parts: list[Any], cast: str) -> None:
    text = base64.b64encode(orjson.dumps(parts)).decode()

    with pytest.raises(BadUserInput, match="`after`"):
        parse_cursor(text, order_name="START_DATE_ASC", cast=cast, argument="after")


HOSTILE_KEYS = [
    None,
    True,
    5,
    -1e308,
    1.5,
    [],
    {},
    "",
    "NaN",
    "Infinity",
    "infinity",
    "-infinity",
    "now",
    "2024-01-01",
    "2024-02-30",
    "9999-12-31",
    "0001-01-01",
    "99999-01-01",
    "2024-W01-1",
    "2024-01-01T00:00:00",
    "2024-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999-23:59",
    "9999-12-31T23:59:59.999999Z",
    "2024-01-01\x00",
    "'; drop table run; --",
]


@pytest.mark.parametrize("key", HOSTILE_KEYS, ids=repr)
@pytest.mark.parametrize(
    ("name", "order"), [("plans", "START_DATE_ASC"), ("plans", "CREATED_AT_ASC"), ("runs", "DISTANCE_ASC")]
)
async def test_a_forged_key_is_refused_or_a_place_like_any_other(world: World, name: str, order: str, key: Any) -> None:
    query = f"query($at: String) {{ {name}(orderBy: {order}, after: $at) {{ edges {{ cursor }} totalCount }} }}"

    answer = await world.ada.ask(query, at=cursor(VERSION, order, key, ID))

    assert (
        code(answer) == ["BAD_USER_INPUT"] or len(answer["data"][name]["edges"]) <= answer["data"][name]["totalCount"]
    )


@pytest.mark.parametrize("id", [None, 7, "", "x", "00000000", [], ID + "0", "💥", "\x00"], ids=repr)
async def test_a_forged_id_is_refused(world: World, id: Any) -> None:
    answer = await world.ada.ask(
        "query($at: String) { runs(after: $at) { totalCount } }",
        at=cursor(VERSION, "STARTED_AT_DESC", "2024-01-01T00:00:00Z", id),
    )

    assert code(answer) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "=",
        "💥",
        "\x00",
        "WzFd",
        "W10=",
        "bnVsbA==",
        "A" * 501,
        "A" * 100_000,
        cursor(2, "STARTED_AT_DESC", "2024-01-01T00:00:00Z", ID),
    ],
)
@pytest.mark.parametrize("selection", ["totalCount", "edges { cursor }", "pageInfo { endCursor }", "__typename"])
async def test_what_is_no_cursor_is_refused_whatever_is_asked(world: World, text: str, selection: str) -> None:
    answer = await world.ada.ask(f"query($at: String) {{ runs(before: $at) {{ {selection} }} }}", at=text)

    assert code(answer) == ["BAD_USER_INPUT"]
    assert "`before`" in answer["errors"][0]["message"] or "another order" in answer["errors"][0]["message"]


async def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    edges = (await world.ada.get("{ runs(first: 1, orderBy: DISTANCE_ASC) { edges { cursor } } }"))["runs"]["edges"]

    answer = await world.ada.ask(
        "query($at: String) { runs(after: $at, orderBy: DISTANCE_DESC) { totalCount } }", at=edges[0]["cursor"]
    )

    assert code(answer) == ["BAD_USER_INPUT"]
    assert "another order" in answer["errors"][0]["message"]


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    edges = (await world.ada.get("{ plans(first: 1) { edges { cursor } } }"))["plans"]["edges"]

    answer = await world.ada.ask("query($at: String) { runs(after: $at) { totalCount } }", at=edges[0]["cursor"])

    assert code(answer) == ["BAD_USER_INPUT"]


async def test_a_cursor_of_another_athlete_shows_the_viewer_s_own_entries(world: World) -> None:
    theirs = (await world.bob.get("{ runs(first: 3) { edges { cursor } } }"))["runs"]["edges"][2]["cursor"]

    runs = (await world.ada.get("query($at: String) { runs(after: $at) { edges { node { name } } } }", at=theirs))[
        "runs"
    ]

    assert runs["edges"]
    assert all(edge["node"]["name"].startswith("ADA") for edge in runs["edges"])


async def test_a_cursor_of_a_plan_s_workouts_is_good_for_all_workouts(world: World) -> None:
    inside = "query($id: ID!) { plan(id: $id) { workouts(first: 2) { edges { cursor node { id } } } } }"
    plan = (await world.ada.get(inside, id=node_id("Plan", ids_of("plan", "ADA")[1])))["plan"]
    edge = plan["workouts"]["edges"][0]
    query = "query($at: String) { workouts(before: $at, last: 1) { edges { node { id } } pageInfo { hasNextPage } } }"

    workouts = (await world.ada.get(query, at=edge["cursor"]))["workouts"]

    assert workouts["pageInfo"] == {"hasNextPage": True}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=JSON, order=st.sampled_from([(name, order) for name in ORDERS for order in ORDERS[name]]))
async def test_no_cursor_whatsoever_is_a_fault_of_the_server(world: World, key: Any, order: tuple[str, str]) -> None:
    kind, order_name = order
    asked = f"(after: $at{sorted_by(kind, order_name)}) {{ edges {{ cursor }} }}"
    within = {
        "Segment": f'run(id: "{node_id("Run", ids_of("run", "ADA")[0])}") {{ segments{asked} }}',
        "Physiology": f"viewer {{ physiologies{asked} }}",
        "Event": f'topic(name: "ada-race") {{ events{asked} }}',
        "EventConflict": f'topic(name: "ada-race") {{ conflicts{asked} }}',
    }
    query = f"query($at: String) {{ {within.get(kind) or f'{kind.lower()}s{asked}'} }}"

    answer = await world.ada.ask(query, at=cursor(VERSION, order_name, key, ID))

    assert code(answer) in ([], ["BAD_USER_INPUT"])


@pytest.mark.parametrize("key", [2**31, -(2**31) - 1, 1.0, True, "1"])
def test_what_is_no_whole_number_that_a_column_can_hold_is_no_place_among_segments(key: Any) -> None:
    with pytest.raises(BadUserInput, match="`after`"):
        parse_cursor(cursor(VERSION, "ORDINAL_ASC", key, ID), order_name="ORDINAL_ASC", cast="int", argument="after")


async def test_the_segments_of_a_run_are_walked_through_by_its_cursors(world: World) -> None:
    query = """query($id: ID!, $at: String) { run(id: $id) { segments(first: 2, after: $at) {
        edges { node { ordinal } } pageInfo { hasNextPage endCursor } } } }"""
    ordinals, page = [], {"hasNextPage": True, "endCursor": None}

    while page["hasNextPage"]:
        run = (await world.ada.get(query, id=node_id("Run", ids_of("run", "ADA")[0]), at=page["endCursor"]))["run"]
        page = run["segments"]["pageInfo"]
        ordinals.append([edge["node"]["ordinal"] for edge in run["segments"]["edges"]])

    assert ordinals == [[1, 2], [3, 4], [5]]


async def test_a_cursor_holds_its_key_to_the_last_digit(world: World) -> None:
    edge = (await world.ada.get("{ runs(last: 1) { edges { cursor } } }"))["runs"]["edges"][0]

    version, order, key, _ = orjson.loads(base64.b64decode(edge["cursor"]))

    assert (version, order) == (VERSION, "STARTED_AT_DESC")
    assert datetime.fromisoformat(key) == world.of("run")[0]["started_at"]
