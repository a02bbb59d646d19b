"""Documents that are no GraphQL, or do not fit the schema: told in a few sentences, whatever was sent."""

from collections.abc import Callable

import pytest
from graphql import GraphQLError, SourceLocation

from app.edge.documents.limits import Limits
from app.edge.documents.validation import MOST_ERRORS, MOST_OPERATIONS, MOST_PLACES, parse_document, validate_document
from app.edge.refusals import RequestRefused
from app.schema import build_schema
from tests.factories.calls import calls_of

SCHEMA = build_schema()._schema
LIMITS = Limits(tokens=5_000)  # more than by default: what is checked must hold for large documents
DIGITS = "9" * 5_000
PYTHON_WORDS = ("digits", "limit", "recursion", "aborted", "Error:", "inf")


def faults(document: str, *, introspection: bool = True, suggestions: bool = True) -> list[GraphQLError]:
    parsed = parse_document(document, LIMITS)
    return validate_document(SCHEMA, parsed, introspection=introspection, suggestions=suggestions)


def messages(document: str) -> list[str]:
    return [error.message for error in faults(document)]


def refusal(document: str, limits: Limits = LIMITS) -> dict[str, object]:
    with pytest.raises(RequestRefused) as refused:
        parse_document(document, limits)
    (error,) = refused.value.errors
    return dict(error)


# What cannot be read.


def test_a_document_longer_than_is_read_is_refused_before_it_is_read() -> None:
    error = refusal("{" * 100_001)

    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "characters",
        "allowed": 100_000,
        "found": 100_001,
    }
    assert "100,001" in str(error["message"])


def test_a_document_of_exactly_the_longest_length_is_read() -> None:
    assert parse_document("{ a }", Limits(characters=5, tokens=3))


@pytest.mark.parametrize("document", ["{ a b }", "{ a }" + "#\n" * 4])
def test_a_document_of_more_tokens_than_are_read_is_refused(document: str) -> None:
    error = refusal(document, Limits(tokens=3))

    assert error["extensions"] == {"code": "LIMIT_EXCEEDED", "limit": "tokens", "allowed": 3, "found": 4}


def test_more_operations_than_are_taken_are_refused() -> None:
    error = refusal(" ".join(f"query Q{n} {{ __typename }}" for n in range(MOST_OPERATIONS + 1)))

    assert error["extensions"] == {
        "code": "LIMIT_EXCEEDED",
        "limit": "operations",
        "allowed": MOST_OPERATIONS,
        "found": MOST_OPERATIONS + 1,
    }


def test_what_is_no_graphql_is_told_with_its_place() -> None:
    error = refusal("{ viewer {\n id")

    assert error["message"] == "Syntax Error: Expected Name, found <EOF>."
    assert error["locations"] == [{"line": 2, "column": 4}]
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("document", ["{ }", "{ viewer { } }", "{ ... { } }"])
def test_an_empty_selection_is_no_graphql(document: str) -> None:
    assert refusal(document)["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize(
    "document",
    [
        "{a" * 2_400,
        "{ ..." * 1_600,
        "{ node(id: " + "[" * 2_000 + "]" * 2_000 + ") { id } }",
        "{ runs(filter: " + "{a: " * 900 + "1" + "}" * 900 + ") { totalCount } }",
        "query($a: " + "[" * 2_000 + "Int" + "]" * 2_000 + ") { __typename }",
    ],
    ids=["fields", "inline fragments", "lists", "objects", "types"],
)
def test_what_is_nested_deeper_than_a_parser_can_climb_is_refused_in_plain_words(document: str) -> None:
    error = refusal(document)

    assert error["message"] == "The document has brackets within brackets, too deep to be read. Ask for less at once."
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}


def test_a_fault_in_a_very_long_name_is_told_in_few_words() -> None:
    assert len(str(refusal("{ viewer { id " + DIGITS)["message"])) < 500


# What does not fit the schema.


