"""Random operations: the plain tree of what is asked, and a document that says it in a roundabout way."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from graphql import GraphQLObjectType, get_named_type, is_object_type
from hypothesis import strategies as st

from app.schema import build_schema
from domain.shared.node_ids import node_id
from tests.reading.contract import FIELDS, FILTERS, ORDERS
from tests.reading.reference import Asked
from tests.reading.world import NAMES, STATUSES, TYPES, ids_of

SCHEMA = build_schema()._schema
LISTS = {"plans": "Plan", "workouts": "Workout", "runs": "Run"}
BY_ID = ("Plan", "Workout", "Run", "Job")
SHELLS = ("edges", "pageInfo", "totalCount", "__typename"), ("node", "cursor", "__typename")
DAYS = st.sampled_from(
    ["0001-01-01", "2024-04-03", "2024-04-05", "2024-04-17", "2024-05-20", "2091-01-01", "9999-12-31"]
)
METRES = st.sampled_from([0.0, 5000.1, 5500.1, 6000.0, 1e308, -1.5])
DEEPEST = 5


class Enum(str):
    """A name that stands without quotes."""

    __slots__ = ()


class Place(str):
    """A cursor to be: a mark in the text, put in place of which the row's cursor is sent."""

    __slots__ = ("id", "order")

    def __new__(cls, order: str, id: UUID) -> "Place":
        """Mark a row in an order."""
        self = super().__new__(cls, f"cursor of {id} in {order}")
        self.order, self.id = order, id
        return self


@dataclass
class Writing:
    """A document on its way: what it needs declared, and where it may still vary."""

    draw: st.DrawFn
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    left: int = 40  # fields, before it goes no deeper

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def pick(self, choices: Any) -> Any:
        return self.draw(choices if isinstance(choices, st.SearchStrategy) else st.sampled_from(list(choices)))

    def name(self, kind: str) -> str:
        return f"{kind}{len(self.declared) + len(self.fragments)}"


class Operation:
    """What is asked, the document that asks it, and its variables. A failing example prints the last two."""

    def __init__(self, asked: list[Asked], text: str, variables: dict[str, Any]) -> None:
        self.asked, self.text, self.variables = asked, text, variables

    def __repr__(self) -> str:
        return f"{self.text} with {self.variables}"


@st.composite
def operations(draw: st.DrawFn) -> Operation:
    """Anything that can be read."""
    writing = Writing(draw)
    asked = roots(writing)
    return Operation(asked, document(writing, asked), writing.variables)


def roots(writing: Writing) -> list[Asked]:
    """One to three root fields."""
    asked = []
    for number in range(writing.pick(st.integers(1, 3))):
        name = writing.pick(["viewer", *LISTS, "run", "plan", "job", "node"])
        args, kind = dict[str, Any](), name.capitalize()
        if name in LISTS:
            args, of = _page_args(writing, LISTS[name], root=True), _connection(writing, LISTS[name], 1)
        elif name == "viewer":
            of = _selection(writing, "Viewer", 1)
        else:
            kind = writing.pick(BY_ID) if name == "node" else kind
            args, of = {"id": _some_id(writing, kind)}, _selection(writing, kind, 1)
        asked.append(Asked(f"root{number}", name, args, of, on=kind))
    return asked


def _some_id(writing: Writing, kind: str) -> str:
    if writing.chance(8):
        return str(writing.pick(["", "UGxhbjo=", "nonsense", "\x00", node_id("Run", UUID(int=7)), "💥"]))
    return node_id(kind, writing.pick(ids_of(kind.lower(), "BOB" if writing.chance(5) else "ADA")))


def _selection(writing: Writing, kind: str, depth: int) -> list[Asked]:
    deeper = depth < DEEPEST and writing.left > 0
    known = [name for name in FIELDS[kind] if deeper or not is_object_type(_below(kind, name))]
    names = writing.pick(st.lists(st.sampled_from([*known, "__typename"]), min_size=1, max_size=5))
    writing.left -= len(names)
    return [_field(writing, kind, name, number, depth) for number, name in enumerate(names)]


