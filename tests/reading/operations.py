"""Random operations: the plain tree of what is asked, and a document that says it in a roundabout way."""

from typing import Any
from uuid import UUID

from graphql import GraphQLObjectType, get_named_type, is_object_type
from hypothesis import strategies as st

from domain.shared.node_ids import node_id
from tests.reading.contract import FIELDS
from tests.reading.documents import SCHEMA, Enum, Place, Writing, document
from tests.reading.feed_rows import INSTANTS, SOURCES, TOPIC_NAMES
from tests.reading.lists import FILTERS, ORDERS
from tests.reading.reference import Asked
from tests.reading.world import NAMES, STATUSES, TYPES, ids_of

LISTS = {"plans": "Plan", "workouts": "Workout", "runs": "Run", "jobs": "Job", "courses": "Course"}
BY_ID = ("Plan", "Workout", "Run", "Job", "Segment", "Physiology", "Topic", "Course")
BY_NAME = {"topic": ("Topic", "name"), "eventStats": ("EventStats", "topic")}
TOPICS = [name for names in TOPIC_NAMES.values() for name in names]
SHELLS = ("edges", "pageInfo", "totalCount", "__typename"), ("node", "cursor", "__typename")
DAYS = st.sampled_from(
    ["0001-01-01", "2024-04-03", "2024-04-05", "2024-04-17", "2024-05-20", "2091-01-01", "9999-12-31"]
)
METRES = st.sampled_from([0.0, 5000.1, 5500.1, 6000.0, 1e308, -1.5])
ARGUMENTS: dict[str, tuple[str, Any]] = {
    "week": ("number", [1, 2, 3, 5, 6, 7, 54, 55, 0, -(2**31), 2**31 - 1]),
    "track": ("points", [2, 3, 4, 39, 40, 41, 400]),
    "profile": ("points", [2, 3, 4, 40, 41, 42]),
    "zone": ("method", [Enum("NATIVE"), Enum("TRAILMETRICS")]),
    "similar": ("first", [0, 1, 4, 6, 10]),
    "gradeAdjustedPaceSPerKm": ("model", [Enum("HEART_RATE"), Enum("MINETTI")]),
    "physiology": ("on", DAYS),
}
DEEPEST = 5


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
        name = writing.pick(["viewer", *LISTS, "run", "plan", "job", "course", "node", "node", "bestEfforts", *BY_NAME])
        args, kind = dict[str, Any](), name.capitalize()
        if name in LISTS:
            args, of = _page_args(writing, LISTS[name], root=True), _connection(writing, LISTS[name], 1)
        elif name == "viewer":
            of = _selection(writing, "Viewer", 1)
        elif name == "bestEfforts":
            args, of, kind = _days(writing), _selection(writing, "BestEffort", 1), "BestEffort"
        elif name in BY_NAME:
            kind, argument = BY_NAME[name]
            args, of = {argument: writing.pick(TOPICS)}, _selection(writing, kind, 1)
        else:
            kind = writing.pick([*BY_ID, "Segment"]) if name == "node" else kind
            args, of = {"id": _some_id(writing, kind)}, _selection(writing, kind, 1)
        asked.append(Asked(f"root{number}", name, args, of, on=kind))
    return asked


def _days(writing: Writing) -> dict[str, Any]:
    """From a day, to one, both or neither; never to one before the first."""
    days = sorted(writing.pick(st.lists(DAYS, max_size=2)))
    return dict(zip(("from", "to") if len(days) == 2 or writing.chance(2) else ("to",), days, strict=False))


def _some_id(writing: Writing, kind: str) -> str:
    if writing.chance(8):
        return str(writing.pick(["", "Plan:", "nonsense", "\x00", node_id("Run", UUID(int=7)), "💥"]))
    return node_id(kind, writing.pick(ids_of(kind.lower(), "BOB" if writing.chance(5) else "ADA")))


def _selection(writing: Writing, kind: str, depth: int) -> list[Asked]:
    deeper = depth < DEEPEST and writing.left > 0
    objects = [name for name in FIELDS[kind] if is_object_type(_below(kind, name))]
    plain = [name for name in FIELDS[kind] if name not in objects]
    often = objects * (1 + len(plain) // 8) if deeper else []  # else they are rare among so many plain ones
    names = writing.pick(st.lists(st.sampled_from([*plain, "__typename", *often]), min_size=1, max_size=5))
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
    if name in ARGUMENTS and (name == "week" or not writing.chance(3)):
        argument, values = ARGUMENTS[name]
        args = {argument: writing.pick(values)}
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
    if root and len(ORDERS[kind]) > 1 and writing.chance(2):
        order = writing.pick(ORDERS[kind])
        args["orderBy"] = Enum(order)
    if (root or kind == "Event") and kind in FILTERS and writing.chance(2):
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
        "kind": st.sampled_from(["IMPORT_RUNS", "COMPUTE_ZONES"]).map(Enum),
        "ended": st.booleans(),
        "sources": st.lists(st.sampled_from([*SOURCES, "nobody"]), max_size=4),
    }
    if kind == "Event":
        values |= {"from": st.sampled_from(INSTANTS), "to": st.sampled_from(INSTANTS)}
    names = writing.pick(st.lists(st.sampled_from(list(FILTERS[kind])), max_size=3, unique=True))
    return {name: None if writing.chance(6) else writing.pick(values[name]) for name in names}
