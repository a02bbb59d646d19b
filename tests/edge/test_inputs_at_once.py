"""Inputs that are read and made at once come to what graphql-core and Strawberry make of them, whatever is sent."""

from datetime import datetime
from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, OperationDefinitionNode, execute, parse
from graphql.execution.values import get_variable_values
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from strawberry.scalars import JSON
from strawberry.schema.config import StrawberryConfig

from app.edge.compiling.variables_at_once import VariablesAtOnce, variables_at_once
from app.edge.declaring.inputs_at_once import made_at_once
from app.edge.declaring.scalars import SCALARS
from app.edge.executor import SplicingExecutionContext

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
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


@strawberry.input
class LabelInput:
    text: str
    note: str | None


def schema(*, at_once: bool) -> strawberry.Schema:
    @strawberry.input
    class SackInput:
        topic_name: str
        events: list[PartInput]
        more: list[PartInput] | None = None
        note: str | None = "nothing"

    @strawberry.input
    class ChestInput:
        events: list[PartInput]
        boxes: list[BoxInput] = strawberry.field(default_factory=list)
        labels: list[LabelInput] | None = None
        first_labels: list[LabelInput]
        best: PartInput | None

    if at_once:
        made_at_once(SackInput)
        made_at_once(ChestInput)

    @strawberry.type
    class Query:
        nothing: int = 0

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        def send(self, input: SackInput | None) -> str:
            return repr(input)

        @strawberry.mutation
        def bury(self, input: ChestInput) -> str:
            return repr(input)

    return strawberry.Schema(Query, Mutation, config=StrawberryConfig(scalar_map=SCALARS))


ONE_BY_ONE, AT_ONCE = schema(at_once=False), schema(at_once=True)
SEND = "mutation Send($input: SackInput!) { send(input: $input) }"
BURY = "mutation Bury($input: ChestInput!) { bury(input: $input) }"


def answer(to: strawberry.Schema, query: str, **variables: object) -> tuple[Any, list[str]]:
    """What the engine would answer, be it by the one way or by the other."""
    document, at_once = parse(query), planned(to, query)
    read = at_once.read(variables) if at_once else None
    result = execute(
        to._schema,
        at_once.document if at_once and read else document,
        variable_values=variables,
        executor_class=SplicingExecutionContext,
        read=read,
    )
    assert isinstance(result, ExecutionResult)
    return result.data, [error.message for error in result.errors or ()]


def planned(to: strawberry.Schema, query: str) -> VariablesAtOnce | None:
    document = parse(query)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    return variables_at_once(to._schema, document, operation)


