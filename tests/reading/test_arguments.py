"""Arguments out of range are refused in a sentence; text is never anything but text."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.node_ids import node_id
from tests.reading.world import World, ids_of

PLAN = node_id("Plan", ids_of("plan", "ADA")[0])
RUN = node_id("Run", ids_of("run", "ADA")[1])  # forty points
HOSTILE = [
    "'; drop table run; --",
    "' or '1'='1",
    "\\'; select 1; --",
    '"',
    "$1",
    "{}",
    "%s",
    "\x00",
    "💥" * 50,
    "x" * 100_000,
    "\u202e",
]


def refusal(answer: dict[str, Any]) -> tuple[str, str]:
    (error,) = answer["errors"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("place", ["runs", f'plan(id: "{PLAN}") {{ workouts'])
@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("first: 101", "`first` is 101; a page has 0 to 100 entries."),
        ("last: 101", "`last` is 101; a page has 0 to 100 entries."),
        ("first: -1", "`first` is -1; a page has 0 to 100 entries."),
        ("last: -2147483648", "`last` is -2147483648; a page has 0 to 100 entries."),
        ("first: 2147483647", "`first` is 2147483647; a page has 0 to 100 entries."),
        ("first: 1, last: 1", "Ask for `first` or `last`, not both at once."),
    ],
)
async def test_a_page_out_of_bounds_is_refused(world: World, place: str, args: str, message: str) -> None:
    closing = " }" if "{" in place else ""

    answer = await world.ada.ask(f"{{ {place}({args}) {{ totalCount }} {closing} }}")

    assert refusal(answer) == ("BAD_USER_INPUT", message)


async def test_both_ends_may_be_null(world: World) -> None:
    query = "{ runs(first: null, last: null, after: null, before: null, filter: null, orderBy: null) { totalCount } }"

    assert await world.ada.get(query) == {"runs": {"totalCount": 11}}


@pytest.mark.parametrize("number", [-(2**31), -1, 0, 55, 2**31 - 1])
async def test_a_plan_has_no_week_of_that_number(world: World, number: int) -> None:
    query = "query($id: ID!, $n: Int!) { plan(id: $id) { week(number: $n) { number } } }"

    assert await world.ada.get(query, id=PLAN, n=number) == {"plan": {"week": None}}


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 1.5, "1", None, True])
async def test_a_week_s_number_is_an_int(world: World, number: Any) -> None:
    query = "query($id: ID!, $n: Int!) { plan(id: $id) { week(number: $n) { number } } }"

    assert refusal(await world.ada.ask(query, id=PLAN, n=number))[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("points", [0, 1, -1, 10_001, 2**31 - 1])
async def test_a_track_of_too_few_or_too_many_points_is_refused(world: World, points: int) -> None:
    answer = await world.ada.ask(f'{{ run(id: "{RUN}") {{ track(points: {points}) {{ timeS }} }} }}')

    code, message = refusal(answer)
    assert code == "BAD_USER_INPUT"
    assert message == f"`points` is {points}; a track has 2 to 10,000 points."


@pytest.mark.parametrize(("points", "count"), [(2, 2), (3, 3), (39, 39), (40, 40), (10_000, 40)])
async def test_a_track_keeps_its_ends_and_so_many_points_between(world: World, points: int, count: int) -> None:
    run = await world.ada.get(f'{{ run(id: "{RUN}") {{ track(points: {points}) {{ timeS heartRate }} }} }}')

    track = run["run"]["track"]
    assert (len(track["timeS"]), len(track["heartRate"])) == (count, count)
    assert (track["timeS"][0], track["timeS"][-1]) == (0, 39)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:12])
@pytest.mark.parametrize("field", ["run", "plan", "job", "node"])
async def test_hostile_text_is_no_id(world: World, field: str, text: str) -> None:
    assert await world.ada.get(f"query($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=text) == {field: None}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:12])
async def test_hostile_text_names_no_plan_to_filter_by(world: World, text: str) -> None:
    query = "query($id: ID) { workouts(filter: {planId: $id}) { totalCount } }"

    assert await world.ada.get(query, id=text) == {"workouts": {"totalCount": 0}}


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:12])
@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("filter: {from: $x}", "Date"),
        ("filter: {source: $x}", "RunSource"),
        ("orderBy: $x", "RunOrder"),
        ("filter: {minDistanceM: $x}", "Float"),
        ("filter: {linked: $x}", "Boolean"),
        ("first: $x", "Int"),
        ("after: $x", "String"),
    ],
)
async def test_hostile_text_is_no_value_of_another_type(world: World, argument: str, kind: str, text: str) -> None:
    answer = await world.ada.ask(f"query($x: {kind}) {{ runs({argument}) {{ totalCount }} }}", x=text)

    assert refusal(answer)[0] == "BAD_USER_INPUT"


@pytest.mark.parametrize("metres", [1e308, -1e308, 5e-324, 0, 10**300, -0.0])
async def test_any_number_may_be_a_distance_to_filter_by(world: World, metres: float) -> None:
    query = "query($x: Float) { runs(filter: {minDistanceM: $x}) { totalCount } }"

    assert await world.ada.get(query, x=metres) == {"runs": {"totalCount": 11 if metres < 1 else 0}}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2024-02-29"])
async def test_any_day_may_be_filtered_by(world: World, day: str) -> None:
    query = """query($day: Date) { runs(filter: {from: $day, to: $day}) { totalCount }
        plans(filter: {from: $day, to: $day}) { totalCount }
        workouts(filter: {from: $day, to: $day}) { totalCount } }"""

    assert {found["totalCount"] for found in (await world.ada.get(query, day=day)).values()} == {0}


async def test_an_id_of_another_type_is_no_id(world: World) -> None:
    assert await world.ada.get("query($id: ID!) { run(id: $id) { id } }", id=PLAN) == {"run": None}


@pytest.mark.parametrize("kind", ["Plan", "Workout", "Run", "Job"])
async def test_every_node_is_found_by_the_id_it_tells(world: World, kind: str) -> None:
    query = "query($id: ID!) { node(id: $id) { id __typename } }"

    for id in ids_of(kind.lower(), "ADA"):
        told = node_id(kind, id)
        assert await world.ada.get(query, id=told) == {"node": {"id": told, "__typename": kind}}


async def test_a_viewer_is_found_by_their_id_and_by_nobody_else(world: World) -> None:
    query = "query($id: ID!) { node(id: $id) { id ... on Viewer { timezone } } }"
    told = node_id("Viewer", world.ada_id)

    assert await world.ada.get(query, id=told) == {"node": {"id": told, "timezone": "America/Los_Angeles"}}
    assert await world.bob.get(query, id=told) == {"node": None}


@pytest.mark.parametrize("kind", ["Plan", "Workout", "Run", "Job"])
async def test_another_s_id_finds_nothing(world: World, kind: str) -> None:
    query = "query($id: ID!) { node(id: $id) { id __typename } }"

    for id in ids_of(kind.lower(), "BOB"):
        assert await world.ada.get(query, id=node_id(kind, id)) == {"node": None}


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary().map(lambda raw: node_id(raw.hex(), World.NOBODY))
)
async def test_no_text_whatsoever_is_a_fault_of_the_server(world: World, text: str) -> None:
    assert await world.ada.get("query($id: ID!) { node(id: $id) { id } }", id=text) == {"node": None}
