"""How the schema is written: declarations whose docstrings are its descriptions."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, dataclass_transform, overload

import strawberry
from strawberry.types.field import StrawberryField

from domain.shared.viewer import Scope

T = TypeVar("T")
COST, ENTRIES, SHARED = "cost", "entries", "shared"

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
    "topic": "The topic's name.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """How many entries a list is taken to have, for the limits: what its arguments say, or `default`."""

    arguments: tuple[str, ...] = ()
    default: int
    most: int = 1_000_000
    as_one: int = 1  # so many of them count as one


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


def says(description: str, *, cost: int = 1, entries: int | None = None, **options: Any) -> Any:
    """A plain field, described. `cost` is what it weighs each time it comes, `entries` how many a list usually has."""
    return strawberry.field(description=description, metadata=weight(cost, entries), **options)


@overload
def declared(function: Callable[..., Any]) -> StrawberryField: ...


@overload
def declared(
    *, cost: int = 1, entries: int | Entries | None = None
) -> Callable[[Callable[..., Any]], StrawberryField]: ...


def declared(
    function: Callable[..., Any] | None = None, *, cost: int = 1, entries: int | Entries | None = None
) -> StrawberryField | Callable[[Callable[..., Any]], StrawberryField]:
    """A field with arguments on a stored type: its signature declares it, and its body, a docstring, never runs."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        described = with_arguments_described(function)
        return strawberry.field(described, description=inspect.getdoc(function), metadata=weight(cost, entries))

    return decorate if function is None else decorate(function)


@overload
def resolved(function: Callable[..., Any]) -> StrawberryField: ...


@overload
def resolved(
    *, cost: int = 1, entries: int | Entries | None = None
) -> Callable[[Callable[..., Any]], StrawberryField]: ...


def resolved(
    function: Callable[..., Any] | None = None, *, cost: int = 1, entries: int | Entries | None = None
) -> StrawberryField | Callable[[Callable[..., Any]], StrawberryField]:
    """A field with a resolver: of a root type, or of a payload."""
    return declared(cost=cost, entries=entries) if function is None else declared(function)


@overload
def subscription(function: Callable[..., Any]) -> StrawberryField: ...


@overload
def subscription(
    *, shared: Scope, entries: Entries | None = None
) -> Callable[[Callable[..., Any]], StrawberryField]: ...


def subscription(
    function: Callable[..., Any] | None = None, *, shared: Scope | None = None, entries: Entries | None = None
) -> StrawberryField | Callable[[Callable[..., Any]], StrawberryField]:
    """A field of the subscription type.

    `shared` says that it is the same for all who have this scope: those who ask the same of it share one execution,
    the first one's, which goes on while anybody watches. So its resolver must not depend on who asks.
    """

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        described = with_arguments_described(function)
        metadata = {SHARED: shared, **weight(1, entries)}
        return strawberry.subscription(described, description=inspect.getdoc(function), metadata=metadata)

    return decorate if function is None else decorate(function)


def with_arguments_described(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, its well-known arguments annotated with what they mean."""
    for name, kind in function.__annotations__.items():
        if name in ARGUMENTS and not hasattr(kind, "__metadata__"):
            function.__annotations__[name] = Annotated[kind, strawberry.argument(description=ARGUMENTS[name])]
    return function


def weight(cost: int, entries: int | Entries | None) -> dict[str, Any]:
    """What a field's metadata says of its weight."""
    return {COST: cost, ENTRIES: Entries(default=entries) if isinstance(entries, int) else entries}
