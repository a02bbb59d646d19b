"""Root fields that read what is stored. They are declared, like the fields of stored things, and never written out.

So one declaration serves both ways of execution: graphql-core's, and that of a compiled operation.
"""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, overload

import strawberry
from graphql import GraphQLField
from strawberry.types.field import StrawberryField

from app.edge.declaring.fields import weight, with_arguments_described
from domain.shared.viewer import Scope

KEY = "reads"
Check = Callable[[Mapping[str, Any]], object]  # raises BadUserInput for arguments that make no sense


@dataclass(frozen=True, slots=True)
class Reads:
    """What a root field reads: a page of its connection, rows, the viewer, one thing by all of its arguments (single),
    or one thing by its argument `id`."""

    scope: Scope | None = Scope.TRAINING_READ
    page: bool = False
    rows: bool = False
    viewer: bool = False
    single: bool = False
    check: Check | None = None

    @property
    def by_id(self) -> bool:
        """Whether the argument `id` says what is read."""
        return not (self.page or self.rows or self.viewer or self.single)


def reads_one(stored: type, *, scope: Scope = Scope.TRAINING_READ) -> Callable[[Callable[..., Any]], StrawberryField]:
    """A root field that reads one thing of the type `stored` by its argument `id`."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(with_arguments_described(function))
        async def resolver(_self: Any, info: Any, id: str) -> Any:
            return await info.context.read_one(stored, id, scope)

        return _field(resolver, Reads(scope))

    return decorate


def reads_single(
    *, scope: Scope, missing: Callable[[Mapping[str, Any]], Exception] | None = None
) -> Callable[[Callable[..., Any]], StrawberryField]:
    """A root field that reads the one thing that its arguments name; `missing` makes the refusal when there is none."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(with_arguments_described(function))
        async def resolver(_self: Any, info: Any, **_: Any) -> Any:
            return await info.context.read_single(scope, missing)

        return _field(resolver, Reads(scope, single=True))

    return decorate


def reads_viewer(stored: type) -> Callable[[Callable[..., Any]], StrawberryField]:
    """A root field that reads whoever asks, whatever their token allows."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(function)
        async def resolver(_self: Any, info: Any) -> Any:
            return await info.context.read_one(stored, info.context.viewer.athlete_id, None)

        return _field(resolver, Reads(None, viewer=True))

    return decorate


@overload
def reads_page(function: Callable[..., Any]) -> StrawberryField: ...


@overload
def reads_page(*, scope: Scope) -> Callable[[Callable[..., Any]], StrawberryField]: ...


def reads_page(
    function: Callable[..., Any] | None = None, *, scope: Scope = Scope.TRAINING_READ
) -> StrawberryField | Callable[[Callable[..., Any]], StrawberryField]:
    """A root field that reads a page of the connection that it is, by its own arguments."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(with_arguments_described(function))
        async def resolver(_self: Any, info: Any, **_: Any) -> Any:
            return await info.context.read_page(scope)

        return _field(resolver, Reads(scope, page=True))

    return decorate if function is None else decorate(function)


def reads_rows(*, check: Check | None = None, entries: int) -> Callable[[Callable[..., Any]], StrawberryField]:
    """A root field that lists the rows of the type that it is of, narrowed by its arguments; `entries` as usual."""

    def decorate(function: Callable[..., Any]) -> StrawberryField:
        @functools.wraps(with_arguments_described(function))
        async def resolver(_self: Any, info: Any, **_: Any) -> Any:
            return await info.context.read_rows(check)

        return _field(resolver, Reads(rows=True, check=check), entries=entries)

    return decorate


def reads_of(field: GraphQLField) -> Reads | None:
    """What a field of the schema reads; None for one that is resolved in its own way."""
    definition = field.extensions.get("strawberry-definition")
    reads: Reads | None = definition.metadata.get(KEY) if isinstance(definition, StrawberryField) else None
    return reads


def _field(resolver: Callable[..., Any], reads: Reads, *, entries: int | None = None) -> StrawberryField:
    metadata = {KEY: reads, **weight(1, entries)}
    return strawberry.field(resolver, description=inspect.getdoc(resolver), metadata=metadata)
