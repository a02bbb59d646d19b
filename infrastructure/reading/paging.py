"""Relay connections by keyset: a page is the rows after (or before) a row, never the rows past a count."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

from domain.shared.errors import BadUserInput
from domain.shared.selection import Field, Given, Selection
from infrastructure.reading.cursors import Cursor, cursor_sql, parse_cursor
from infrastructure.reading.objects import build_object
from infrastructure.reading.statement import Args, Late, Scope, Statement
from infrastructure.reading.view import Order, View

DEFAULT_PAGE = 20
MAX_PAGE = 100


class ObjectCompiler(Protocol):
    """json_object, handed in so that objects may hold connections and connections objects."""

    def __call__(self, view: View, selection: Selection, scope: Scope) -> str:
        """The JSON object of one row."""
        ...


@dataclass(frozen=True, slots=True)
class LateCursor:
    """A cursor whose text is told only when the statement is run."""

    key: Late
    id: Late


@dataclass(frozen=True)
class Page:
    """What a client asked of a connection, checked."""

    size: int
    backward: bool
    order_name: str
    order: Order
    after: Cursor | LateCursor | None
    before: Cursor | LateCursor | None

    def direction(self, *, reverse: bool = False) -> str:
        """The SQL sort direction in which rows are taken from the cursor on."""
        return "desc" if (self.order.descending != self.backward) != reverse else "asc"


def late_cursor(text: Given, parsed: Callable[[str], Cursor]) -> LateCursor:
    """The two parameters that a cursor comes to."""
    return LateCursor(
        key=Late(lambda asking: parsed(asking.given[text.name]).key),
        id=Late(lambda asking: parsed(asking.given[text.name]).id),
    )


def page_of(view: View, args: Args) -> Page:
    """Check a connection's arguments; raises BadUserInput."""
    first, last = args.get("first"), args.get("last")
    if first is not None and last is not None:
        raise BadUserInput("Ask for `first` or `last`, not both at once.")
    name, size = ("last", last) if last is not None else ("first", DEFAULT_PAGE if first is None else first)
    if not 0 <= size <= MAX_PAGE:
        raise BadUserInput(f"`{name}` is {size}; a page has 0 to {MAX_PAGE} entries.")
    order_name = args.get("orderBy") or next(iter(view.orders))
    order = view.orders[order_name]

    def place(argument: str) -> Cursor | LateCursor | None:
        text = args.get(argument)
        if text is None:
            return None
        parsed = partial(parse_cursor, order_name=order_name, cast=order.cast, argument=argument)
        return late_cursor(text, parsed) if isinstance(text, Given) else parsed(text)

    return Page(size, last is not None, order_name, order, place("after"), place("before"))


def connection_sql(
    statement: Statement,
    view: View,
    field: Field,
    conditions: Callable[[Scope], list[str]],
    compile_object: ObjectCompiler,
) -> str:
    """The JSON of one connection: only what is selected of it is computed."""
    assert field.of is not None
    return _Connection(statement, view, field, page_of(view, field.args), conditions, compile_object).sql(field.of)


class _Connection:
    def __init__(
        self,
        statement: Statement,
        view: View,
        field: Field,
        page: Page,
        conditions: Callable[[Scope], list[str]],
        compile_object: ObjectCompiler,
    ) -> None:
        self.statement, self.view, self.page = statement, view, page
        # Even where nothing is selected that depends on them.
        statement.checks += [place.key.of for place in (page.after, page.before) if isinstance(place, LateCursor)]
        self.filter: Args = field.args.get("filter") or {}
        self.conditions, self.compile_object = conditions, compile_object
        self.rows = Scope(statement, statement.alias())

    def sql(self, selection: Selection) -> str:
        """One object over the rows of the page and one more, which tells whether there are more."""
        body = build_object([(asked.key, self._part(asked)) for asked in selection.fields])
        if not any(asked.name in ("edges", "pageInfo") for asked in selection.fields):
            return body
        source, key = self._source(), Scope(self.statement, "r")
        order = f"{self.page.order.key(key)} {self.page.direction()}, r.id {self.page.direction()}"
        bounds = [*self._bound("after", beyond=True), *self._bound("before", beyond=True)]
        inner = (
            f"select r.*, row_number() over (order by {order}) as place from {source(*bounds)} "
            f"order by {order} limit {self.size} + 1"
        )
        # `having` makes one group of the page even where nothing is aggregated.
        return f"(select {body} from ({inner}) {self.rows.row} having true)"

    @cached_property
    def size(self) -> str:
        """How many entries the page has; a parameter only where it is used, or PostgreSQL cannot tell its type."""
        return self.statement.param(self.page.size, "int")

    def _source(self) -> Callable[..., str]:
        row = Scope(self.statement, "r")

        def rows(*bounds: str) -> str:
            named = (self.view.filters[name](row, value) for name, value in self.filter.items() if value is not None)
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
        return [f"({order.key(Scope(self.statement, 'r'))}, r.id) {sign} ({key}, {id})"]

    def _part(self, asked: Field) -> str:
        match asked.name:
            case "edges":
                return self._edges(asked)
            case "pageInfo":
                assert asked.of is not None
                return build_object([(part.key, self._page_info(part.name)) for part in asked.of.fields])
            case "totalCount":
                return f"(select count(*) from {self._source()()})"
            case name:
                return _type_name(name, f"{self.view.name}Connection")

    def _edges(self, asked: Field) -> str:
        assert asked.of is not None
        entry = build_object([(part.key, self._edge(part)) for part in asked.of.fields])
        way = "desc" if self.page.backward else "asc"
        edge = f"json_agg({entry} order by {self.rows.row}.place {way})"
        return f"coalesce({edge} filter (where {self._on_page}), '[]'::json)"

    def _edge(self, part: Field) -> str:
        match part.name:
            case "node":
                assert part.of is not None
                return self.compile_object(self.view, part.of, self.rows)
            case "cursor":
                return self._cursor
            case name:
                return _type_name(name, f"{self.view.name}Edge")

    def _page_info(self, name: str) -> str:
        more = f"count(*) > {self.size}"
        match name:
            case "hasNextPage":
                ahead = self._exists("before")
                return ahead if self.page.backward else f"({more} or {ahead})"
            case "hasPreviousPage":
                behind = self._exists("after")
                return f"({more} or {behind})" if self.page.backward else behind
            case "startCursor" | "endCursor":
                way = "asc" if (name == "startCursor") != self.page.backward else "desc"
                ordered = f"array_agg({self._cursor} order by {self.rows.row}.place {way})"
                return f"({ordered} filter (where {self._on_page}))[1]"
            case _:
                return _type_name(name, "PageInfo")

    def _exists(self, argument: str) -> str:
        """Whether there are rows on the cursor's other side."""
        bounds = self._bound(argument, beyond=False)
        return f"exists (select from {self._source()(*bounds)})" if bounds else "false"

    @property
    def _on_page(self) -> str:
        return f"{self.rows.row}.place <= {self.size}"

    @property
    def _cursor(self) -> str:
        return cursor_sql(self.page.order_name, self.page.order.key(self.rows), self.rows.column("id"))


def _type_name(asked: str, name: str) -> str:
    """The only other thing that a page, an edge or a pageInfo can tell: what it is."""
    if asked != "__typename":
        raise LookupError(f"{name}.{asked} is in the schema, but nothing here reads it")
    return f"'{name}'::text"