def maybe(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Each may be missing."""
    return st.fixed_dictionaries({}, optional=values)


WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [None, 5, "x", [], {}, True, "2026-11-21", "2026-11-21T07:30:00", 2**40]
)
FIT_PARTS = st.builds(
    lambda more: EVENT | more,
    maybe(
        eventId=st.text(max_size=3),
        size=st.none() | st.integers(0, 9),
        payload=st.recursive(st.none() | st.integers(), lambda inner: st.lists(inner) | maybe(a=inner), max_leaves=3),
        colour=st.sampled_from(["RED", "BLUE"]),
        weight=st.none() | st.floats(0, 1),
        type=st.text(max_size=2),
    ),
)
FIT_SACKS = st.builds(
    lambda events, more: {"topicName": "a", "events": events} | more,
    st.lists(FIT_PARTS, max_size=3),
    maybe(more=st.none() | st.lists(FIT_PARTS, max_size=2), note=st.none() | st.text(max_size=2)),
)
PARTS = st.builds(
    lambda known, other: known | other,
    FIT_PARTS,
    st.just({}) | maybe(eventId=WRONG, occurredAt=WRONG, colour=WRONG, size=WRONG, type=WRONG, unknown=WRONG),
)
LISTS = st.lists(PARTS | WRONG, max_size=3) | PARTS  # one alone stands for a list of one
SACKS = st.builds(
    lambda known, other: known | other,
    FIT_SACKS,
    st.just({}) | maybe(topicName=WRONG, events=LISTS | WRONG, more=LISTS | WRONG, unknown=WRONG),
)
LABELS = st.lists(st.builds(lambda more: {"text": "a"} | more, maybe(note=st.none() | st.just("b"))), max_size=2)
BOXES = st.builds(lambda more: {"parts": []} | more, maybe(parts=LISTS, marks=st.lists(st.just("m"), max_size=1)))
CHESTS = st.builds(
    lambda more: {"events": [], "firstLabels": []} | more,
    maybe(
        events=LISTS,
        boxes=st.lists(BOXES, max_size=2),
        labels=LABELS,
        firstLabels=LABELS,
        best=st.none() | PARTS,
    ),
)


@UNHURRIED
@given(FIT_SACKS)
def test_what_is_fit_is_read_as_graphql_core_reads_it(sack: dict[str, Any]) -> None:
    at_once, operation = planned(AT_ONCE, SEND), parse(SEND).definitions[0]
    assert at_once is not None
    assert isinstance(operation, OperationDefinitionNode)

    read = at_once.read({"input": sack})

    ordinary = get_variable_values(AT_ONCE._schema, operation.variable_definitions or (), {"input": sack})
    assert read is not None
    assert not isinstance(ordinary, list)
    assert read.coerced == ordinary.coerced
    assert {name: source.value for name, source in read.sources.items()} == {"input": sack}


@UNHURRIED
@given(SACKS | WRONG)
@example({"topicName": "a", "events": {}})
@example({"topicName": "a", "events": ""})
def test_whatever_is_sent_it_is_answered_alike(sack: object) -> None:
    assert answer(AT_ONCE, SEND, input=sack) == answer(ONE_BY_ONE, SEND, input=sack)


@UNHURRIED
@given(CHESTS)
@example({"events": [EVENT], "firstLabels": [{"text": "a"}], "boxes": [{"parts": [EVENT]}]})
def test_inputs_that_hold_more_than_lists_of_plain_ones_are_made_alike(chest: dict[str, Any]) -> None:
    assert answer(AT_ONCE, BURY, input=chest) == answer(ONE_BY_ONE, BURY, input=chest)


def test_a_part_that_is_made_at_once_has_its_names_and_defaults() -> None:
    data, errors = answer(AT_ONCE, SEND, input={"topicName": "a", "events": [{**EVENT, "type": "b"}]})

    assert not errors
    assert "PartInput(event_id='1', occurred_at=datetime.datetime(2026, 11, 21, 6, 30, tzinfo=" in data["send"]
    assert "size=3, payload=None, colour=<Colour.RED: 'red'>, weight=UNSET, renamed='b')" in data["send"]


def test_what_is_wrong_with_one_of_many_parts_is_told_by_its_place() -> None:
    events = [EVENT, {**EVENT, "occurredAt": "2026-11-21T07:30:00"}]

    _, errors = answer(AT_ONCE, SEND, input={"topicName": "a", "events": events})

    assert len(errors) == 1
    assert "events[1].occurredAt" in errors[0]
    assert "no time zone" in errors[0]


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("mutation ($input: SackInput!, $both: Boolean!) { send(input: $input) @include(if: $both) }", {"both": True}),
        ("mutation ($input: SackInput!, $both: Boolean!) { send(input: $input) @include(if: $both) }", {"both": False}),
        ("mutation ($input: SackInput!, $both: Boolean!) { send(input: $input) @include(if: $both) }", {"both": "x"}),
        ("mutation ($input: SackInput!, $both: Boolean!) { send(input: $input) @include(if: $both) }", {}),
        ("mutation ($input: SackInput!) { send(input: $input) twice: send(input: $input) __typename }", {}),
        ("mutation ($input: SackInput!, $more: SackInput!) { send(input: $input) b: send(input: $more) }", {}),
        ("mutation ($input: SackInput!, $more: SackInput) { send(input: $input) b: send(input: $more) }", {}),
        ("mutation ($input: SackInput!) { send(input: {topicName: {a: $input}, events: []}) }", {}),
        ("mutation ($input: SackInput!) { ...all } fragment all on Mutation { send(input: $input) }", {}),
    ],
)
def test_variables_beside_it_fragments_and_aliases_change_nothing(query: str, more: dict[str, object]) -> None:
    variables = {"input": {"topicName": "a", "events": [EVENT]}, **more}

    assert answer(AT_ONCE, query, **variables) == answer(ONE_BY_ONE, query, **variables)


def test_only_a_variable_that_is_the_whole_input_is_read_at_once() -> None:
    nullable = planned(AT_ONCE, "mutation ($input: SackInput) { send(input: $input) }")
    part = planned(AT_ONCE, "mutation ($e: [PartInput!]!) { send(input: {topicName: 1, events: $e}) }")
    chest = planned(AT_ONCE, BURY)

    assert (nullable, part, chest) == (None, None, None)


def test_inputs_that_are_not_declared_so_are_left_to_graphql_core() -> None:
    assert planned(ONE_BY_ONE, SEND) is None
