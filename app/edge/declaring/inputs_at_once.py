"""Inputs that bring many things at once: a thousand events are made in the time that forty would take one by one.

graphql-core has looked at every value by then, and told what is wrong with it. What is left is to make the inputs that
resolvers see, for which Strawberry asks each field of each of them anew what it is called and what it holds.
"""

from collections.abc import Mapping
from dataclasses import MISSING
from functools import cache
from typing import Any, TypeVar, cast

from graphql import GraphQLInputObjectType
from strawberry.relay import GlobalID
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import InputContext
from strawberry.types.base import (
    StrawberryContainer,
    StrawberryList,
    StrawberryObjectDefinition,
    StrawberryOptional,
    get_object_definition,
    has_object_definition,
)
from strawberry.types.field import StrawberryField

T = TypeVar("T")


def made_at_once(input: type[T]) -> type[T]:
    """An input that holds long lists of other inputs; made quickly are those whose fields are scalars and enums.

    What it comes to is the same as without.
    """
    get_object_definition(input, strict=True).from_input = _made
    return input


def is_made_at_once(kind: GraphQLInputObjectType) -> bool:
    """Whether an input of the schema is declared so."""
    definition = kind.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return isinstance(definition, StrawberryObjectDefinition) and definition.from_input is _made


def _made(input: type, value: Mapping[str, Any], context: InputContext) -> Any:
    names = context.config.name_converter
    made: dict[str, Any] = dict(_defaults(input))
    for field in _fields(input):
        told = names.from_field(field)
        if told in value:
            listed = _listed_input(field)
            made[field.python_name] = (
                context.convert(value[told], field.type, told)
                if listed is None
                else _all_made(listed, value[told], names)
            )
    return input(**made)


def _all_made(input: type, values: list[Mapping[str, Any]], names: NameConverter) -> list[Any]:
    known, defaults = _names(input, names), _defaults(input)
    return [input(**{**defaults, **{known[told]: value for told, value in one.items()}}) for one in values]


@cache
def _names(input: type, names: NameConverter) -> Mapping[str, str]:
    """What the fields of an input are called here, by what they are called in the schema."""
    return {names.from_field(field): field.python_name for field in _fields(input)}


@cache
def _defaults(input: type) -> Mapping[str, None]:
    """Null for each field that has no default: so Strawberry fills what may be left out."""
    fields = _fields(input)
    return {one.python_name: None for one in fields if one.default_value is MISSING and one.default_factory is MISSING}


@cache
def _listed_input(field: StrawberryField) -> type | None:
    """The input that the field lists, if each field of that holds what graphql-core gives for it."""
    listed = field.type.of_type if isinstance(field.type, StrawberryList) else None
    plain = has_object_definition(listed) and all(_is_plain(one.type) for one in _fields(listed))
    return cast("type", listed) if plain else None


def _is_plain(kind: Any) -> bool:
    kind = kind.of_type if type(kind) is StrawberryOptional else kind  # Maybe is one too, and wraps its value
    return not isinstance(kind, StrawberryContainer) and not has_object_definition(kind) and kind is not GlobalID


def _fields(input: type) -> list[StrawberryField]:
    return get_object_definition(input, strict=True).fields
