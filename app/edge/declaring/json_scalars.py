"""The contract's scalars that hold what a number or an object cannot: any JSON, and integers past 53 bits."""

import re
from collections.abc import Mapping
from typing import Any, NewType

import strawberry
from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    GraphQLError,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)
from strawberry.types.scalar import ScalarDefinition

JsonValue = NewType("JsonValue", object)
BigInt = NewType("BigInt", int)

DEEPEST = 64  # deeper than anything that is taken; whoever takes less tells so in a sentence of their own
CONTAINERS = frozenset((dict, list))
TOO_DEEP = f"A JSON value has at most {DEEPEST} lists and objects within one another."
NO_BIG_INT = "A BigInt is a whole number of at most 64 bits, as a string or as a number."
WHOLE_NUMBER = re.compile(r"-?\d{1,20}", re.ASCII)
LEAST, MOST, MOST_READ = -(2**63), 2**63 - 1, 2**64 - 1  # JSON is read up to the last


def _parse_json(value: object) -> object:
    """The value as it is: nothing looks at what is in it but for how deep it is, because others call themselves."""
    level: list[Any] = [value] if type(value) in CONTAINERS else []
    depth = 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise GraphQLError(TOO_DEEP)
        below: list[Any] = []
        for one in level:
            parts = one.values() if type(one) is dict else one
            if not CONTAINERS.isdisjoint(map(type, parts)):  # which is mostly told before any part is looked at
                below += [part for part in parts if type(part) in CONTAINERS]
        level = below
    return value


def _read_json(node: ValueNode, variables: Mapping[str, Any] | None = None) -> object:
    """The value that a literal writes; variables may stand in it."""
    return _literal(node, variables or {}, 0)


def _literal(node: ValueNode, variables: Mapping[str, Any], depth: int) -> object:
    if depth > DEEPEST:
        raise GraphQLError(TOO_DEEP)
    match node:
        case ObjectValueNode():
            return {field.name.value: _literal(field.value, variables, depth + 1) for field in node.fields}
        case ListValueNode():
            return [_literal(part, variables, depth + 1) for part in node.values]
        case IntValueNode() | FloatValueNode():
            return _number(node.value)
        case StringValueNode() | BooleanValueNode():
            return node.value
        case VariableNode():
            return variables.get(node.name.value)
        case NullValueNode():
            return None
        case EnumValueNode():
            raise GraphQLError(f"{node.value[:40]} is no JSON. A text stands in quotation marks.")
        case _:
            raise GraphQLError("This is no JSON.")


def _number(digits: str) -> int | float:
    """As the same digits would be read in a variable: what no machine's integer holds is a fraction there."""
    return int(digits) if WHOLE_NUMBER.fullmatch(digits) and LEAST <= int(digits) <= MOST_READ else float(digits)


def _parse_big_int(value: object) -> int:
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not LEAST <= value <= MOST:
        raise GraphQLError(NO_BIG_INT)
    return value


def _read_big_int(node: ValueNode, _: Mapping[str, Any] | None = None) -> int:
    return _parse_big_int(node.value if isinstance(node, IntValueNode | StringValueNode) else None)


JSON: ScalarDefinition = strawberry.scalar(
    name="JSON",
    description="Any JSON value: an object, a list, a text, a number, true, false or null.",
    serialize=lambda value: value,
    parse_value=_parse_json,
    parse_literal=_read_json,
)
BIG_INT: ScalarDefinition = strawberry.scalar(
    name="BigInt",
    description="A whole number of 64 bits, as a string because JavaScript's numbers have 53. Input may be either.",
    serialize=str,
    parse_value=_parse_big_int,
    parse_literal=_read_big_int,
)
