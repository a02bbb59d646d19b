"""Many athletes who ran little and whose zones are told, and the sweep that looks for those whose year moved on."""

import time
from datetime import timedelta

import asyncpg
import numpy as np
from svcs import Container, Registry

from benchmarks.zoning.athletes import add_athletes
from domain.shared.ports import Clock
from domain.zones.ports import ZoneSweep

RUNS, SEGMENTS = 2, 8
DUE = 100
TELL = (
    """
insert into run_zone (run, athlete, method, computed_at, similars_rank, similars_count, grade_rank, grade_count)
select run, athlete, 'NATIVE', now(), array_fill(1::smallint, array[segments]),
    array_fill(1::smallint, array[segments]), array_fill(1, array[segments]), array_fill(1, array[segments])
from run_analysis where athlete = any($1)
""",
    """
insert into run_similars (run, method, score, detrended, radius, neighbours, neighbour_distance)
select run, 'NATIVE', array_fill(1.8::float8, array[segments]), array_fill(1.8::float8, array[segments]),
    array_fill(-1::float8, array[segments]), array_fill(0::bigint, array[segments * 10]),
    array_fill(-1::real, array[segments * 10])
from run_analysis where athlete = any($1)
""",
    """
insert into zone_state (athlete, method, asked, answered, as_of, next_change_at, known)
select athlete, 'NATIVE', 1, 1, now(), now() + (1 + 300 * random()) * interval '1 day',
    '{"calibration": null, "yardstick": [0, 0, 0, 0, 0, 0, 0]}'
from unnest($1::uuid[]) athlete
""",
    """
insert into job (id, athlete, kind, status, created_at, started_at, finished_at)
select gen_random_uuid(), athlete, 'COMPUTE_ZONES', 'SUCCEEDED', now(), now(), now() from unnest($1::uuid[]) athlete
""",
)
SIZES = """
select count(*), pg_size_pretty(pg_database_size(current_database())) from segment
"""
NOTHING_DUE = """
delete from job where status = 'QUEUED';
update zone_state set answered = asked where answered < asked;
update zone_state set next_change_at = now() + interval '100 days' where next_change_at < now();
"""
MAKE_DUE = """
update zone_state set next_change_at = $2 where athlete in (select athlete from zone_state order by athlete limit $1)
"""


async def add_crowd(registry: Registry, connection: asyncpg.Connection, athletes: int) -> str:
    """So many of them; answers in words how large the database is then."""
    async with Container(registry) as services:
        now_s = (await services.aget(Clock)).now().timestamp()
    told = await add_athletes(connection, np.random.default_rng(7), [RUNS] * athletes, SEGMENTS, now_s)
    for statement in TELL:
        await connection.execute(statement, told)
    await connection.execute("vacuum analyze")
    segments, size = await connection.fetchrow(SIZES)
    return f"{athletes:,} more athletes with {RUNS} runs of {SEGMENTS} segments each: {segments:,} segments, {size}"


async def sweep_once(registry: Registry, connection: asyncpg.Connection) -> float:
    """Seconds that a sweep takes that finds DUE athletes."""
    await connection.execute(NOTHING_DUE)
    async with Container(registry) as services:
        sweep, clock = await services.aget(ZoneSweep, Clock)
        await connection.execute(MAKE_DUE, DUE, clock.now() - timedelta(minutes=1))
        began = time.perf_counter()
        found = await sweep.sweep(0.0)
    took = time.perf_counter() - began
    if found != DUE:
        raise SystemExit(f"The sweep found {found} athletes, but {DUE} are due.")
    return took
