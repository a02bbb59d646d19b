"""The slow way to answer a selection: over rows read plainly, with nothing of SQL in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.reading.contract import FIELDS
from tests.reading.lists import FILTERS, ORDERS, TABLES
from tests.reading.tables import Row
from tests.reading.things import List, Thing
from tests.reading.world import World


@dataclass
class Asked:
    """One field of a selection, as simply as can be."""

    key: str
    name: str
    args: dict[str, Any] = field(default_factory=dict)
    of: list["Asked"] | None = None
    on: str = ""  # of the root field `node`: the type asked of it


def answer(world: World, thing: Thing | None, asked: list[Asked]) -> dict[str, Any] | None:
    """The JSON object of one thing."""
    if thing is None:
        return None
    return {one.key: _value(world, thing, one) for one in asked}


def _value(world: World, thing: Thing, asked: Asked) -> Any:
    if asked.name == "__typename":
        return thing.kind
    value = FIELDS[thing.kind][asked.name](world, thing.row, asked.args)
    if isinstance(value, Thing):
        return answer(world, value, asked.of or [])
    if isinstance(value, List):
        return page(world, value, asked.of or [])
    if isinstance(value, list) and value and isinstance(value[0], Thing):
        return [answer(world, one, asked.of or []) for one in value]
    return value


def page(world: World, whole: List, asked: list[Asked]) -> dict[str, Any]:
    """A connection: sort, filter, cut."""
    args, order = whole.args, whole.args.get("orderBy") or next(iter(ORDERS[whole.kind]))
    key, descending = ORDERS[whole.kind][order]

    def place(row: Row) -> Any:
        return (key(row), row["id"].int)

    rows = sorted((row for row in whole.rows if _kept(world, whole.kind, row, args)), key=place, reverse=descending)
    everything = {row["id"]: row for row in world.rows[TABLES.get(whole.kind, whole.kind.lower())]}
    ends = [args.get("after"), args.get("before")]
    after, before = (place(everything[end.id]) if end else None for end in ends)
    sign = -1 if descending else 1

    def side(row: Row, limit: Any) -> int:
        return sign * ((place(row) > limit) - (place(row) < limit))

    within = [r for r in rows if (after is None or side(r, after) > 0) and (before is None or side(r, before) < 0)]
    backward = args.get("last") is not None
    size = args["last"] if backward else 20 if args.get("first") is None else args["first"]
    shown = within[len(within) - size :] if backward and size < len(within) else within[:size]
    more = len(within) > size
    ahead = before is not None and any(side(row, before) >= 0 for row in rows)
    behind = after is not None and any(side(row, after) <= 0 for row in rows)
    cursors = [world.cursors[order, row["id"]] for row in shown]
    info = {
        "hasNextPage": ahead if backward else more or ahead,
        "hasPreviousPage": more or behind if backward else behind,
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "__typename": "PageInfo",
    }

    def edge(row: Row, cursor: str, parts: list[Asked]) -> dict[str, Any]:
        plain = {"cursor": cursor, "__typename": f"{whole.kind}Edge"}
        node = Thing(whole.kind, row)
        return {p.key: answer(world, node, p.of or []) if p.name == "node" else plain[p.name] for p in parts}

    def part(one: Asked) -> Any:
        if one.name == "edges":
            return [edge(row, cursor, one.of or []) for row, cursor in zip(shown, cursors, strict=True)]
        if one.name == "pageInfo":
            return {of.key: info[of.name] for of in one.of or []}
        return len(rows) if one.name == "totalCount" else f"{whole.kind}Connection"

    return {one.key: part(one) for one in asked}


def _kept(world: World, kind: str, row: Row, args: Mapping[str, Any]) -> bool:
    wanted = (args.get("filter") or {}).items()
    return all(FILTERS[kind][name](world, row, value) for name, value in wanted if value is not None)
