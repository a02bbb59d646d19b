"""What a reader asked for, as a tree: the shape of an answer before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a selection.

    `key` is the name it has in the answer (its alias, if it has one), `name` the name in the schema, `args` the coerced
    arguments that were given (a missing one is absent), `of` what is selected below it, or None for a leaf.
    """

    key: str
    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    of: "Selection | None" = None


@dataclass(frozen=True, slots=True)
class Given:
    """An argument's value that is told only when a prepared read is run, under this name: an id or a cursor as text."""

    name: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The fields asked of one object type, in the order of the answer."""

    type_name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Readable:
    """All that may be asked of one object type: its fields, and what lists of it are narrowed and sorted by."""

    fields: frozenset[str]
    filters: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()