def _field(writing: Writing, kind: str, name: str, number: int, depth: int) -> Asked:
    key, args, of = f"{name.strip('_')}{number}", {}, None
    below = None if name == "__typename" else _below(kind, name)
    if below and below.name.endswith("Connection"):
        listed = below.name.removesuffix("Connection")
        args, of = _page_args(writing, listed, root=False), _connection(writing, listed, depth + 1)
    elif is_object_type(below):
        of = _selection(writing, below.name, depth + 1)
    if name == "week":
        args = {"number": writing.pick([1, 2, 3, 5, 6, 7, 54, 55, 0, -(2**31), 2**31 - 1])}
    if name == "track" and not writing.chance(3):
        args = {"points": writing.pick([2, 3, 4, 39, 40, 41, 10_000])}
    return Asked(key, name, args, of)


def _below(kind: str, name: str) -> GraphQLObjectType:
    return get_named_type(SCHEMA.get_type(kind).fields[name].type)  # type: ignore[union-attr,return-value]


def _connection(writing: Writing, kind: str, depth: int) -> list[Asked]:
    def edges() -> list[Asked]:
        parts = writing.pick(st.lists(st.sampled_from(SHELLS[1]), min_size=1, max_size=3))
        return [
            Asked(f"e{at}", part, of=_selection(writing, kind, depth + 1) if part == "node" else None)
            for at, part in enumerate(parts)
        ]

    def info() -> list[Asked]:
        names = ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename"]
        picked = writing.pick(st.lists(st.sampled_from(names), min_size=1, max_size=4))
        return [Asked(f"i{at}", name) for at, name in enumerate(picked)]

    below = {"edges": edges, "pageInfo": info}
    parts = writing.pick(st.lists(st.sampled_from(SHELLS[0]), min_size=1, max_size=3))
    return [Asked(f"c{at}", part, of=below[part]() if part in below else None) for at, part in enumerate(parts)]


def _page_args(writing: Writing, kind: str, *, root: bool) -> dict[str, Any]:
    args: dict[str, Any] = {}
    way = writing.pick(["first", "last", None])
    if way:
        args[way] = writing.pick([0, 1, 2, 3, 5, 100, 4])
    order = next(iter(ORDERS[kind]))
    if root and writing.chance(2):
        order = writing.pick(ORDERS[kind])
        args["orderBy"] = Enum(order)
    if root and writing.chance(2):
        args["filter"] = _filter(writing, kind)
    for end in ("after", "before"):
        if writing.chance(3):
            args[end] = writing.pick([None, *(Place(order, id) for id in ids_of(kind.lower(), "ADA"))])
    return args


def _filter(writing: Writing, kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "status": st.sampled_from(STATUSES).map(Enum),
        "from": DAYS,
        "to": DAYS,
        "planId": st.sampled_from(
            ["", "nonsense", *(node_id("Plan", id) for who in NAMES for id in ids_of("plan", who))]
        ),
        "type": st.sampled_from(TYPES).map(Enum),
        "done": st.booleans(),
        "source": st.sampled_from(["FILE", "MANUAL", "STRAVA"]).map(Enum),
        "minDistanceM": METRES,
        "maxDistanceM": METRES,
        "linked": st.booleans(),
    }
    names = writing.pick(st.lists(st.sampled_from(list(FILTERS[kind])), max_size=3, unique=True))
    return {name: None if writing.chance(6) else writing.pick(values[name]) for name in names}


def document(writing: Writing, asked: list[Asked]) -> str:
    """The operation's text; its variables are left in `writing`."""
    body = _fields(writing, "Query", asked)
    head = f"query Random({', '.join(writing.declared)})" if writing.declared else "query Random"
    return "\n".join([f"{head} {body}", *writing.fragments])


