"""The declared tables are those of the migrated database, so that views never name a column that is not there."""

from typing import Any

import asyncpg
import pytest
from piccolo.columns import Column, ForeignKey
from piccolo.table import Table
from starlette.applications import Starlette

from di.registry import TABLES

# Piccolo's names of types, in PostgreSQL's words.
TYPES = {
    "UUID": "uuid",
    "TEXT": "text",
    "DATE": "date",
    "TIMESTAMPTZ": "timestamp with time zone",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "BIGINT": "bigint",
    "DOUBLE PRECISION": "double precision",
    "BOOLEAN": "boolean",
    "JSONB": "jsonb",
    "BYTEA": "bytea",
    "INTEGER[]": "integer[]",
    "SMALLINT[]": "smallint[]",
    "BIGINT[]": "bigint[]",
    "REAL[]": "real[]",
    "DOUBLE PRECISION[]": "double precision[]",
    "FINITE": "finite",
}
COLUMNS = """
select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped
"""
REFERENCES = """
select attribute.attname as name, constraint_.confrelid::regclass::text as target
from pg_constraint constraint_
join pg_attribute attribute on attribute.attrelid = constraint_.conrelid and attribute.attnum = constraint_.conkey[1]
where constraint_.contype = 'f' and constraint_.conrelid = to_regclass($1)
"""
# Of every foreign key, the indexes that begin with its first column.
UNINDEXED = """
select conrelid::regclass::text || '.' || conname from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace and not exists (
    select from pg_index where indrelid = conrelid and indkey[0] = conkey[1] and indpred is null)
"""


def declared(column: Column) -> tuple[str, str, bool]:
    return column._meta.db_column_name, TYPES[column.column_type.upper()], column._meta.null


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
async def test_a_declared_table_has_the_columns_of_the_stored_one(
    app: Starlette, sql: asyncpg.Connection, table: type[Table]
) -> None:
    stored = [tuple(row) for row in await sql.fetch(COLUMNS, table._meta.tablename)]
    columns: list[Any] = table._meta.columns
    if table._meta.primary_key._meta.name == "id" and "id" not in {name for name, _, _ in stored}:
        columns = [column for column in columns if column._meta.name != "id"]  # its key is of several columns
    assert sorted(map(declared, columns)) == sorted(stored)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
async def test_a_declared_foreign_key_points_where_the_stored_one_does(
    app: Starlette, sql: asyncpg.Connection, table: type[Table]
) -> None:
    stored = {row["name"]: row["target"] for row in await sql.fetch(REFERENCES, table._meta.tablename)}
    keys: list[ForeignKey[Any]] = table._meta.foreign_key_columns
    found = {key._meta.db_column_name: key._foreign_key_meta.resolved_references._meta.tablename for key in keys}
    assert {name: target for name, target in found.items() if name in stored} == stored
    # The athlete stands in some tables as part of a key of two columns.
    assert set(found) - set(stored) <= {"athlete"}


async def test_every_table_is_declared(app: Starlette, sql: asyncpg.Connection) -> None:
    stored = await sql.fetch("select table_name from information_schema.tables where table_schema = 'public'")
    names = {row["table_name"] for row in stored if not row["table_name"].startswith("test_")}
    assert names - {table._meta.tablename for table in TABLES} == {"migration", "idempotency"}


async def test_every_foreign_key_has_an_index_so_that_deletions_need_not_search(
    app: Starlette, sql: asyncpg.Connection
) -> None:
    assert await sql.fetch(UNINDEXED) == []
