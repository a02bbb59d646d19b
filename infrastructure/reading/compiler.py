"""A selection becomes SQL: objects, lists and connections, each written as the JSON that it answers."""

from __future__ import annotations

from collections.abc import Callable

from piccolo.columns import Column

from domain.shared.selection import Field, Selection
from infrastructure.reading.columns import Source
from infrastructure.reading.connections import json_connection
from infrastructure.reading.objects import Constant, JsonText, build_list, build_object, or_null
from infrastructure.reading.statement import Args, Scope
from infrastructure.reading.view import View


def json_object(view: View, selection: Selection, scope: Scope) -> JsonText:
    """The JSON object of one row."""
    return build_object((field.key, _value(view, field, scope)) for field in selection.fields)


def _value(view: View, field: Field, scope: Scope) -> JsonText:
    if field.name == "__typename":
        return JsonText.of(Constant(f'"{view.name}"'))
    return view.fields[field.name](scope, field)


def one(view_name: str, *, on: Column | str, key: str = "id") -> Source:
    """The row of another view whose `key` is this row's `on`; null when there is none or the viewer may not see it."""
    name = on if isinstance(on, str) else on._meta.db_column_name
    return one_where(view_name, lambda row, child: f"{child.column(key)} = {row.column(name)}")


def one_where(view_name: str, where: Callable[[Scope, Scope], str]) -> Source:
    """The one row of another view that stands in a relation to this one; `where(parent, child)` says which."""

    def written(scope: Scope, field: Field) -> JsonText:
        view, child = _row_of(view_name, scope)
        rows = f'"{view.table}" {child.row} where {view.where(child, where(scope, child))}'
        return or_null(f"(select {_object(view, field, child)} from {rows})")

    return written


def listing(view_name: str, *, where: Callable[[Scope, Scope], str], order_by: str) -> Source:
    """All rows of another view that stand in a relation to this one; `where(parent, child)` says which."""

    def written(scope: Scope, field: Field) -> JsonText:
        view, child = _row_of(view_name, scope)
        body = _object(view, field, child)
        rows = f'"{view.table}" {child.row} where {view.where(child, where(scope, child))}'
        return build_list(f"(select string_agg({body}, ',' order by {order_by.format(child.row)}) from {rows})")

    return written


def many(view_name: str, *, on: str, total: Callable[[Scope], str] | None = None) -> Source:
    """A connection over the rows of another view whose column `on` points to this one.

    `total` is SQL over this row that tells how many there are in less time than to count them: null where it cannot.
    """

    def written(scope: Scope, field: Field) -> JsonText:
        view = scope.statement.views[view_name]
        return json_connection(
            scope.statement,
            view,
            field,
            lambda child: [f"{child.column(on)} = {scope.column('id')}"],
            json_object,
            total=total and total(scope),
        )

    return written


def part(view_name: str, *, when: str) -> Source:
    """An object made of columns of the same row, or null; `when` is SQL with {} for the row."""

    def written(scope: Scope, field: Field) -> JsonText:
        view = scope.statement.views[view_name]
        return or_null(f"case when {when.format(scope.row)} then {_object(view, field, scope)} end")

    return written


def derived(view_name: str, rows: Callable[[Scope, Args], str]) -> Source:
    """An object computed by a query over this row: `rows` is a SELECT with the columns that the view names."""

    def written(scope: Scope, field: Field) -> JsonText:
        view = scope.statement.views[view_name]
        child = scope.at(scope.statement.alias())
        return or_null(f"(select {_object(view, field, child)} from ({rows(scope, field.args)}) {child.row})")

    return written


def derived_list(view_name: str, rows: Callable[[Scope, Args], str], *, order_by: str) -> Source:
    """Objects computed by a query over this row, as `derived`."""

    def written(scope: Scope, field: Field) -> JsonText:
        view = scope.statement.views[view_name]
        child = scope.at(scope.statement.alias())
        body, order = _object(view, field, child), order_by.format(child.row)
        return build_list(
            f"(select string_agg({body}, ',' order by {order}) from ({rows(scope, field.args)}) {child.row})"
        )

    return written


def document(view_name: str, source: Column | str) -> Source:
    """An object of a stored JSON document, or null."""

    def written(scope: Scope, field: Field) -> JsonText:
        view, value = scope.statement.views[view_name], _json_value(scope, source)
        return or_null(f"case when jsonb_typeof({value}) = 'object' then {_object(view, field, scope.at(value))} end")

    return written


def elements(view_name: str, source: Column | str) -> Source:
    """The objects of a stored JSON array, in its order."""

    def written(scope: Scope, field: Field) -> JsonText:
        view, alias = scope.statement.views[view_name], scope.statement.alias()
        body = _object(view, field, scope.at(f"{alias}.value"))
        unrolled = f"jsonb_array_elements({_json_value(scope, source)}) with ordinality {alias}(value, place)"
        return build_list(f"(select string_agg({body}, ',' order by {alias}.place) from {unrolled})")

    return written


def _json_value(scope: Scope, source: Column | str) -> str:
    """A jsonb column of a table's row, or a key of a document's."""
    if isinstance(source, str):
        return f"({scope.row} -> '{source}')"
    return scope.column(source._meta.db_column_name)


def _row_of(view_name: str, scope: Scope) -> tuple[View, Scope]:
    return scope.statement.views[view_name], scope.at(scope.statement.alias())


def _object(view: View, field: Field, scope: Scope) -> str:
    assert field.of is not None, f"{field.name} is an object: validation asks for a selection"
    return json_object(view, field.of, scope).sql