def _fields(writing: Writing, kind: str, asked: list[Asked]) -> str:
    """A selection set, some of it in fragments, some twice, with some that is skipped."""
    parts: list[str] = []
    rest = list(asked)
    while rest:
        size = writing.pick(st.integers(1, len(rest)))
        some, rest = rest[:size], rest[size:]
        parts.append(_wrapped(writing, kind, [_field_text(writing, kind, one) for one in some], some))
        if writing.chance(6):
            parts.append(f"skipped{len(parts)}: __typename {_never(writing)}")
    return "{ " + " ".join(parts) + " }"


def _wrapped(writing: Writing, kind: str, texts: list[str], asked: list[Asked]) -> str:
    body = " ".join(texts)
    how = writing.pick(["plain", "plain", "inline", "bare", "named", "interface", "never"])
    on = kind
    if how == "interface" and "id" in FIELDS.get(kind, ()) and all(one.name in ("id", "__typename") for one in asked):
        on, how = "Node", "inline"
    if how == "inline":
        return f"... on {on} {_always(writing)} {{ {body} }}"
    if how == "bare":
        return f"... {_always(writing)} {{ {body} }}"
    if how == "named":
        name = writing.name("F")
        writing.fragments.append(f"fragment {name} on {on} {{ {body} }}")
        return f"...{name} {_always(writing)} ...{name}" if writing.chance(2) else f"...{name}"
    if how == "never":
        return f"{body} ... {_never(writing)} {{ gone: __typename }}"
    return body


def _field_text(writing: Writing, kind: str, asked: Asked) -> str:
    head = f"{asked.key}: {asked.name}{_arguments(writing, kind, asked)}"
    if asked.of is None:
        return f"{head} {_always(writing)}"
    if asked.name == "node" and kind == "Query":
        return f"{head} {{ ... on {asked.on} {_fields(writing, asked.on, asked.of)} }}"
    below = get_named_type(SCHEMA.get_type(kind).fields[asked.name].type).name  # type: ignore[union-attr]
    at = writing.pick(st.integers(0, len(asked.of)))
    halves = [half for half in (asked.of[:at], asked.of[at:]) if half]
    # The same field twice is one field with both selections.
    return " ".join(f"{head} {_always(writing)} {_fields(writing, below, half)}" for half in halves)


def _arguments(writing: Writing, kind: str, asked: Asked) -> str:
    if kind != "Query" and asked.name not in ("workouts", "week", "track"):
        return ""
    definitions = SCHEMA.get_type(kind).fields[asked.name].args  # type: ignore[union-attr]
    given = [f"{name}: {_argument(writing, value, str(definitions[name].type))}" for name, value in asked.args.items()]
    left_out = [
        name for name in definitions if name not in asked.args and not str(definitions[name].type).endswith("!")
    ]
    if left_out and writing.chance(4):
        given.append(f"{left_out[0]}: {_declare(writing, str(definitions[left_out[0]].type))}")  # given no value
    return f"({', '.join(given)})" if given else ""


def _argument(writing: Writing, value: Any, kind: str) -> str:
    how = writing.pick(["literal", "variable", "default", "inside"])
    if how == "variable" or (isinstance(value, str) and "\x00" in value):
        name = _declare(writing, kind)
        writing.variables[name[1:]] = value
        return name
    if how == "default" and value is not None:
        return _declare(writing, f"{kind.removesuffix('!')} = {literal(value)}")
    return literal(value)


def _declare(writing: Writing, kind: str) -> str:
    name = f"${writing.name('v')}"
    writing.declared.append(f"{name}: {kind}")
    return name


def _always(writing: Writing) -> str:
    return _directive(writing, {"include": True, "skip": False})


def _never(writing: Writing) -> str:
    return _directive(writing, {"include": False, "skip": True}, needed=True)


def _directive(writing: Writing, values: dict[str, bool], *, needed: bool = False) -> str:
    if not needed and not writing.chance(5):
        return ""
    name, value = writing.pick(values.items())
    return f"@{name}(if: {_argument(writing, value, 'Boolean!')})"


def literal(value: Any) -> str:
    """A value as it stands in a document."""
    if isinstance(value, Enum):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
    return orjson.dumps(value).decode()
