"""Whatever is stored, the answer is JSON: texts are joined, so each value must be written right by itself."""

import math
import re
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from piccolo.columns import Column
from piccolo.table import Table

from di.registry import VIEWS
from domain.shared.selection import Field
from infrastructure.accounts.tables import AthleteRow
from infrastructure.analysis.tables import RunAnalysisRow, SegmentRow
from infrastructure.operations.tables import JobItemRow, JobRow
from infrastructure.physiology.tables import PhysiologyRow
from infrastructure.plans.tables import PlanRow, WorkoutRow
from infrastructure.reading.columns import QUOTE, Source, column, expression
from infrastructure.reading.objects import Constant, JsonText, build_list, build_object, or_null
from infrastructure.reading.statement import Scope, Statement
from infrastructure.runs.tables import BestEffortRow, RunRow
from infrastructure.zones.tables import RunSimilarsRow, RunZoneRow

TABLES = (
    AthleteRow,
    BestEffortRow,
    JobItemRow,
    JobRow,
    PhysiologyRow,
    PlanRow,
    RunAnalysisRow,
    RunRow,
    RunSimilarsRow,
    RunZoneRow,
    SegmentRow,
    WorkoutRow,
)
pytestmark = pytest.mark.usefixtures("app")  # which makes the tables
ROW = Scope(Statement(VIEWS), "row")


def written(source: Source) -> JsonText:
    return source(ROW, Field("key", "key"))


async def told(sql: asyncpg.Connection, source: Column, kind: str, value: Any) -> Any:
    """What is answered for a column that holds `value`."""
    name = source._meta.db_column_name
    body = build_object([("it", written(column(source)))]).sql
    return orjson.loads(await sql.fetchval(f'select {body} from (select $1::{kind} as "{name}") row', value))["it"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
@pytest.mark.parametrize("source", [PlanRow.name, PlanRow.description])
async def test_any_text_comes_back_as_it_was(sql: asyncpg.Connection, source: Column, text: str) -> None:
    assert await told(sql, source, "text", text) == text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
@pytest.mark.parametrize("source", [RunRow.distance_m, RunRow.ascent_m])
async def test_any_number_comes_back_as_it_was(sql: asyncpg.Connection, source: Column, number: float) -> None:
    assert await told(sql, source, "float8", number) == number


@pytest.mark.parametrize("source", [RunRow.distance_m, RunRow.ascent_m])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
async def test_what_is_no_number_is_told_as_null(sql: asyncpg.Connection, source: Column, number: float) -> None:
    assert await told(sql, source, "float8", number) is None


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (PlanRow.description, "text"),
        (PlanRow.goal_race_date, "date"),
        (WorkoutRow.planned_duration_s, "int"),
        (WorkoutRow.planned_distance_m, "float8"),
        (JobRow.finished_at, "timestamptz"),
    ],
)
async def test_what_is_missing_is_told_as_null(sql: asyncpg.Connection, source: Column, kind: str) -> None:
    assert await told(sql, source, kind, None) is None


async def test_a_moment_that_never_comes_is_told_as_null(sql: asyncpg.Connection) -> None:
    assert (
        await told(sql, RunRow.started_at, "timestamptz", datetime.max.replace(tzinfo=UTC)) is None
    )  # asyncpg sends it as infinity


async def test_numbers_past_what_javascript_can_count_to_are_told_as_text(sql: asyncpg.Connection) -> None:
    assert await told(sql, JobRow.revision, "bigint", 2**62) == str(2**62)


async def test_dates_are_told_the_same_whatever_the_servers_style(sql: asyncpg.Connection) -> None:
    async with sql.transaction():
        await sql.execute("set local datestyle to 'German, DMY'")
        assert await told(sql, PlanRow.start_date, "date", date(2026, 3, 2)) == "2026-03-02"


@pytest.mark.parametrize("value", ["null::int", "'NaN'::float8", "array['a', null]", "row_to_json(row(1))", "true"])
async def test_an_expression_of_any_type_is_json(sql: asyncpg.Connection, value: str) -> None:
    body = written(expression(lambda *_: value)).sql

    assert (
        orjson.loads(await sql.fetchval(f"select {body}"))
        == orjson.loads(await sql.fetchval(f"select json_build_array({value})")).pop()
    )


@pytest.mark.parametrize("table", TABLES)
async def test_what_is_taken_for_never_null_is_never_null(sql: asyncpg.Connection, table: type[Table]) -> None:
    rows = await sql.fetch(
        "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attnotnull",
        table._meta.tablename,
    )

    never_null = {one._meta.db_column_name for one in table._meta.columns if not one._meta.params["null"]}
    assert never_null.isdisjoint(row["attname"] for row in rows)


def columns_that_are_not_escaped() -> set[tuple[str, str]]:
    found = set()
    for view in VIEWS._by_name.values():
        for source in view.fields.values() if view.table else ():
            with suppress(AssertionError):  # an object, which needs a selection
                match written(source).pieces:
                    case (before, sql, after) if before == after == QUOTE and sql.startswith('row."'):
                        found.add((view.table, sql.removeprefix('row."').removesuffix('"')))
    return found


async def test_what_is_not_escaped_holds_nothing_but_words(sql: asyncpg.Connection) -> None:
    words = columns_that_are_not_escaped()
    assert ("plan", "status") in words

    for table, name in words:
        rows = await sql.fetch(
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass", table
        )
        only_words = rf"CHECK \(\({name} = ANY \(ARRAY\[('[A-Z_]+'::text(, )?)+\]\)\)\)"
        assert any(re.fullmatch(only_words, row[0]) for row in rows), (table, name)


@pytest.mark.parametrize("count", [1, 8, 9, 17, 5_000])
async def test_an_object_of_thousands_of_keys_is_no_deeper_than_postgresql_goes(
    sql: asyncpg.Connection, count: int
) -> None:
    body = build_object((f"k{at}", JsonText.of("$1::text")) for at in range(count)).sql

    answer = orjson.loads(await sql.fetchval(f"select {body}", '"it\'s"'))

    assert answer == {f"k{at}": "it's" for at in range(count)}


async def test_objects_within_objects_and_lists_are_json(sql: asyncpg.Connection) -> None:
    leaf = build_object([("a", JsonText.of(Constant('"it\'s"'))), ("b", or_null("null::text"))])
    rows = f"(select string_agg({leaf.sql}, ',') from generate_series(1, $1::int))"
    body = build_object([("none", build_object([])), ("one", build_object([("list", build_list(rows))]))]).sql

    for count in (0, 1, 3):
        told = orjson.loads(await sql.fetchval(f"select {body}", count))
        assert told == {"none": {}, "one": {"list": [{"a": "it's", "b": None}] * count}}


def test_what_is_the_same_in_every_row_is_written_once() -> None:
    inner = build_object([("b", JsonText.of("x")), ("c", JsonText.of(Constant("1")))])

    assert build_object([("a", inner)]).sql == """('{"a":{"b":' || x || ',"c":1}}')"""
