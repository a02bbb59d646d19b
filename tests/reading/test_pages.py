"""Walking through a list, forwards and backwards, shows each entry once and in order, whatever comes and goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from di.registry import VIEWS
from domain.shared.node_ids import id_of, parse_node_id
from domain.shared.selection import Field, Selection
from domain.shared.viewer import Viewer
from infrastructure.reading.compiler import json_object
from infrastructure.reading.connections import json_connection
from infrastructure.reading.statement import Asking, Statement
from tests.conftest import Athlete
from tests.reading.lists import ORDERS, sorted_by
from tests.reading.operations import LISTS
from tests.reading.tables import put
from tests.reading.world import World

WAYS = [(name, order) for name, kind in LISTS.items() for order in ORDERS[kind]]
ASKING = Asking(Viewer(World.NOBODY, frozenset()), datetime(2026, 1, 1, tzinfo=UTC), {})
PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"


async def pages(
    who: Athlete, name: str, order: str, size: int, *, backward: bool, between: Callable[[int], Any] | None = None
) -> list[list[UUID]]:
    """The ids of every page, walking to the end; `between(number)` happens after each page."""
    way, place, more, end = (
        ("last", "before", "hasPreviousPage", "startCursor")
        if backward
        else ("first", "after", "hasNextPage", "endCursor")
    )
    asked = f"{way}: $n, {place}: $at{sorted_by(LISTS[name], order)}"
    query = f"query($n: Int, $at: String) {{ list: {name}({asked}) {{ {PAGE} }} }}"
    walked: list[list[UUID]] = []
    at = None
    while True:
        page = (await who.get(query, n=size, at=at))["list"]
        ids = [parse_node_id(edge["node"]["id"]) for edge in page["edges"]]
        walked.append([parsed[1] for parsed in ids if parsed])
        cursors = [edge["cursor"] for edge in page["edges"]]
        assert [page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]] == [cursors[0], cursors[-1]]
        assert page["pageInfo"]["hasPreviousPage" if not backward else "hasNextPage"] == (at is not None)
        if not page["pageInfo"][more]:
            return walked
        at = page["pageInfo"][end]
        if between:
            await between(len(walked))


def in_order(world: World, name: str, order: str) -> list[UUID]:
    key, descending = ORDERS[LISTS[name]][order]
    rows = world.of(LISTS[name].lower())
    return [row["id"] for row in sorted(rows, key=lambda row: (key(row), row["id"].int), reverse=descending)]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize(("name", "order"), WAYS)
async def test_walking_forwards_shows_each_entry_once_in_order(world: World, name: str, order: str, size: int) -> None:
    walked = await pages(world.ada, name, order, size, backward=False)

    assert [*chain(*walked)] == in_order(world, name, order)
    assert {len(page) for page in walked[:-1]} <= {size}


@pytest.mark.parametrize("size", [1, 2, 5, 100])
@pytest.mark.parametrize(("name", "order"), WAYS)
async def test_walking_backwards_shows_each_entry_once_in_order(world: World, name: str, order: str, size: int) -> None:
    walked = await pages(world.ada, name, order, size, backward=True)

    assert [*chain(*reversed(walked))] == in_order(world, name, order)
    assert {len(page) for page in walked[:-1]} <= {size}


def a_plan(athlete: UUID, number: int, like: dict[str, Any]) -> dict[str, Any]:
    day = like["start_date"] + timedelta(days=number // 4)
    return like | {"id": UUID(int=(3 << 100) + number), "athlete": athlete, "start_date": day, "name": f"plan {number}"}


@pytest.fixture
async def shifting(ada: Athlete, world: World, sql: asyncpg.Connection) -> UUID:
    """An athlete with twelve plans, numbered by twos, four on each first day; the tests add and take away others."""
    athlete = id_of("Viewer", (await ada.get("{ viewer { id } }"))["viewer"]["id"])
    assert athlete is not None
    await sql.execute("delete from plan where id between $1 and $2", UUID(int=3 << 100), UUID(int=(3 << 100) + 1000))
    await put(sql, "plan", [a_plan(athlete, number, world.of("plan")[1]) for number in range(0, 24, 2)])
    return athlete


@pytest.mark.parametrize("backward", [False, True])
async def test_entries_that_come_between_pages_shift_none(
    ada: Athlete, world: World, sql: asyncpg.Connection, shifting: UUID, backward: bool
) -> None:
    async def add(page: int) -> None:  # among those that begin on the same days
        if page <= 6:
            await put(sql, "plan", [a_plan(shifting, n, world.of("plan")[1]) for n in (4 * page - 3, 27 - 4 * page)])

    walked = chain(*await pages(ada, "plans", "START_DATE_ASC", 2, backward=backward, between=add))

    numbers = [id.int - (3 << 100) for id in walked]
    assert [number for number in sorted(numbers) if number % 2 == 0] == list(range(0, 24, 2))
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("backward", [False, True])
async def test_entries_that_go_between_pages_take_no_other_with_them(
    ada: Athlete, sql: asyncpg.Connection, shifting: UUID, backward: bool
) -> None:
    async def take(page: int) -> None:  # the very entry that the cursor was made of, while the walk stands on it
        at = 4 * page - 2 if not backward else 24 - 4 * page
        await sql.execute("delete from plan where id = $1", UUID(int=(3 << 100) + at))

    walked = chain(*await pages(ada, "plans", "START_DATE_ASC", 2, backward=backward, between=take))

    assert sorted(id.int - (3 << 100) for id in walked) == list(range(0, 24, 2))


async def test_an_empty_list_is_an_empty_page(ada: Athlete) -> None:
    query = "{ plans { edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"

    nothing = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert await ada.get(query) == {"plans": {"edges": [], "totalCount": 0, "pageInfo": nothing}}


@pytest.mark.parametrize(("way", "more"), [("first", "hasNextPage"), ("last", "hasPreviousPage")])
async def test_a_page_of_none_tells_whether_there_are_any(world: World, way: str, more: str) -> None:
    query = f"{{ runs({way}: 0) {{ edges {{ cursor }} pageInfo {{ {more} endCursor }} }} }}"

    assert await world.ada.get(query) == {"runs": {"edges": [], "pageInfo": {more: True, "endCursor": None}}}


@pytest.mark.parametrize(("way", "more"), [("first", "hasNextPage"), ("last", "hasPreviousPage")])
async def test_the_ends_of_a_page_are_told_without_whether_there_are_more(world: World, way: str, more: str) -> None:
    query = f"{{ a: runs({way}: 3) {{ {PAGE} }} b: runs({way}: 3) {{ pageInfo {{ startCursor endCursor }} }} }}"

    both = await world.ada.get(query)

    cursors = [edge["cursor"] for edge in both["a"]["edges"]]
    assert both["a"]["pageInfo"][more]
    assert both["b"]["pageInfo"] == {"startCursor": cursors[0], "endCursor": cursors[-1]}


@pytest.mark.parametrize("peeking", [False, True])
async def test_a_page_that_an_index_has_in_order_is_never_sorted(
    world: World, sql: asyncpg.Connection, peeking: bool
) -> None:
    edges = Field("edges", "edges", of=Selection("", (Field("cursor", "cursor"),)))
    info = Field("pageInfo", "pageInfo", of=Selection("", (Field("more", "hasNextPage"), Field("end", "endCursor"))))
    statement = Statement(VIEWS)
    asked = Field("runs", "runs", of=Selection("", (edges, info) if peeking else (edges,)))
    page = json_connection(statement, VIEWS["Run"], asked, lambda _: [], json_object)

    async with sql.transaction():
        # Whatever the planner thinks of so few rows: it sorts only where no index has them in order.
        for costly in ("seqscan", "bitmapscan", "sort"):
            await sql.execute(f"set local enable_{costly} = off")
        plan = await sql.fetch(f"explain {page.statement}", *statement.bound(ASKING))

    steps = "\n".join(row[0] for row in plan)
    assert "run_athlete_started_at" in steps
    assert ("WindowAgg" in steps) == peeking
    assert "Sort" not in steps


async def test_a_page_has_twenty_entries_unless_said_otherwise(
    ada: Athlete, world: World, sql: asyncpg.Connection, shifting: UUID
) -> None:
    await put(sql, "plan", [a_plan(shifting, n, world.of("plan")[1]) for n in range(1, 40, 2)])

    plans = (await ada.get("{ plans { edges { cursor } totalCount pageInfo { hasNextPage } } }"))["plans"]

    assert (len(plans["edges"]), plans["totalCount"], plans["pageInfo"]["hasNextPage"]) == (20, 32, True)


async def test_between_two_cursors_lie_the_entries_between(world: World) -> None:
    everything = (await world.ada.get("{ runs(orderBy: DISTANCE_ASC) { edges { cursor } } }"))["runs"]["edges"]
    cursors = [edge["cursor"] for edge in everything]
    query = """query($after: String, $before: String) { runs(orderBy: DISTANCE_ASC, after: $after, before: $before) {
        edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage } } }"""

    runs = (await world.ada.get(query, after=cursors[2], before=cursors[6]))["runs"]

    assert [edge["cursor"] for edge in runs["edges"]] == cursors[3:6]
    assert runs["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": True}
    assert runs["totalCount"] == len(cursors)
