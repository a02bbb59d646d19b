"""Any JSON, and integers past 53 bits, in and out."""

from typing import Any

import orjson
import pytest
from graphql import GraphQLError, parse_value
from hypothesis import given
from hypothesis import strategies as st

from app.edge.declaring.json_scalars import BIG_INT, DEEPEST, JSON

PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,5}", fullmatch=True)
VALUES = st.recursive(
    PLAIN | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
LITERALS = VALUES.filter(lambda value: "\\ud" not in repr(value))


def written(value: Any) -> str:
    """A value as a GraphQL literal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {written(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return orjson.dumps(value).decode()


def read(text: str, variables: dict[str, Any] | None = None) -> Any:
    assert JSON.parse_literal is not None
    return JSON.parse_literal(parse_value(text), variables)


def nested(depth: int) -> Any:
    value: Any = 1
    for at in range(depth):
        value = [value] if at % 2 else {"in": value}
    return value


@given(VALUES)
def test_a_json_value_is_taken_and_told_as_it_is(value: Any) -> None:
    assert JSON.parse_value is not None
    assert JSON.parse_value(value) is value
    assert JSON.serialize is not None
    assert JSON.serialize(value) is value


@given(LITERALS)
def test_a_literal_is_the_value_that_it_writes(value: Any) -> None:
    assert read(written(value)) == value


def test_a_variable_stands_in_a_literal_for_its_value() -> None:
    assert read("{a: [$x, $nothing]}", {"x": {"b": 1}}) == {"a": [{"b": 1}, None]}


def test_an_integer_past_all_machines_is_read_as_in_a_variable() -> None:
    assert read("[18446744073709551615, 18446744073709551616]") == orjson.loads(
        "[18446744073709551615, 18446744073709551616]"
    )


def test_a_word_without_quotation_marks_is_no_json() -> None:
    with pytest.raises(GraphQLError, match="stands in quotation marks"):
        read("{kind: SPLIT}")


def test_a_value_is_taken_up_to_the_depth_that_is_told() -> None:
    assert JSON.parse_value is not None
    assert JSON.parse_value(nested(DEEPEST)) == nested(DEEPEST)
    assert read(written(nested(DEEPEST))) == nested(DEEPEST)


@pytest.mark.parametrize("depth", [DEEPEST + 1, 150])
def test_a_value_deeper_than_that_is_refused(depth: int) -> None:
    assert JSON.parse_value is not None
    with pytest.raises(GraphQLError, match="at most 64 lists and objects"):
        JSON.parse_value(nested(depth))
    with pytest.raises(GraphQLError, match="at most 64 lists and objects"):
        read(written(nested(depth)))


@pytest.mark.parametrize("empty", [[], {}])
def test_what_holds_nothing_counts_as_deep_as_it_lies(empty: Any) -> None:
    value = empty
    for _ in range(DEEPEST):
        value = [1, value, "text"]
    assert JSON.parse_value is not None
    with pytest.raises(GraphQLError, match="at most 64 lists and objects"):
        JSON.parse_value(value)
    assert JSON.parse_value(value[1]) is value[1]


@given(st.integers(-(2**63), 2**63 - 1))
def test_a_big_int_comes_back_as_it_went(number: int) -> None:
    assert BIG_INT.serialize is not None
    assert BIG_INT.parse_value is not None
    assert BIG_INT.parse_literal is not None
    told = BIG_INT.serialize(number)

    assert told == str(number)
    assert BIG_INT.parse_value(told) == BIG_INT.parse_value(number) == number
    assert BIG_INT.parse_literal(parse_value(f'"{told}"')) == BIG_INT.parse_literal(parse_value(told)) == number


@pytest.mark.parametrize(
    "value", [None, True, 1.0, "", "1.0", "1e3", "٣", " 1", "0x1", 2**63, str(2**63), "9" * 5_000, []]
)
def test_what_is_no_whole_number_of_64_bits_is_no_big_int(value: object) -> None:
    assert BIG_INT.parse_value is not None
    with pytest.raises(GraphQLError, match="at most 64 bits"):
        BIG_INT.parse_value(value)


@pytest.mark.parametrize("text", ["1.5", "true", "null", "[1]", '"x"', "9223372036854775808"])
def test_a_literal_that_is_no_whole_number_is_no_big_int(text: str) -> None:
    assert BIG_INT.parse_literal is not None
    with pytest.raises(GraphQLError, match="at most 64 bits"):
        BIG_INT.parse_literal(parse_value(text))
