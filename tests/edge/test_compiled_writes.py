"""Inputs that are made at once come to what Strawberry makes of them one by one, whatever is sent."""

from datetime import datetime
from enum import Enum
from typing import Any

import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from app.edge.compiling.writes import made_at_once
from app.edge.declaring.scalars import SCALARS

SEND = "mutation Send($input: SackInput!) { send(input: $input) }"
EVENT = {"eventId": "1", "occurredAt": "2026-11-21T07:30:00+01:00", "size": 3}


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.input
class PartInput:
    event_id: str
    occurred_at: datetime
    size: int | None
    payload: JSON | None = None
    colour: Colour = Colour.RED
    weight: float | None = strawberry.UNSET
    renamed: str = strawberry.field(name="type", default="none")


@strawberry.input
class BoxInput:
    parts: list[PartInput]
    marks: list[str] | None = None


def schema(*, at_once: bool) -> strawberry.Schema:
    @strawberry.input
    class SackInput:
        topic_name: str
        events: list[PartInput]
        more: list[PartInput] | None = None
        boxes: list[BoxInput] = strawberry.field(default_factory=list)
        best: PartInput | None
        note: str | None = "nothing"

    if at_once:
        made_at_once(SackInput)

    @strawberry.type
    class Query:
        nothing: int = 0

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        def send(self, input: SackInput) -> str:
            return repr(input)

    return strawberry.Schema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))


ONE_BY_ONE, AT_ONCE = schema(at_once=False), schema(at_once=True)


def answer(to: strawberry.Schema, sack: object) -> tuple[Any, list[str]]:
    result = to.execute_sync(SEND, {"input": sack})
    return result.data, [error.message for error in result.errors or ()]


def maybe(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each may be missing."""
    return st.fixed_dictionaries({}, optional=values)


WRONG = st.sampled_from([None, 5, "x", [], {}, True, "2026-11-21", 2**40])
PARTS = st.builds(
    lambda known, other: EVENT | known | other,
    maybe(
        eventId=st.text(max_size=3),
        size=st.none() | st.integers(0, 9),
        payload=st.recursive(st.none() | st.integers(), lambda inner: st.lists(inner) | maybe(a=inner), max_leaves=3),
        colour=st.sampled_from(["RED", "BLUE"]),
        weight=st.none() | st.floats(0, 1),
        type=st.text(max_size=2),
    ),
    st.just({}) | maybe(eventId=WRONG, occurredAt=WRONG, colour=WRONG, size=WRONG, unknown=WRONG),
)
LISTS = st.lists(PARTS, max_size=3) | PARTS  # one alone stands for a list of one
SACKS = st.builds(
    lambda known, other: {"topicName": "a", "events": []} | known | other,
    maybe(
        events=LISTS,
        more=st.none() | LISTS,
        boxes=st.lists(maybe(parts=LISTS, marks=st.lists(st.text(max_size=1), max_size=1)), max_size=2),
        best=st.none() | PARTS,
        note=st.none() | st.text(max_size=2),
    ),
    st.just({}) | maybe(topicName=WRONG, events=WRONG, unknown=WRONG),
)


@given(SACKS)
def test_what_is_made_at_once_is_what_is_made_one_by_one(sack: dict[str, Any]) -> None:
    assert answer(AT_ONCE, sack) == answer(ONE_BY_ONE, sack)


def test_a_part_that_is_made_at_once_has_its_names_and_defaults() -> None:
    data, errors = answer(AT_ONCE, {"topicName": "a", "events": [{**EVENT, "type": "b"}]})

    assert not errors
    assert "PartInput(event_id='1', occurred_at=datetime.datetime(2026, 11, 21, 6, 30, tzinfo=" in data["send"]
    assert "size=3, payload=None, colour=<Colour.RED: 'red'>, weight=UNSET, renamed='b')" in data["send"]


def test_what_is_wrong_with_one_of_many_parts_is_told_by_its_place() -> None:
    _, errors = answer(AT_ONCE, {"topicName": "a", "events": [EVENT, {**EVENT, "occurredAt": "2026-11-21T07:30:00"}]})

    assert len(errors) == 1
    assert "events[1].occurredAt" in errors[0]
    assert "no time zone" in errors[0]
