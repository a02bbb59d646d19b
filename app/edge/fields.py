"""How the schema is written: declarations whose docstrings are its descriptions."""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.field import StrawberryField

T = TypeVar("T")


@dataclass_transform(field_specifiers=(strawberry.field,), kw_only_default=True)
def object_type(cls: type[T]) -> type[T]:
    """A GraphQL type. Of a stored thing it only declares fields: their values come from the database as JSON."""
    return strawberry.type(cls, description=inspect.getdoc(cls))


@dataclass_transform(field_specifiers=(strawberry.field,), kw_only_default=True)
def interface_type(cls: type[T]) -> type[T]:
    """A GraphQL interface."""
    return strawberry.interface(cls, description=inspect.getdoc(cls))


@dataclass_transform(field_specifiers=(strawberry.field,), kw_only_default=True)
def input_type(cls: type[T]) -> type[T]:
    """A GraphQL input."""
    return strawberry.input(cls, description=inspect.getdoc(cls))


def says(description: str, **options: Any) -> Any:
    """A plain field, described."""
    return strawberry.field(description=description, **options)


def declared(function: Callable[..., Any]) -> StrawberryField:
    """A field with arguments on a stored type: its signature declares it, and its body, a docstring, never runs."""
    return strawberry.field(function, description=inspect.getdoc(function))


def resolved(function: Callable[..., Any]) -> StrawberryField:
    """A field with a resolver: of a root type, or of a payload."""
    return strawberry.field(function, description=inspect.getdoc(function))


def subscription(function: Callable[..., Any]) -> StrawberryField:
    """A field of the subscription type."""
    return strawberry.subscription(function, description=inspect.getdoc(function))
