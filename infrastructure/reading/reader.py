"""The Reader port on PostgreSQL: each call is one statement whose JSON goes into the response untouched."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.shared.ports import Clock, Json
from domain.shared.selection import Field, Readable, Selection
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.reading.compiler import json_object
from infrastructure.reading.paging import connection_sql
from infrastructure.reading.statement import Scope, Statement
from infrastructure.reading.view import Views


class PostgresReader:
    """Reads what `views` allow."""

    def __init__(self, database: Database, views: Views, clock: Clock) -> None:
        self._database, self._views, self._clock = database, views, clock

    async def one(self, selection: Selection, *, id: UUID, viewer: Viewer) -> Json | None:
        """See Reader.one."""
        view, statement = self._views[selection.type_name], self._statement(viewer)
        row = Scope(statement, statement.alias())
        body = json_object(view, selection, row)
        where = view.where(row, f"{row.column('id')} = {statement.param(id, 'uuid')}")
        return await self._run(statement, f'select {body}::text from "{view.table}" {row.row} where {where}')

    async def several(self, selection: Selection, *, ids: Sequence[UUID], viewer: Viewer) -> Json:
        """See Reader.several."""
        view, statement = self._views[selection.type_name], self._statement(viewer)
        row = Scope(statement, statement.alias())
        body = json_object(view, selection, row)
        wanted = f"unnest({statement.param(ids, 'uuid[]')}) with ordinality wanted(id, place)"
        where = view.where(row, f"{row.column('id')} = wanted.id")
        things = await self._run(
            statement,
            f"select coalesce(json_agg({body} order by wanted.place), '[]'::json)::text"
            f' from {wanted}, "{view.table}" {row.row} where {where}',
        )
        assert things is not None
        return things

    async def page(self, selection: Selection, *, args: Mapping[str, Any], viewer: Viewer) -> Json:
        """See Reader.page."""
        view, statement = self._views[selection.type_name.removesuffix("Connection")], self._statement(viewer)
        asked = Field("page", "page", args, selection)
        sql = connection_sql(statement, view, asked, lambda _: [], json_object)
        page = await self._run(statement, f"select {sql}::text")
        assert page is not None
        return page

    def check(self, types: Mapping[str, Readable]) -> None:
        """Raise unless the views and the schema's stored types name the same fields."""
        self._views.check(types)

    def _statement(self, viewer: Viewer) -> Statement:
        return Statement(self._views, viewer, self._clock.now())

    async def _run(self, statement: Statement, sql: str) -> Json | None:
        text = await self._database.fetchval(sql, *statement.values)
        return None if text is None else Json(text.encode())
