"""Fields of one response name: the rule finds what graphql-core's finds, and takes time in proportion."""

from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    OverlappingFieldsCanBeMergedRule,
    build_schema,
    parse,
    validate,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.edge.documents.overlapping_fields import OverlappingFields
from tests.factories.calls import calls_of

SCHEMA = build_schema("""
    interface Being { id: ID! name(short: Boolean, style: Style): String other: Being all: [Being!] }
    type Runner implements Being {
      id: ID! name(short: Boolean, style: Style): String other: Runner all: [Being!] pace: Float! peer: Horse
      rank: Int! marks: [Int]
    }
    type Horse implements Being {
      id: ID! name(short: Boolean, style: Style): String other: Being all: [Being!] pace: Int peer: Runner
      rank: Int marks: Int!
    }
    union Racer = Runner | Horse
    input Style { bold: Boolean size: Int }
    type Query { being: Being runner: Runner horse: Horse racer: Racer racers: [Racer] }
""")
TYPES = ["Being", "Runner", "Horse", "Racer", "Query", "Nothing"]
FRAGMENTS = ["A", "B", "C"]
LEAVES = [
    "id",
    "id",
    "id",
    "__typename",
    "name",
    "name(short: true)",
    "name(style: {bold: true, size: 1})",
    "name(style: {size: 1, bold: true})",
]
LEAVES += ["name(short: $s)", "pace", "rank", "marks", "nothing"]
OBJECTS = ["being", "runner", "horse", "racer", "racers", "other", "all", "peer", "nothing"]
ALIASES = st.sampled_from([""] * 9 + ["x: ", "y: ", "other: "])
SPREADS = st.sampled_from([f"...{name}" for name in FRAGMENTS])


