"""Relay connections by keyset: a page is the rows after (or before) a row, never the rows past a count."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Protocol

from domain.shared.selection import Field, Selection
from infrastructure.reading.columns import QUOTE
from infrastructure.reading.cursors import cursor_sql
from infrastructure.reading.objects import Constant, JsonText, build_list, build_object, or_null
from infrastructure.reading.paging import LateCursor, Page, page_of
from infrastructure.reading.statement import Args, Scope, Statement
from infrastructure.reading.view import View

SORT_KEY = "sort_key"  # no table's column is called so


class ObjectCompiler(Protocol):
    """json_object, handed in so that objects may hold connections and connections objects."""

    def __call__(self, view: View, selection: Selection, scope: Scope) -> JsonText:
        """The JSON object of one row."""
        ...


def json_connection(
    statement: Statement,
    view: View,
    field: Field,
    conditions: Callable[[Scope], list[str]],
    compile_object: ObjectCompiler,
    *,
    total: str | None = None,
) -> JsonText:
    """The JSON of one connection: only what is selected of it is computed. `total`: see `many`."""
    assert field.of is not None
    page = page_of(view, field.args)
    return _Connection(statement, view, field, page, conditions, compile_object, total).json(field.of)


class _Connection:
    def __init__(
        self,
        statement: Statement,
        view: View,
        field: Field,
        page: Page,
        conditions: Callable[[Scope], list[str]],
        compile_object: ObjectCompiler,
        total: str | None,
    ) -> None:
        self.statement, self.view, self.page, self.total = statement, view, page, total
        # Even where nothing is selected that depends on them.
        statement.checks += [place.key.of for place in (page.after, page.before) if isinstance(place, LateCursor)]
        self.filter: Args = field.args.get("filter") or {}
        self.conditions, self.compile_object = conditions, compile_object
        self.rows = Scope(statement, statement.alias())
        more = "hasPreviousPage" if page.backward else "hasNextPage"
        assert field.of is not None
        infos = [asked.of for asked in field.of.fields if asked.name == "pageInfo" and asked.of is not None]
        self.peeks = any(part.name == more for info in infos for part in info.fields)

    def json(self, selection: Selection) -> JsonText:
        """One object over the rows of the page, and one more where that tells whether there are more."""
        body = build_object((asked.key, self._part(asked)) for asked in selection.fields)
        if not any(asked.name in ("edges", "pageInfo") for asked in selection.fields):
            return body
        # `having` makes one group of the page even where nothing is aggregated.
        return JsonText.of(f"(select {body.sql} from ({self._taken()}) {self.rows.row} having true)")

    def _taken(self) -> str:
        """The rows of the page in the order in which they are taken from the cursor on.

        What they are sorted by is a column of theirs: then PostgreSQL sees that they come in the order that is asked
        of aggregates over them, and does not sort again.
        """
        key = self.page.order.key(Scope(self.statement, "r"))
        order = self.page.order.sorting(key, f"r.{self.view.id_column}", self.page.direction())
        limit = f"order by {order} limit {self.size}{' + 1' if self.peeks else ''}"
        bounds = (*self._bound("after", beyond=True), *self._bound("before", beyond=True))
        apart = next((name for name in self.view.each if self.filter.get(name) is not None), None)
        source = self._source()(*bounds) if apart is None else self._one_by_one(apart, bounds, limit)
        place = f", row_number() over (order by {order}) as place" if self.peeks else ""
        return f"select r.*, {key} as {SORT_KEY}{place} from {source} {limit}"

    def _one_by_one(self, name: str, bounds: Iterable[str], limit: str) -> str:
        """A page for each value of the filter `name`: an index that begins with it has each of them in order, but
        not all of them together, and PostgreSQL would sort every row that there is."""
        same = f"{Scope(self.statement, 'r').column(self.view.each[name])} = wanted.value"
        rows = self._source(without=name)(same, *bounds)
        wanted = f"unnest({self.statement.texts(self.filter[name])}) wanted(value)"
        return f"{wanted} cross join lateral (select r.* from {rows} {limit}) r"

    @cached_property
    def size(self) -> str:
        """How many entries the page has; a parameter only where it is used, or PostgreSQL cannot tell its type."""
        return self.statement.param(self.page.size, "int")

    def _source(self, *, without: str | None = None) -> Callable[..., str]:
        row = Scope(self.statement, "r")
        said = [(name, value) for name, value in self.filter.items() if value is not None and name != without]

        def rows(*bounds: str) -> str:
            named = (self.view.filters[name](row, value) for name, value in said)
            where = self.view.where(row, *self.conditions(row), *named, *bounds)
            return f'"{self.view.table}" r where {where}'

        return rows

    def _bound(self, argument: str, *, beyond: bool) -> list[str]:
        """Rows past the cursor in the direction it points, or (not `beyond`) the row itself and those behind it."""
        cursor = self.page.after if argument == "after" else self.page.before
        if cursor is None:
            return []
        order = self.page.order
        ascending = (argument == "after") != order.descending
        sign = (">" if ascending else "<") if beyond else ("<=" if ascending else ">=")
        key = self.statement.param(cursor.key, order.cast)
        id = self.statement.param(cursor.id, "uuid")
        return [f"({order.key(Scope(self.statement, 'r'))}, r.{self.view.id_column}) {sign} ({key}, {id})"]

    def _part(self, asked: Field) -> JsonText:
        match asked.name:
            case "edges":
                return self._edges(asked)
            case "pageInfo":
                assert asked.of is not None
                return build_object((part.key, self._page_info(part.name)) for part in asked.of.fields)
            case "totalCount":
                counted = f"(select count(*) from {self._source()()})"
                known = self.total is not None and not self.filter
                return JsonText.of(f"coalesce({self.total}, {counted})::text" if known else f"{counted}::text")
            case name:
                return _type_name(name, f"{self.view.name}Connection")

    def _edges(self, asked: Field) -> JsonText:
        assert asked.of is not None
        entry = build_object((part.key, self._edge(part)) for part in asked.of.fields).sql
        if self.peeks:  # `filter` would make PostgreSQL sort the rows once more; string_agg leaves out nulls
            entry = f"case when {self.rows.row}.place <= {self.size} then {entry} end"
        return build_list(f"string_agg({entry}, ',' order by {self._order(reverse=self.page.backward)})")

    def _edge(self, part: Field) -> JsonText:
        match part.name:
            case "node":
                assert part.of is not None
                return self.compile_object(self.view, part.of, self.rows)
            case "cursor":
                row = self.rows.row
                cursor = cursor_sql(self.page.order_name, f"{row}.{SORT_KEY}", f"{row}.{self.view.id_column}")
                return JsonText.of(QUOTE, cursor, QUOTE)
            case name:
                return _type_name(name, f"{self.view.name}Edge")

    def _page_info(self, name: str) -> JsonText:
        match name:
            case "hasNextPage":
                return self._has_more(ahead=True)
            case "hasPreviousPage":
                return self._has_more(ahead=False)
            case "startCursor" | "endCursor":
                return self._cursor_at_end(taken_first=(name == "startCursor") != self.page.backward)
            case _:
                return _type_name(name, "PageInfo")

    def _has_more(self, *, ahead: bool) -> JsonText:
        beyond_cursor = self._exists("before" if ahead else "after")
        if ahead == self.page.backward:
            return JsonText.of(f"({beyond_cursor})::text")
        return JsonText.of(f"(count(*) > {self.size} or {beyond_cursor})::text")

    def _cursor_at_end(self, *, taken_first: bool) -> JsonText:
        """The cursor of the first or last row that is on the page; null on an empty one."""
        place = "1" if taken_first else "count(*)"
        if self.peeks:  # the last one taken is not on the page
            place = f"least({place}, {self.size})"
        taken = f"(array_agg({self.rows.row}.{{}} order by {self._order()}))[({place})::int]"
        key, id = taken.format(SORT_KEY), taken.format(self.view.id_column)
        return or_null(f"'\"' || {cursor_sql(self.page.order_name, key, id)} || '\"'")

    def _exists(self, argument: str) -> str:
        """Whether there are rows on the cursor's other side."""
        bounds = self._bound(argument, beyond=False)
        return f"exists (select from {self._source()(*bounds)})" if bounds else "false"

    def _order(self, *, reverse: bool = False) -> str:
        row, way = self.rows.row, self.page.direction(reverse=reverse)
        return self.page.order.sorting(f"{row}.{SORT_KEY}", f"{row}.{self.view.id_column}", way)


def _type_name(asked: str, name: str) -> JsonText:
    """The only other thing that a page, an edge or a pageInfo can tell: what it is."""
    if asked != "__typename":
        raise LookupError(f"{name}.{asked} is in the schema, but nothing here reads it")
    return JsonText.of(Constant(f'"{name}"'))
