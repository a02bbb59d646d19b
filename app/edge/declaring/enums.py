"""How an enum becomes part of the schema: it and each of its values say what they mean."""

from collections.abc import Callable
from enum import EnumMeta
from typing import TypeVar, cast

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

E = TypeVar("E", bound=EnumMeta)


def enum_type(description: str, *, name: str | None = None, **values: str) -> Callable[[E], E]:
    """A GraphQL enum; `values` describes every one of its values.

    A decorator for enums of the API's own. One of the domain, which knows no GraphQL, is given to what this answers.
    """

    def declare(kind: E) -> E:
        if set(values) != set(kind.__members__):
            raise TypeError(f"{kind.__name__} has the values {sorted(kind.__members__)}, not {sorted(values)}.")
        declared = strawberry.enum(kind, name=name, description=description)
        definition = cast("StrawberryEnumDefinition", vars(declared)["__strawberry_definition__"])
        for value in definition.values:
            value.description = values[value.name]
        return declared

    return declare
