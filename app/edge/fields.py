"""How the schema is written: declarations whose docstrings are its descriptions."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeVar, dataclass_transform

import strawberry
from strawberry.types.field import StrawberryField

T = TypeVar("T")

# Arguments that mean the same wherever they stand; others describe themselves, with strawberry.argument.
ARGUMENTS = {
    "id": "The global id, as some answer told it.",
    "input": "What to write, and under which idempotency key.",
    "first": "So many entries from the beginning on, 0 to 100; 20 when nothing is said.",
    "after": "Only entries behind this cursor.",
    "last": "So many entries up to the end, 0 to 100; not together with `first`.",
    "before": "Only entries before this cursor.",
    "filter": "Only entries that meet all of these conditions.",
    "order_by": "How the entries are sorted; equals by their age.",
    "number": "Which one, counted from 1.",
    "points": "At most so many points, 2 to 10,000.",
}


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
    return strawberry.field(with_arguments_described(function), description=inspect.getdoc(function))


def resolved(function: Callable[..., Any]) -> StrawberryField:
    """A field with a resolver: of a root type, or of a payload."""
    return strawberry.field(with_arguments_described(function), description=inspect.getdoc(function))


def subscription(function: Callable[..., Any]) -> StrawberryField:
    """A field of the subscription type."""
    return strawberry.subscription(with_arguments_described(function), description=inspect.getdoc(function))


def with_arguments_described(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its well-known arguments annotated with what they mean."""
    for name, kind in function.__annotations__.items():
        if name in ARGUMENTS and not hasattr(kind, "__metadata__"):
            function.__annotations__[name] = Annotated[kind, strawberry.argument(description=ARGUMENTS[name])]
    return function
