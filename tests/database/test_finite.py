"""Neither NaN nor an infinity is anywhere in the database, whatever was imported and judged."""

from pathlib import Path
from typing import Any

import asyncpg

from tests.conftest import Athlete
from tests.factories.imports import Work, imported
from tests.factories.plan_requests import done
from tests.factories.scored_runs import a_scored_file

NUMBERS = """
select c.relname, a.attname, t.typelem <> 0 as several
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_type t on t.oid = a.atttypid
left join pg_type e on e.oid = t.typelem
where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    and coalesce(nullif(e.typbasetype, 0), e.oid, nullif(t.typbasetype, 0), t.oid)
        in ('float8'::regtype, 'float4'::regtype, 'numeric'::regtype)
"""
FIGURES: dict[str, Any] = {"validFrom": "2000-01-01", "maxHeartRate": 190, "criticalSpeedMPerS": 3.5, "dPrimeM": 150}


def real_runs(samples: Path) -> list[tuple[str, bytes]]:
    return [(path.name, path.read_bytes()) for path in sorted(samples.iterdir()) if path.suffix in (".fit", ".gpx")]


async def odd_numbers(sql: asyncpg.Connection) -> tuple[set[str], list[str]]:
    """The columns that hold fractions, and those of them that hold something that is no number."""
    columns = await sql.fetch(NUMBERS)
    odd = []
    for table, column, several in columns:
        values = f"unnest({column})" if several else column
        held = f"select exists (select from (select {values} as v from {table}) x where v in ('NaN', '{{}}'))"
        if any([await sql.fetchval(held.format(sign)) for sign in ("Infinity", "-Infinity")]):
            odd.append(f"{table}.{column}")
    return {f"{table}.{column}" for table, column, _ in columns}, odd


async def test_no_table_holds_what_is_no_number(
    ada: Athlete, work: Work, sql: asyncpg.Connection, samples: Path
) -> None:
    await done(ada, "setPhysiology", FIGURES, "physiology { id }")
    await imported(ada, work, *real_runs(samples), *(a_scored_file(nth, minutes=10 + 20 * nth) for nth in range(3)))
    await ada.get("mutation { recomputeZones(input: {method: TRAILMETRICS}) { job { id } } }")
    await work()
    columns, odd = await odd_numbers(sql)
    assert {"segment.efficiency", "run_analysis.load", "best_effort.time_s", "run_similars.radius"} <= columns
    assert odd == []
