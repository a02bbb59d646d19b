"""What an operation may ask for: counted through its fragments, with its variables, in little time."""

from collections.abc import Callable
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, OperationDefinitionNode, get_introspection_query, parse
from hypothesis import given, settings
from hypothesis import strategies as st

from app.edge.declaring.fields import Entries, declared, object_type, resolved, says
from app.edge.declaring.relay import Connection
from app.edge.documents.limits import Limits, Measure, Sizes, StaticMeasure, measure_static, prepare_sizes
from app.edge.refusals import RequestRefused
from app.schema import build_schema
from tests.factories.calls import calls_of


@object_type
class Lap:
    """A lap."""

    number: int = says("Counted from 1.")


@object_type
class Track:
    """The points of a run."""

    time_s: list[float] = says("From the start.")


@object_type
class Run:
    """A run."""

    name: str = says("Its name.")
    effort: int = says("Takes long to find out.", cost=10)
    laps: list[Lap] = says("Its laps.", entries=3)
    friends: list["Run"] = says("Nobody knows how many.")

    @declared(cost=5, entries=Entries(arguments=("points",), default=500, most=10_000, as_one=10))
    def track(self, points: int | None = 500) -> Track | None:
        """Its points."""

    @declared
    def runs(self, first: int | None = None, last: int | None = None) -> Connection["Run"]:  # type: ignore[empty-body]
        """Other runs."""


@strawberry.type
class Query:
    """Everything that can be read."""

    @resolved
    def run(self) -> Run | None:
        """A run."""
        return None

    @resolved
    def runs(self, first: int | None = None, last: int | None = None) -> Connection[Run] | None:
        """Runs."""
        return None


@strawberry.type
class Mutation:
    """Everything that can be written."""

    @strawberry.mutation
    def run(self) -> Run | None:
        """Run."""
        return None


SCHEMA = strawberry.Schema(Query, Mutation)._schema
CAIRN = build_schema()._schema


def shape(document: str, schema: GraphQLSchema = SCHEMA) -> StaticMeasure:
    parsed = parse(document)
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    return measure_static(schema, parsed, operation)


