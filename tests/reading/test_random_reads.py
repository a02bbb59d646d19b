"""Whatever is asked, one statement answers it as the slow reference does."""

import math
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
from hypothesis import HealthCheck, Phase, given, settings

from domain.shared.node_ids import parse_node_id
from tests.reading.operations import LISTS, Operation, operations
from tests.reading.reference import Asked, answer, page
from tests.reading.things import List, Thing
from tests.reading.world import World

PLACE = re.compile(r"cursor of (?P<id>\S+) in (?P<order>\w+)")
OWNED = re.compile(r'"(athlete|plan|workout|run|job)" (t\d+|r) where (\S+) = (\S+)')


def expected(world: World, asked: Asked) -> Any:
    if asked.name in LISTS:
        kind = LISTS[asked.name]
        return page(world, List(kind, world.of(kind.lower()), asked.args), asked.of or [])
    if asked.name == "viewer":
        row = next(row for row in world.rows["athlete"] if row["id"] == world.ada_id)
        return answer(world, Thing("Viewer", row), asked.of or [])
    parsed = parse_node_id(asked.args["id"])
    if parsed is None or asked.name not in ("node", parsed[0].lower()):
        return None
    row = next((row for row in world.of(parsed[0].lower()) if row["id"] == parsed[1]), None)
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


async def learn_cursors(world: World) -> None:
    for name, orders in (
        ("plans", ("START_DATE_DESC", "START_DATE_ASC", "CREATED_AT_DESC", "CREATED_AT_ASC")),
        ("workouts", ("SCHEDULED_DATE_ASC", "SCHEDULED_DATE_DESC")),
        ("runs", ("STARTED_AT_DESC", "STARTED_AT_ASC", "DISTANCE_DESC", "DISTANCE_ASC")),
    ):
        for order in orders:
            data = await world.ada.get(
                f"{{ all: {name}(first: 100, orderBy: {order}) {{ edges {{ cursor node {{ id }} }} }} }}"
            )
            for edge in data["all"]["edges"]:
                parsed = parse_node_id(edge["node"]["id"])
                assert parsed is not None
                world.cursors[order, parsed[1]] = edge["cursor"]


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
        assert len(owned) == len(re.findall(r'from "(?:athlete|plan|workout|run|job)"', sql)), sql
        assert all(
            side in (f'{row}."athlete"', f'{row}."id"') and value.startswith("$") for _, row, side, value in owned
        )