def test_a_valid_document_has_no_faults() -> None:
    assert faults("query($n: Int) { runs(first: $n) { edges { node { ...A } } } } fragment A on Run { id }") == []


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer { " + " ".join(f"x{n}" for n in range(1_000)) + " } }",
        "query(" + " ".join(f"$x{n}: Int" for n in range(1_000)) + ") { __typename }",
        "{ __typename } " + " ".join(f"fragment F{n} on Query {{ __typename }}" for n in range(500)),
        "{ runs(filter: {" + " ".join(f"x{n}: 1" for n in range(1_000)) + "}) { totalCount } }",
    ],
    ids=["fields", "variables", "fragments", "input fields"],
)
def test_only_the_first_faults_are_told(document: str) -> None:
    found = messages(document)

    assert len(found) == MOST_ERRORS == 5
    assert not [message for message in found if "aborted" in message]


def test_exactly_as_many_faults_as_are_told_are_told_all() -> None:
    assert len(messages("{ viewer { a b c d e } }")) == 5


def test_fields_of_one_name_that_differ_are_told_by_the_rule_of_this_house() -> None:
    assert messages("{ viewer { x: email x: timezone } }") == [
        "`x` would be two things: `email`, and `timezone`. Give one of them an alias."
    ]


def test_thousands_of_equal_fields_are_no_fault() -> None:
    assert faults("{ viewer { " + "id " * 4_900 + "} }") == []


def test_introspection_can_be_switched_off() -> None:
    document = "{ __schema { queryType { name } } }"

    assert faults(document) == []
    assert [error.message for error in faults(document, introspection=False)] == [
        "GraphQL introspection has been disabled, but the requested query contained the field '__schema'.",
        "GraphQL introspection has been disabled, but the requested query contained the field 'queryType'.",
    ]


def test_typenames_are_told_without_introspection() -> None:
    assert faults("{ __typename viewer { __typename } }", introspection=False) == []


@pytest.mark.parametrize(
    "document",
    [
        "{ vieweR { id } }",
        "{ viewer { timezon } }",
        "{ runs(firs: 1) { totalCount } }",
        "{ runs(orderBy: STARTED_AT) { totalCount } }",
        "{ runs(filter: {minDistance: 1}) { totalCount } }",
        "query($f: RunFilte) { runs(filter: $f) { totalCount } }",
        "{ ... on Quer { __typename } }",
        "{ viewer { ...Viewe } } fragment Viewer on Viewer { id }",
    ],
)
def test_suggestions_can_be_switched_off(document: str) -> None:
    assert faults(document, suggestions=False)
    assert not [error for error in faults(document, suggestions=False) if "Did you mean" in error.message]


def test_suggestions_help_where_they_are_on() -> None:
    assert messages("{ viewer { timezon } }") == [
        "Cannot query field 'timezon' on type 'Viewer'. Did you mean 'timezone'?"
    ]


@pytest.mark.parametrize(
    "document",
    [
        f"{{ runs(first: {DIGITS}) {{ totalCount }} }}",
        f"{{ runs(first: -{DIGITS}) {{ totalCount }} }}",
        f"{{ runs(first: [{DIGITS}]) {{ totalCount }} }}",
        f"query($n: Int = {DIGITS}) {{ runs(first: $n) {{ totalCount }} }}",
        f"{{ node(id: {DIGITS}) {{ id }} }}",
        f"{{ runs(filter: {{minDistanceM: {DIGITS}}}) {{ totalCount }} }}",
        f"{{ runs(filter: {{minDistanceM: {DIGITS}.5}}) {{ totalCount }} }}",
        f"{{ runs(filter: {{from: [{{x: {DIGITS}}}]}}) {{ totalCount }} }}",
        f"{{ runs @include(if: {DIGITS}) {{ totalCount }} }}",
        "{ runs(filter: {minDistanceM: 1e999}) { totalCount } }",
        "{ runs(filter: {minDistanceM: -1e999}) { totalCount } }",
    ],
)
def test_a_number_past_all_numbers_is_refused_in_plain_words(document: str) -> None:
    (message,) = messages(document)

    assert message.endswith(" is past all numbers that are taken.")
    assert len(message) < 100


@pytest.mark.parametrize("number", ["0", "-1.5e300", "9" * 20, "1e-999"])
def test_a_number_that_can_be_counted_is_taken(number: str) -> None:
    assert faults(f"{{ runs(filter: {{minDistanceM: {number}}}) {{ totalCount }} }}") == []


