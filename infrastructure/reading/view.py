"""What GraphQL may read of what is stored, field by field: the words that views are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from piccolo.columns import Column

from domain.shared.selection import Readable
from infrastructure.reading.columns import Source
from infrastructure.reading.statement import Args, Scope

Predicate = Callable[[Scope], str]


class ViewsDisagree(Exception):
    """A view and the schema name different fields: found at start-up, both named."""


@dataclass(frozen=True)
class Order:
    """One way to page through a view: `key` is an SQL expression that is never null; ids break ties.

    A key that is `unique` among the rows of each connection has no ties: without the ids PostgreSQL reads the rows in
    order from the key's index, and need not sort them.
    """

    key: Predicate
    cast: str
    descending: bool = False
    unique: bool = False

    def sorting(self, key: str, id: str, way: str) -> str:
        """What stands behind `order by`; `way` is asc or desc."""
        return f"{key} {way}" if self.unique else f"{key} {way}, {id} {way}"


@dataclass(frozen=True)
class Listing:
    """How a root field lists a view's rows that meet its arguments; both are SQL with {} for the row.

    With `one_of_each` only the first row is listed of those that it does not tell apart; `order_by` begins with it.
    """

    order_by: str
    one_of_each: str | None = None


@dataclass(frozen=True)
class View:
    """A type of the schema, as it stands in a table.

    `visible_to` is the one predicate that decides whose rows these are; None for parts of a row that is visible, and
    for what everybody may read. Rows without an id of their own are told apart, within a connection, by their order's
    unique key; `id_column` then names what their cursors carry beside it. `single` is a SELECT of the one row, if any,
    that a root field's arguments name. `each` names the filters whose values are looked up one by one, as an index has
    them in order, and the columns that they are values of.
    """

    name: str
    fields: Mapping[str, Source]
    table: str = ""
    visible_to: Predicate | None = None
    filters: Mapping[str, Callable[[Scope, Any], str]] = field(default_factory=dict)
    orders: Mapping[str, Order] = field(default_factory=dict)
    listing: Listing | None = None
    id_column: str = "id"
    single: Callable[[Scope, Args], str] | None = None
    each: Mapping[str, str] = field(default_factory=dict)

    def where(self, scope: Scope, *conditions: str) -> str:
        """The rows that the viewer may see and that meet all `conditions`."""
        visible = () if self.visible_to is None else (self.visible_to(scope),)
        return " and ".join((*visible, *conditions)) or "true"


class Views:
    """All views by name; they refer to one another by name, so that features do not import each other."""

    def __init__(self, views: tuple[View, ...]) -> None:
        self._by_name = {view.name: view for view in views}

    def __getitem__(self, name: str) -> View:
        return self._by_name[name]

    def check(self, types: Mapping[str, Readable]) -> None:
        """Compare with the schema's stored types and their fields; raise ViewsDisagree naming what differs."""
        problems = [f"the type {name} has no view" for name in sorted(set(types) - set(self._by_name))]
        problems += [f"the view {name} has no type" for name in sorted(set(self._by_name) - set(types))]
        for name in sorted(set(types) & set(self._by_name)):
            view, asked = self[name], types[name]
            problems += _differences(name, view.fields, asked.fields, "{0}.{1}", "{1}")
            problems += _differences(name, view.filters, asked.filters, "the filter {1} of {0}", "the filter {1}")
            if asked.orders:  # without them the first of the view's is the only one
                problems += _differences(name, view.orders, asked.orders, "the order {1} of {0}", "the order {1}")
        if problems:
            raise ViewsDisagree("Views and schema disagree: " + "; ".join(problems) + ".")


def _differences(name: str, mapped: Iterable[str], declared: Iterable[str], missing: str, extra: str) -> list[str]:
    lacking, needless = sorted(set(declared) - set(mapped)), sorted(set(mapped) - set(declared))
    return [f"{missing.format(name, one)} has no mapping in its view" for one in lacking] + [
        f"the view {name} maps {extra.format(name, one)}, which its type lacks" for one in needless
    ]


def owned_by(athlete: Column) -> Predicate:
    """Rows of the viewer's own."""
    name = athlete._meta.db_column_name
    return lambda scope: f"{scope.column(name)} = {scope.viewer_id}"
