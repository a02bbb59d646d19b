"""Whatever is asked, one statement answers it as the slow reference does."""

import base64
import math
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from hypothesis import HealthCheck, Phase, given, settings

from domain.events.places import cursor_of
from domain.shared.node_ids import parse_node_id
from infrastructure.reading.cursors import VERSION
from tests.reading.best_efforts import best_efforts
from tests.reading.feeds import topic_named
from tests.reading.lists import ORDERS, sorted_by
from tests.reading.operations import BY_NAME, LISTS, Operation, operations
from tests.reading.reference import Asked, answer, page
from tests.reading.things import List, Thing
from tests.reading.world import World

PLACE = re.compile(r"cursor of (?P<id>\S+) in (?P<order>\w+)")
TABLES = "athlete|best_effort|course|job|physiology|plan|run|segment|workout"
OWNED = re.compile(rf'"({TABLES})" (t\d+|r) where (\S+) = (\S+)')
EDGES = "{ edges { cursor node { id } } }"


def expected(world: World, asked: Asked) -> Any:
    if asked.name in LISTS:
        kind = LISTS[asked.name]
        return page(world, List(kind, world.of(kind.lower()), asked.args), asked.of or [])
    if asked.name == "viewer":
        row = next(row for row in world.rows["athlete"] if row["id"] == world.ada_id)
        return answer(world, Thing("Viewer", row), asked.of or [])
    if asked.name == "bestEfforts":
        return [answer(world, one, asked.of or []) for one in best_efforts(world, asked.args)]
    if asked.name in BY_NAME:
        kind, argument = BY_NAME[asked.name]
        named = topic_named(world, asked.args[argument])
        return answer(world, named and Thing(kind, named), asked.of or [])
    parsed = parse_node_id(asked.args["id"])
    if parsed is None or asked.name not in ("node", parsed[0].lower()):
        return None
    rows = world.rows["topic"] if parsed[0] == "Topic" else world.of(parsed[0].lower())
    row = next((row for row in rows if row["id"] == parsed[1]), None)
    return answer(world, row and Thing(parsed[0], row), asked.of or [])


def same(given: Any, wanted: Any) -> bool:
    """Equal to the order of keys; numbers up to the last digits."""
    if isinstance(wanted, dict):
        return (
            isinstance(given, dict) and list(given) == list(wanted) and all(same(given[k], wanted[k]) for k in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(given, list) and len(given) == len(wanted) and all(map(same, given, wanted))
    if isinstance(wanted, float) and isinstance(given, float | int):
        return math.isclose(given, wanted, rel_tol=1e-9)
    return bool(given == wanted) and isinstance(given, bool) == isinstance(wanted, bool)


def cursor_sent(*parts: str) -> str:
    return base64.b64encode(orjson.dumps([VERSION, *parts])).decode()


async def learn_cursors(world: World) -> None:
    def learn(order: str, page: Any) -> None:
        for edge in page["edges"]:
            parsed = parse_node_id(edge["node"]["id"])
            assert parsed is not None
            world.cursors[order, parsed[1]] = edge["cursor"]

    for name, kind in LISTS.items():
        for order in ORDERS[kind]:
            learn(order, (await world.ada.get(f"{{ all: {name}(first: 100{sorted_by(kind, order)}) {EDGES} }}"))["all"])
    within = await world.ada.get(
        f"""{{ viewer {{ physiologies {EDGES} }} runs {{ edges {{ node {{ segments {EDGES} }} }} }} }}"""
    )
    learn("VALID_FROM_DESC", within["viewer"]["physiologies"])
    for edge in within["runs"]["edges"]:
        learn("ORDINAL_ASC", edge["node"]["segments"])
    for row in world.rows["event"]:
        world.cursors["OFFSET_ASC", row["id"]] = cursor_of(row["topic"], row["feed_offset"])
    for table, order in (("event_conflict", "NEWEST"), ("tracker", "CREATED")):
        for row in world.rows[table]:
            world.cursors[order, row["id"]] = cursor_sent(order, str(row["id"]), str(row["id"]))


@settings(
    max_examples=150,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(operation=operations())
async def test_any_selection_is_one_statement_and_answers_what_the_rows_say(
    world: World, statements: Callable[[], Any], operation: Operation
) -> None:
    if not world.cursors:
        await learn_cursors(world)
    body = orjson.dumps({"query": operation.text, "variables": operation.variables}).decode()
    body = PLACE.sub(lambda mark: world.cursors[mark["order"], UUID(mark["id"])], body)

    async with statements() as sent:
        response = await world.ada.http.post("/graphql", content=body, headers={"content-type": "application/json"})

    given = response.json()
    wanted = {one.key: expected(world, one) for one in operation.asked}
    assert "errors" not in given, given["errors"]
    assert same(given["data"], wanted), (given["data"], wanted)
    assert "BOB" not in response.text
    assert len(sent) <= len(operation.asked)
    for sql in sent:
        owned = OWNED.findall(sql)
        assert len(owned) == len(re.findall(rf'from "(?:{TABLES})"', sql)), sql
        assert all(
            side in (f'{row}."athlete"', f'{row}."id"') and value.startswith("$") for _, row, side, value in owned
        )