@pytest.mark.parametrize(
    "document",
    [
        "{ " + "x" * 90_000 + " }",
        "{ viewer @" + "x" * 90_000 + " { id } }",
        "query($a: " + "x" * 90_000 + ") { __typename }",
        "{ runs(" + "x" * 90_000 + ": 1) { totalCount } }",
        '{ runs(first: "' + "x" * 90_000 + '") { totalCount } }',
        '{ runs(first: """' + " x\n" * 20_000 + '""") { totalCount } }',
        "{ node(id: " + "[" * 150 + "1" + "]" * 150 + ") { id } }",
        "{ runs(filter: " + "{a: " * 150 + "1" + "}" * 150 + ") { totalCount } }",
        "{ runs(orderBy: [" + "A " * 4_000 + "]) { totalCount } }",
    ],
    ids=["field", "directive", "type", "argument", "text", "block", "lists", "objects", "list"],
)
def test_a_fault_is_told_in_few_words_however_much_was_sent(document: str) -> None:
    found = messages(document)

    assert found
    assert max(len(message) for message in found) < 500
    assert not [message for message in found for word in PYTHON_WORDS if word in message]


def test_a_circle_of_fragments_is_told_with_few_places() -> None:
    circle = " ".join(f"fragment A{n} on Query {{ ...A{(n + 1) % 100} }}" for n in range(100))

    (error,) = faults(f"{{ ...A0 }} {circle}")

    assert "within itself" in error.message
    assert len(error.message) < 500
    assert len(error.locations or []) == MOST_PLACES


def test_a_fault_keeps_its_place() -> None:
    (error,) = faults("{ viewer {\n nope } }")

    assert error.locations == [SourceLocation(2, 2)]


def test_fragments_too_entangled_to_be_checked_are_refused() -> None:
    chain = " ".join(f"fragment A{n} on Query {{ ...A{n + 1} }}" for n in range(400))

    with pytest.raises(RequestRefused) as refused:
        faults(f"{{ ...A0 }} {chain} fragment A400 on Query {{ __typename }}")

    (error,) = refused.value.errors
    assert error["extensions"] == {"code": "LIMIT_EXCEEDED"}
    assert "too entangled" in error["message"]


def operations_that_share_fragments(fragments: int) -> str:
    spreads = " ".join(f"...F{n}" for n in range(fragments))
    operations = " ".join(f"query Q{n}($v: Boolean!) {{ viewer {{ {spreads} }} }}" for n in range(MOST_OPERATIONS))
    return operations + " ".join(
        f" fragment F{n} on Viewer {{ id @include(if: $v) timezone @skip(if: $v) }}" for n in range(fragments)
    )


def fragments_that_spread_one_another(fragments: int) -> str:
    texts = (
        f"fragment F{n} on Viewer {{ id {' '.join(f'...F{m}' for m in range(n + 1, min(n + 6, fragments)))} }}"
        for n in range(fragments)
    )
    return "{ viewer { ...F0 } } " + " ".join(texts)


def spreads_side_by_side(fragments: int) -> str:
    spreads = " ".join(f"...F{n}" for n in range(fragments))
    texts = (f"fragment F{n} on Viewer {{ id timezone }}" for n in range(fragments))
    return f"{{ viewer {{ {spreads} }} }} {' '.join(texts)}"


def directives_on_leaves(leaves: int) -> str:
    return "query($v: Boolean!) { viewer { " + "id @include(if: $v) " * leaves + "} }"


def values_in_a_list(values: int) -> str:
    return "{ runs(filter: {source: [" + "MANUAL " * values + "]}) { totalCount } }"


@pytest.mark.parametrize(
    "document",
    [
        operations_that_share_fragments,
        fragments_that_spread_one_another,
        spreads_side_by_side,
        directives_on_leaves,
        values_in_a_list,
    ],
)
def test_twice_the_document_takes_twice_the_work_to_validate(document: Callable[[int], str]) -> None:
    faults(document(30))

    first = calls_of(lambda: faults(document(30)))

    assert calls_of(lambda: faults(document(60))) < 3 * first