def sizes(document: str, schema: GraphQLSchema = SCHEMA) -> Sizes:
    parsed = parse(document)
    (operation,) = (node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    return prepare_sizes(schema, parsed, operation)


def measure(document: str, schema: GraphQLSchema = SCHEMA, **variables: Any) -> Measure:
    return sizes(document, schema).measure(variables)


def doubling(levels: int, leaf: str = "run { name }") -> str:
    fragments = (f"fragment A{n} on Query {{ ...A{n + 1} ...A{n + 1} }}" for n in range(levels))
    return f"{{ ...A0 }} {' '.join(fragments)} fragment A{levels} on Query {{ {leaf} }}"


# What can be counted without variables.


def test_depth_is_that_of_the_deepest_field() -> None:
    assert shape("{ run { name laps { number } } }").depth == 3


def test_depth_goes_on_through_fragments() -> None:
    assert shape("{ run { ...A } } fragment A on Run { ... on Run { laps { number } } }").depth == 3


def test_aliases_are_counted_wherever_a_fragment_is_spread() -> None:
    assert shape("{ a: run { ...A ...A } } fragment A on Run { b: name laps { c: number } }").aliases == 5


@pytest.mark.parametrize(
    ("document", "directives"),
    [
        ("{ run @a @b { name @c } }", 3),
        ("{ run { ... @a { name } ...A @b ...A } } fragment A on Run @c { name @d }", 6),
        ("query($v: Int @a) @b { run { name } }", 2),
        ("{ run { laps @a { number @b } } }", 2),
    ],
)
def test_directives_are_counted_wherever_they_stand(document: str, directives: int) -> None:
    assert shape(document).directives == directives


def test_root_fields_are_counted_through_fragments_but_not_below() -> None:
    assert shape("{ run { name } ...A ... { __typename } } fragment A on Query { run { name } }").root_fields == 3


def test_the_least_cost_takes_every_list_to_have_one_entry() -> None:
    assert shape("{ runs(first: 50) { edges { node { effort laps { number } } } } }").cost == 1 + 1 + 1 + 10 + 1 + 1


def test_a_mutation_costs_more_than_a_query() -> None:
    assert shape("mutation { run { name } }").cost - shape("{ run { name } }").cost == 9


@pytest.mark.parametrize(
    "document",
    [
        "{ ...A } fragment A on Query { ...B run { name } } fragment B on Query { ...A }",
        "{ run { ...A } } fragment A on Run { name friends { ...A } }",
        "{ nothing { at { all } } }",
        "{ run { ...Nowhere } }",
        "{ run { ... on Nothing { name } } }",
        "{ ...A } fragment A on Nothing { name }",
        "{ run { name { name } } }",
        "subscription { run { name } }",
        "{ runs(first: [1], last: 99999999999999999999999999) { edges { node { name } } } }",
    ],
)
def test_what_is_not_valid_is_measured_all_the_same(document: str) -> None:
    assert 1 <= shape(document).depth <= 4


def test_a_chain_of_fragments_longer_than_pythons_stack_is_measured() -> None:
    chain = " ".join(f"fragment A{n} on Query {{ ...A{n + 1} }}" for n in range(2_000))

    assert shape(f"{{ ...A0 }} {chain} fragment A2000 on Query {{ run {{ name }} }}").depth == 2


@pytest.mark.parametrize(
    ("document", "limit", "allowed", "found"),
    [
        ("{ run { friends { friends { name } } } }", "depth", 3, 4),
        ("{ a: run { b: name c: name d: name e: name } }", "aliases", 4, 5),
        ("{ run @a @a @a @a @a @a { name } }", "directives", 5, 6),
        ("{ run { name } run { name } run { name } }", "rootFields", 2, 3),
        ("{ run { effort effort effort } }", "cost", 30, 31),
    ],
)
def test_a_refusal_names_the_limit_and_its_value(document: str, limit: str, allowed: int, found: int) -> None:
    limits = Limits(depth=3, aliases=4, directives=5, root_fields=2, cost=30)

    with pytest.raises(RequestRefused) as refused:
        shape(document).require_within(limits)

    (error,) = refused.value.errors
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": limit, "allowed": allowed, "found": found}
    assert str(allowed) in error["message"]
    assert str(found) in error["message"]


def test_what_is_just_within_the_limits_passes() -> None:
    limits = Limits(depth=2, aliases=1, directives=1, root_fields=1, cost=2, nodes=0)

    shape("{ a: run { name @a } }").require_within(limits)
    measure("{ a: run { name @a } }").require_within(limits)


@pytest.mark.parametrize("leaf", ["run { name }", "__typename", "a: __typename", "__typename @include(if: true)"])
@pytest.mark.parametrize("levels", [13, 40, 400])
def test_doubling_fragments_are_refused(levels: int, leaf: str) -> None:
    with pytest.raises(RequestRefused):
        shape(doubling(levels, leaf)).require_within(Limits())


def test_what_doubles_without_end_is_told_as_a_plain_number() -> None:
    with pytest.raises(RequestRefused) as refused:
        shape(doubling(400)).require_within(Limits())

    assert refused.value.errors[0]["extensions"]["found"] == 1_000_000_000
    assert "1,000,000,000 or more" in refused.value.errors[0]["message"]


def every_leaf(count: int) -> str:
    return "{ run { " + "name " * count + "} }"


def every_spread(count: int) -> str:
    return "{ run { " + "...A " * count + "} } fragment A on Run { " + "name " * count + "}"


@pytest.mark.parametrize("document", [doubling, every_leaf, every_spread])
def test_twice_the_document_takes_twice_the_work_to_measure(document: Callable[[int], str]) -> None:
    shape(document(40))

    first = calls_of(lambda: shape(document(20)))

    assert calls_of(lambda: shape(document(40))) < 3 * first


# What depends on page sizes.


def page(arguments: str) -> str:
    return f"{{ runs{arguments} {{ edges {{ node {{ name }} }} }} }}"


@pytest.mark.parametrize(
    ("arguments", "nodes"),
    [
        ("", 20),
        ("(first: 7)", 7),
        ("(last: 7)", 7),
        ("(first: 3, last: 7)", 7),
        ("(first: null)", 20),
        ("(first: 0)", 0),
        ("(first: -5)", 0),
        ("(first: 101)", 100),
        (f"(first: {'9' * 5_000})", 100),
        (f"(first: -{'9' * 5_000})", 0),
        ('(first: "7")', 100),
    ],
)
def test_a_page_has_as_many_entries_as_its_arguments_say(arguments: str, nodes: int) -> None:
    assert measure(page(arguments)).nodes == nodes


@pytest.mark.parametrize(
    ("declaration", "variables", "nodes"),
    [
        ("$n: Int", {"n": 7}, 7),
        ("$n: Int", {"n": 101}, 100),
        ("$n: Int", {"n": -1}, 0),
        ("$n: Int", {"n": None}, 20),
        ("$n: Int", {}, 20),
        ("$n: Int = 9", {}, 9),
        ("$n: Int = 9", {"n": 7}, 7),
        ("$n: Int = 9", {"n": None}, 20),
        ("$n: Int", {"n": True}, 100),
    ],
)
def test_a_page_size_may_stand_in_a_variable(declaration: str, variables: dict[str, Any], nodes: int) -> None:
    assert measure(f"query({declaration}) {page('(first: $n)')}", **variables).nodes == nodes


def test_pages_within_pages_multiply() -> None:
    document = "{ runs(first: 10) { edges { node { runs(first: 5) { edges { node { laps { number } } } } } } } }"

    assert measure(document).nodes == 10 * (1 + 5 * (1 + 3))


def test_a_page_of_which_only_the_count_is_asked_has_no_entries() -> None:
    assert measure("{ runs(first: 100) { totalCount } }").nodes == 0


def test_a_page_size_reaches_the_edges_in_a_fragment() -> None:
    fragment = "fragment A on RunConnection { ... { edges { node { name } } } }"

    assert measure(f"{{ runs(first: 7) {{ ...A }} }} {fragment}").nodes == 7
    assert measure(f"query($n: Int) {{ runs(first: $n) {{ ...A }} }} {fragment}", n=8).nodes == 8


def test_one_fragment_serves_pages_of_different_sizes() -> None:
    fragment = "fragment A on RunConnection { edges { node { name } } }"

    assert measure(f"{{ runs(first: 7) {{ ...A }} b: runs(first: 3) {{ ...A }} }} {fragment}").nodes == 10


def test_a_list_that_declares_nothing_is_taken_to_have_twenty_entries() -> None:
    assert measure("{ run { friends { name } } }").nodes == 20


def test_a_list_has_as_many_entries_as_it_declares() -> None:
    assert measure("{ run { laps { number } } }").nodes == 3


@pytest.mark.parametrize(
    ("arguments", "nodes"), [("", 50), ("(points: 2000)", 200), ("(points: 11)", 2), ("(points: 99999)", 1_000)]
)
def test_ten_points_of_a_track_count_as_one_entry(arguments: str, nodes: int) -> None:
    assert measure(f"{{ run {{ track{arguments} {{ timeS }} }} }}").nodes == nodes


def test_a_field_costs_its_weight_as_often_as_it_comes() -> None:
    document = "{ runs(first: 10) { edges { node { effort name } } pageInfo { endCursor } } }"

    assert measure(document).cost == 1 + 1 + 10 * (1 + 10 + 1) + 1 + 1


def test_a_list_of_numbers_costs_its_length() -> None:
    assert measure("{ run { track(points: 1000) { timeS } } }").cost == 1 + 5 + 1 + 100


def test_what_skip_leaves_out_is_counted() -> None:
    assert measure("query($v: Boolean!) { runs(first: 5) @skip(if: $v) { edges { cursor } } }", v=True).nodes == 5


def test_the_variables_that_matter_are_those_that_are_sizes() -> None:
    document = """
        query($n: Int, $points: Int, $v: Boolean!) {
          runs(first: $n) { edges { node { name @skip(if: $v) track(points: $points) { timeS } } } }
        }
    """

    assert set(sizes(document).variables) == {"n", "points"}
    assert sizes(page("")).variables == ()


def test_nodes_and_cost_are_told_together() -> None:
    assert measure(page("(first: 7)")).told() == {"nodes": 7, "cost": 1 + 1 + 7 * 2}


@pytest.mark.parametrize(("limits", "limit"), [(Limits(nodes=6), "nodes"), (Limits(cost=15), "cost")])
def test_more_than_is_allowed_at_once_is_refused(limits: Limits, limit: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        measure(page("(first: 7)")).require_within(limits)

    assert refused.value.errors[0]["extensions"]["limit"] == limit


def test_fragments_whose_sizes_stand_in_variables_are_measured_once_each() -> None:
    leaf = "runs(first: $n) { edges { node { name } } }"
    small, large = (sizes(doubling(levels, leaf).replace("{", "query($n: Int) {", 1)) for levels in (6, 12))

    first = calls_of(lambda: small.measure({"n": 1}))

    assert calls_of(lambda: large.measure({"n": 1})) < 3 * first


SELECTIONS = st.recursive(
    st.sampled_from(["name", "effort", "laps { number }", "a: track(points: $n) { timeS }"]),
    lambda inner: (
        st.builds(
            "{} {{ {} }}".format,
            st.sampled_from(["friends", "... on Run"]),
            st.lists(inner, min_size=1, max_size=3).map(" ".join),
        )
        | st.builds("runs(first: {}) {{ edges {{ node {{ {} }} }} }}".format, st.sampled_from(["$n", "3", "-1"]), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(SELECTIONS, st.integers(-5, 200))
def test_a_fragment_counts_like_what_it_stands_for(selections: str, n: int) -> None:
    spread = f"query($n: Int) {{ run {{ ...A b: friends {{ ...A }} }} }} fragment A on Run {{ {selections} }}"
    written = f"query($n: Int) {{ run {{ {selections} b: friends {{ {selections} }} }} }}"

    assert shape(spread) == shape(written)
    assert measure(spread, n=n) == measure(written, n=n)


@settings(max_examples=100, deadline=None)
@given(SELECTIONS, st.integers(0, 99))
def test_a_larger_page_never_counts_less(selections: str, n: int) -> None:
    document = f"query($n: Int) {{ run {{ {selections} }} }}"
    smaller, larger = measure(document, n=n), measure(document, n=n + 1)

    assert smaller.nodes <= larger.nodes
    assert smaller.cost <= larger.cost


# Cairn's own schema.


def test_graphiqls_own_question_is_within_the_limits() -> None:
    document = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )

    shape(document, CAIRN).require_within(Limits())
    measure(document, CAIRN).require_within(Limits())


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ plan(id: 1) { progress { dueWorkouts } } }", 1 + 10 + 1),
        ("{ plan(id: 1) { week(number: 1) { number } } }", 1 + 10 + 1),
        ("{ run(id: 1) { possibleDuplicates { id } } }", 1 + 5 + 3),
        ("{ viewer { scopes } }", 1 + 1 + 5),
        ('mutation { deleteRun(input: {id: "x"}) { deletedId } }', 10 + 1),
    ],
)
def test_what_takes_long_weighs_more(document: str, cost: int) -> None:
    assert measure(document, CAIRN).cost == cost


@pytest.mark.parametrize(
    "document",
    [
        "{ runs(first: 100) { edges { node { " + "possibleDuplicates { " * 6 + "id" + " }" * 6 + " } } } }",
        "{ plans(first: 100) { edges { node { workouts(first: 100) { edges { node { plan { workouts(first: 2) "
        "{ edges { cursor } } } } } } } } } }",
        "{ runs(first: 100) { edges { node { track(points: 10000) { timeS } } } } }",
    ],
)
def test_pages_within_pages_are_refused(document: str) -> None:
    shape(document, CAIRN).require_within(Limits())

    with pytest.raises(RequestRefused):
        measure(document, CAIRN).require_within(Limits())


def test_a_whole_track_with_its_channels_is_within_the_limits() -> None:
    document = """{ run(id: 1) { laps { number distanceM } bestEfforts { timeS } track(points: 10000) {
        timeS distanceM latitude longitude altitudeM speedMPerS heartRate cadence } } }"""

    measure(document, CAIRN).require_within(Limits())


def test_a_page_of_a_hundred_runs_with_their_workouts_is_within_the_limits() -> None:
    document = "{ runs(first: 100) { totalCount edges { node { id name laps { number } workout { name } } } } }"

    measure(document, CAIRN).require_within(Limits())
