"""Each field of each thing that runs tell of is what the rows say: chance alone would seldom ask for all of them."""

import pytest
from graphql import get_named_type, is_object_type

from domain.shared.node_ids import node_id
from tests.reading.contract import FIELDS
from tests.reading.documents import SCHEMA, Enum, literal
from tests.reading.feeds import topic_named
from tests.reading.lists import TABLES
from tests.reading.reference import Asked, answer
from tests.reading.test_both_ways import both_ways
from tests.reading.test_random_reads import learn_cursors, same
from tests.reading.things import Thing
from tests.reading.world import World

METHODS = [Enum("NATIVE"), Enum("TRAILMETRICS")]
MODELS = [Enum("HEART_RATE"), Enum("MINETTI")]
VARIED = {
    "zone": [{}, *({"method": method} for method in METHODS)],
    "similar": [{}, *({"first": first} for first in (0, 4, 5, 6, 10))],
    "gradeAdjustedPaceSPerKm": [{}, *({"model": model} for model in MODELS)],
    "track": [{}, {"points": 4}],
    "profile": [{}, {"points": 4}],
}
LEADING_BACK = ("run", "workout", "plan", "possibleDuplicates")


def everything(kind: str, depth: int) -> list[Asked]:
    """Every field of a type but pages, and ways back to where one came from; objects to some depth."""
    asked = []
    for name in FIELDS[kind]:
        below = get_named_type(SCHEMA.get_type(kind).fields[name].type)  # type: ignore[union-attr]
        if is_object_type(below) and (not depth or name in LEADING_BACK or below.name.endswith("Connection")):
            continue
        of = everything(below.name, depth - 1) if is_object_type(below) else None
        asked += [Asked(f"{name}{at}", name, args, of) for at, args in enumerate(VARIED.get(name, [{}]))]
    return asked


def text(asked: list[Asked]) -> str:
    def one(field: Asked) -> str:
        args = ", ".join(f"{name}: {literal(value)}" for name, value in field.args.items())
        return f"{field.key}: {field.name}{f'({args})' if args else ''} {text(field.of) if field.of else ''}"

    return f"{{ {' '.join(map(one, asked))} }}"


@pytest.mark.parametrize("kind", ["Segment", "Run", "Physiology", "Topic", "Course", "ThrottlePlan"])
async def test_every_field_tells_what_the_rows_say(world: World, kind: str) -> None:
    asked, rows = everything(kind, 2), world.of(TABLES.get(kind, kind.lower()))
    each = " ".join(f'{kind}{at}: node(id: "{node_id(kind, row["id"])}") {{ ...All }}' for at, row in enumerate(rows))

    data = await world.ada.get(f"{{ {each} }} fragment All on {kind} {text(asked)}")

    for at, row in enumerate(rows):
        wanted = answer(world, Thing(kind, row), asked)
        assert same(data[f"{kind}{at}"], wanted), (data[f"{kind}{at}"], wanted)


async def test_every_field_of_a_run_and_its_segments_has_one_answer(world: World) -> None:
    segments = f"segments {{ edges {{ node {text(everything('Segment', 2))} }} }}"

    compiled, executed = await both_ways(
        world.ada,
        f"{{ runs {{ edges {{ node {{ ...All {segments} }} }} }} }} fragment All on Run {text(everything('Run', 2))}",
        {},
    )

    assert compiled == executed
    assert b'"errors"' not in compiled[1]


@pytest.mark.parametrize("topic", ["ada-race", "ada-mats", "bobs-race", "bobs-mats"])
async def test_every_field_of_a_topic_s_events_tells_what_the_rows_say(world: World, topic: str) -> None:
    row = topic_named(world, topic)
    lists = {"events": "Event", "conflicts": "EventConflict", "trackers": "Tracker"}
    await learn_cursors(world)
    asked = [
        Asked(name, name, {"first": 9}, [Asked("edges", "edges", of=[Asked("node", "node", of=everything(kind, 0))])])
        for name, kind in lists.items()
    ]

    data = await world.ada.get(f'{{ topic(name: "{topic}") {text(asked)} }}')

    assert row is not None
    assert same(data["topic"], answer(world, Thing("Topic", row), asked))