def _within(selections: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(selections, min_size=1, max_size=3).map(" ".join)
    objects = st.builds("{}{} {{ {} }}".format, ALIASES, st.sampled_from(OBJECTS), several)
    conditions = st.sampled_from(["", *(f"on {name}" for name in TYPES)])
    return objects | objects | st.builds("... {} {{ {} }}".format, conditions, several)


SELECTIONS = st.recursive(st.builds("{}{}".format, ALIASES, st.sampled_from(LEAVES)) | SPREADS, _within, max_leaves=6)
BLOCKS = st.lists(SELECTIONS, min_size=1, max_size=3).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Operations and fragments, valid or not; every fragment is spread, as the rule leaves unused ones to another."""
    fragments = [f"fragment {name} on {draw(st.sampled_from(TYPES[:5]))} {{ {draw(BLOCKS)} }}" for name in FRAGMENTS]
    spread = " ".join(f"n{name}: nothing {{ ...{name} }}" for name in FRAGMENTS)
    return f"query($s: Boolean) {{ {draw(BLOCKS)} {spread} }} {' '.join(fragments)}"


def conflicts(document: str, rule: type[Any]) -> list[GraphQLError]:
    return validate(SCHEMA, parse(document), [rule], max_errors=100)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
@example("{ being { ... on Runner { pace } ... on Horse { pace } } }")
@example("{ being { ... on Runner { peer { x: id } } ... on Horse { peer { x: name } } } }")
@example("{ being { ...A } } fragment A on Being { other { id ...A } other { id: name } }")
def test_a_conflict_is_found_exactly_when_graphql_core_finds_one(document: str) -> None:
    mine, theirs = conflicts(document, OverlappingFields), conflicts(document, OverlappingFieldsCanBeMergedRule)

    assert bool(mine) == bool(theirs), (mine, theirs)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            "{ runner { x: id x: name } }",
            "`x` would be two things: `id`, and `name`. Give one of them an alias.",
        ),
        (
            "{ runner { name(short: true) name } }",
            "`name` would be two things: `name(short: true)`, and `name`. Give one of them an alias.",
        ),
        (
            "{ being { ... on Runner { pace } ... on Horse { pace } } }",
            "`pace` would be of two types: Float! of `pace`, and Int of `pace`. Give one of them an alias.",
        ),
    ],
)
def test_a_conflict_names_the_key_and_what_collides(document: str, message: str) -> None:
    assert message in [error.message for error in conflicts(document, OverlappingFields)]


def test_a_conflict_says_where_both_stand() -> None:
    (error,) = conflicts("{ runner { x: peer { id } x: other { id } } }", OverlappingFields)

    assert [place.column for place in error.locations or []] == [12, 27]


def test_what_collides_is_shown_in_few_words() -> None:
    (error,) = conflicts(f'{{ runner {{ name(style: "{"x" * 9_000}") name }} }}', OverlappingFields)

    assert len(error.message) < 300


def test_fields_deep_below_two_spreads_collide() -> None:
    fragments = "fragment A on Runner { other { peer { x: id } } } fragment B on Runner { other { peer { x: name } } }"

    assert conflicts(f"{{ runner {{ ...A ...B }} }} {fragments}", OverlappingFields)


def test_an_interfaces_field_collides_with_that_of_every_object() -> None:
    assert conflicts("{ being { x: id ... on Runner { x: id } ... on Horse { x: name } } }", OverlappingFields)


def test_objects_that_are_never_one_may_have_different_fields() -> None:
    assert not conflicts("{ racer { ... on Runner { x: id } ... on Horse { x: id } } }", OverlappingFields)
    assert not conflicts(
        "{ racer { ... on Runner { x: name } ... on Horse { x: name(short: true) } } }", OverlappingFields
    )


@pytest.mark.parametrize("field", ["rank", "marks"])
def test_a_value_is_wrapped_alike_in_all_objects(field: str) -> None:
    assert conflicts(f"{{ racer {{ ... on Runner {{ {field} }} ... on Horse {{ {field} }} }} }}", OverlappingFields)


def test_the_order_of_an_inputs_fields_is_no_difference() -> None:
    document = "{ runner { name(style: {bold: true, size: 1}) name(style: {size: 1, bold: true}) } }"

    assert not conflicts(document, OverlappingFields)


def test_the_order_of_arguments_is_no_difference() -> None:
    assert not conflicts("{ runner { name(short: true, style: {}) name(style: {}, short: true) } }", OverlappingFields)


def test_text_in_blocks_is_not_the_same_as_text_in_quotes() -> None:
    assert conflicts('{ runner { name(style: "a") name(style: """a""") } }', OverlappingFields)


def test_each_operation_stands_by_itself() -> None:
    assert not conflicts("query A { x: runner { id } } query B { x: horse { id } }", OverlappingFields)
    assert conflicts("query A { runner { id } } query B { x: horse { id } x: runner { id } }", OverlappingFields)


@pytest.mark.parametrize(
    "document",
    [
        lambda n: "{ runner { " + "id " * n + "} }",
        lambda n: "{ " + "runner { other { id } } " * n + "}",
        lambda n: "{ runner { " + "...A " * n + "} } fragment A on Runner { " + "id " * n + "}",
        lambda n: "{ being { " + "... on Runner { id } ... on Horse { id } id " * n + "} }",
        lambda n: (
            "{ runner { ...A0 } } "
            + " ".join(f"fragment A{i} on Runner {{ other {{ ...A{i + 1} }} peer {{ id }} }}" for i in range(n))
            + f" fragment A{n} on Runner {{ id }}"
        ),
        lambda n: (
            "{ runner { ...A0 } } "
            + " ".join(
                f"fragment A{i} on Runner {{ x: other {{ ...A{i + 1} }} y: other {{ ...A{i + 1} }} }}"
                for i in range(n // 4)
            )
            + f" fragment A{n // 4} on Runner {{ id }}"
        ),
    ],
    ids=["leaves", "objects", "spreads", "interfaces", "a chain", "doubling"],
)
def test_twice_the_document_is_twice_the_work(document: Callable[[int], str]) -> None:
    small, large = parse(document(20)), parse(document(40))
    validate(SCHEMA, small, [OverlappingFields])

    first = calls_of(lambda: validate(SCHEMA, small, [OverlappingFields]))

    assert calls_of(lambda: validate(SCHEMA, large, [OverlappingFields])) < 3 * first


def test_where_fragments_meet_in_ever_new_combinations_the_work_ends() -> None:
    names = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    wide = " ".join(f"{name}: runner {{ x: id ...W }}" for name in names)
    document = parse(f"{{ {wide} }} fragment W on Runner {{ {'id ' * 2_000} }}")

    (error,) = validate(SCHEMA, document, [OverlappingFields])

    assert error.message == "Too many combinations of fragments."
