"""The Reader port on PostgreSQL: each call is one statement whose JSON goes into the response untouched."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from copy import copy
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from domain.shared.node_ids import id_of
from domain.shared.ports import Clock, Json
from domain.shared.selection import Field, Given, Readable, Selection
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.reading.compiler import json_object
from infrastructure.reading.connections import json_connection
from infrastructure.reading.objects import build_list
from infrastructure.reading.statement import Asking, Late, NothingMatches, Scope, Statement
from infrastructure.reading.view import Views
from infrastructure.standby.readers import Readers

NOTHING_GIVEN: Mapping[str, str] = {}
Ask = Callable[[UUID, str, Sequence[Any]], Awaitable[Any]]  # for an athlete, with a statement and its values


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """See PreparedRead."""

    database: Database
    clock: Clock
    sql: str
    statement: Statement
    ask: Ask | None = None  # None: there is but one server, and nothing to choose

    @property
    def characters(self) -> int:
        """See PreparedRead.characters."""
        return len(self.sql)

    async def run(self, viewer: Viewer, given: Mapping[str, str] | None = None) -> Json | None:
        """See PreparedRead.run."""
        asking = Asking(viewer, self.clock.now(), given or NOTHING_GIVEN)
        try:
            values = self.statement.bound(asking)
        except NothingMatches:
            return None
        if self.ask is None:
            text = await self.database.fetchval(self.sql, *values)
        else:
            text = await self.ask(viewer.athlete_id, self.sql, values)
        return None if text is None else Json(text.encode())


class PostgresReader:
    """Reads what `views` allow: from the writer, but for queries from one of `readers`, where there are any."""

    def __init__(self, database: Database, views: Views, clock: Clock, readers: Readers | None = None) -> None:
        self._database, self._views, self._clock, self._readers = database, views, clock, readers
        self._ask: Ask | None = None
        self.for_queries: PostgresReader = self
        if readers is not None:
            self._ask, self.for_queries = readers.from_writer, copy(self)
            self.for_queries._ask = readers.from_anywhere

    def changing(self, viewer: Viewer) -> AbstractAsyncContextManager[None]:
        """See Reader.changing."""
        return nullcontext() if self._readers is None else self._readers.changing(viewer.athlete_id)

    async def one(self, selection: Selection, *, id: UUID, viewer: Viewer) -> Json | None:
        """See Reader.one."""
        return await self.prepare_one(selection, id=id).run(viewer)

    async def several(self, selection: Selection, *, ids: Sequence[UUID], viewer: Viewer) -> Json:
        """See Reader.several."""
        view, statement = self._views[selection.type_name], Statement(self._views)
        row = Scope(statement, statement.alias())
        body = json_object(view, selection, row)
        wanted = f"unnest({statement.param(ids, 'uuid[]')}) with ordinality wanted(id, place)"
        where = view.where(row, f"{row.column('id')} = wanted.id")
        things = build_list(f"string_agg({body.sql}, ',' order by wanted.place)")
        sql = f'select {things.sql} from {wanted}, "{view.table}" {row.row} where {where}'
        return cast("Json", await self._prepared(sql, statement).run(viewer))

    async def page(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json:
        """See Reader.page."""
        return cast("Json", await self.prepare_page(selection, args=args).run(viewer))

    async def rows(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json:
        """See Reader.rows."""
        return cast("Json", await self.prepare_rows(selection, args=args).run(viewer))

    async def single(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json | None:
        """See Reader.single."""
        return await self.prepare_single(selection, args=args).run(viewer)

    def prepare_one(self, selection: Selection, *, id: UUID | Given) -> PreparedStatement:
        """See Reader.prepare_one."""
        view, statement = self._views[selection.type_name], Statement(self._views)
        row = Scope(statement, statement.alias())
        body = json_object(view, selection, row)
        wanted = _late_id(view.name, id) if isinstance(id, Given) else id
        where = view.where(row, f"{row.column('id')} = {statement.param(wanted, 'uuid')}")
        return self._prepared(f'select {body.sql} from "{view.table}" {row.row} where {where}', statement)

    def prepare_page(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedStatement:
        """See Reader.prepare_page."""
        view, statement = self._views[selection.type_name.removesuffix("Connection")], Statement(self._views)
        asked = Field("page", "page", args, selection)
        page = json_connection(statement, view, asked, lambda _: [], json_object)
        return self._prepared(page.statement, statement)

    def prepare_rows(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedStatement:
        """See Reader.prepare_rows."""
        view, statement = self._views[selection.type_name], Statement(self._views)
        listing = view.listing
        assert listing is not None, f"{view.name} says not how its rows are listed"
        row, found = Scope(statement, "r"), Scope(statement, statement.alias())
        named = (view.filters[name](row, value) for name, value in args.items() if value is not None)
        where = view.where(row, *named)
        first = f"distinct on ({listing.one_of_each.format('r')}) " if listing.one_of_each else ""
        rows = f'select {first}r.* from "{view.table}" r where {where} order by {listing.order_by.format("r")}'
        body, order = json_object(view, selection, found), listing.order_by.format(found.row)
        things = build_list(f"string_agg({body.sql}, ',' order by {order})")
        return self._prepared(f"select {things.sql} from ({rows}) {found.row}", statement)

    def prepare_single(self, selection: Selection, *, args: Mapping[str, Any]) -> PreparedStatement:
        """See Reader.prepare_single."""
        view, statement = self._views[selection.type_name], Statement(self._views)
        assert view.single is not None, f"{view.name} says not how one is found by arguments"
        row = Scope(statement, statement.alias())
        body, rows = json_object(view, selection, row), view.single(row, args)
        return self._prepared(f"select {body.sql} from ({rows}) {row.row} where {view.where(row)}", statement)

    def check(self, types: Mapping[str, Readable]) -> None:
        """Raise unless the views and the schema's stored types name the same fields."""
        self._views.check(types)

    def _prepared(self, sql: str, statement: Statement) -> PreparedStatement:
        return PreparedStatement(self._database, self._clock, sql, statement, self._ask)


def _late_id(type_name: str, id: Given) -> Late:
    def parsed(asking: Asking) -> UUID:
        uuid = id_of(type_name, asking.given[id.name])
        if uuid is None:
            raise NothingMatches
        return uuid

    return Late(parsed)
