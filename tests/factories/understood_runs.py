"""Runs after their analysis, as clients see them, and zones as they are stored, to be compared."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from svcs import Container, Registry

from configuration.settings import Settings
from di.registry import register_services
from domain.operations.model import Claim, JobId, JobKind
from domain.operations.ports import JobBoard
from domain.zones.athlete_zones import zones_of
from domain.zones.kept import Ranks, RunZones, Similars
from domain.zones.model import ZoneMethod
from infrastructure.database.engine import Database
from infrastructure.zones.repository import PostgresZoneRepository
from tests.conftest import WORK, Athlete
from tests.factories.imports import Work, imported, job_of, key_of

WORKER = UUID(int=42)
ZONE = "zone { amongSimilars amongGrade similarsPercentile gradePercentile similarsCount gradeCount reason computedAt }"
SEGMENTS = f"""query($id: ID!) {{ run(id: $id) {{ segments(first: 100) {{ edges {{ node {{
    id ordinal startM endM lengthM startS gradeCategory efficiency calibratedEfficiency detrendedEfficiency {ZONE}
    }} }} }} }} }}"""
JOBS = """query($kind: JobKind!) { jobs(first: 50, filter: { kind: $kind }) { edges { node {
    id kind status progress message error items { status message run { id } } } } } }"""
RANKED = tuple(field.name for field in fields(Ranks))
TOLD_FROM = tuple(field.name for field in fields(Similars))
STORED = f"""
select run, {", ".join(RANKED + TOLD_FROM)} from run_zone left join run_similars using (run, method)
where athlete = $1 and method = $2
"""
KNOWN = """
select segment.*, similars_rank[ordinal], similars_count[ordinal], grade_rank[ordinal], grade_count[ordinal],
    score[ordinal]::text, detrended[ordinal]::text, radius[ordinal],
    neighbours[(ordinal - 1) * 10 + 1 : ordinal * 10], neighbour_distance[(ordinal - 1) * 10 + 1 : ordinal * 10]::text
from segment left join run_zone using (run) left join run_similars using (run, method)
where segment.athlete = $1 order by run_started_at, ordinal
"""
WAITS = "select exists (select from pg_stat_activity where $1 = any(pg_blocking_pids(pid)))"


class StoppedClock:
    """The Clock port, stopped."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def imported_runs(athlete: Athlete, work: Work, *files: tuple[str, bytes]) -> list[str]:
    """The ids of the runs in files that must be imported, each understood and zoned."""
    items = (await imported(athlete, work, *files))["items"]
    assert {item["status"] for item in items} == {"SUCCEEDED"}, items
    return [item["run"]["id"] for item in items]


async def runs_to_analyse(registry: Registry, athlete: Athlete, *files: tuple[str, bytes]) -> list[str]:
    """The ids of the runs in files that are imported, and nothing more yet: their analysis waits for a worker."""
    job_id = (await athlete.upload(*files))["job"]["id"]
    await WORK[JobKind.IMPORT_RUNS]({"registry": registry}, str(key_of(job_id)))
    return [item["run"]["id"] for item in (await job_of(athlete, job_id))["items"]]


async def segments_of(athlete: Athlete, run_id: str) -> list[dict[str, Any]]:
    """A run's segments with their zones."""
    edges = (await athlete.get(SEGMENTS, id=run_id))["run"]["segments"]["edges"]
    return [edge["node"] for edge in edges]


async def jobs_of(athlete: Athlete, kind: JobKind) -> list[dict[str, Any]]:
    """The athlete's jobs of one kind, newest first."""
    return [edge["node"] for edge in (await athlete.get(JOBS, kind=kind))["jobs"]["edges"]]


async def stored_zones(
    sql: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod = ZoneMethod.NATIVE
) -> dict[UUID, dict[str, Any]]:
    """All that is stored of an athlete's zones: by run, the arrays by their names."""
    kept = RANKED + TOLD_FROM if method is ZoneMethod.NATIVE else RANKED
    rows = await sql.fetch(STORED, athlete_id, method)
    return {row["run"]: {name: np.array(row[name], dtype=np.float64) for name in kept} for row in rows}


async def zones_from_nothing(
    zones: PostgresZoneRepository, athlete_id: UUID, method: ZoneMethod = ZoneMethod.NATIVE
) -> dict[UUID, dict[str, Any]]:
    """What would be stored had all been judged at once, at the moment that the stored ones tell of."""
    history = await zones.history(Claim(JobId(WORKER), athlete_id, WORKER), method)
    assert history.as_of is not None
    told = zones_of(replace(history, known={}, as_of=None, kept={}), history.as_of)
    return {run_id: _arrays(run) for run_id, run in told.news.items()}


def assert_same_zones(some: Mapping[UUID, dict[str, Any]], others: Mapping[UUID, dict[str, Any]]) -> None:
    """Every run is in both, and every entry of every array is the same."""
    assert some.keys() == others.keys()
    for run_id, arrays in some.items():
        assert arrays.keys() == others[run_id].keys()
        for name in arrays:
            np.testing.assert_array_equal(arrays[name], others[run_id][name], err_msg=f"{name} of {run_id}")


def _arrays(run: RunZones) -> dict[str, Any]:
    """As they are stored: in that accuracy, and −1 for what is no number."""
    told = {name: getattr(run.ranks, name) for name in RANKED}
    if run.similars is not None:
        told |= {name: getattr(run.similars, name) for name in TOLD_FROM}
    return {name: np.where(np.isfinite(values), values, -1.0).astype(np.float64) for name, values in told.items()}


@asynccontextmanager
async def a_registry(settings: Settings, services: Mapping[type, object]) -> AsyncIterator[Registry]:
    """The services of a worker, some of them others than usual."""
    registry = Registry()
    await register_services(registry, settings)
    for port, service in services.items():
        registry.register_value(port, service)
    async with registry:
        yield registry


async def work_off(registry: Registry) -> None:
    """What the `work` of the tests does, with the services of a registry."""
    async with Container(registry) as services:
        board, database = await services.aget(JobBoard, Database)
        tried: set[JobId] = set()
        while True:
            await database.fetchval("update job set not_before = '-infinity' where kind = 'COMPUTE_ZONES'")
            jobs = [(kind, job_id) for kind, job_id in await board.open_jobs() if job_id not in tried]
            if not jobs:
                return
            for kind, job_id in jobs:
                tried.add(job_id)
                await WORK[kind]({"registry": registry}, str(job_id))


async def told_alike(sql: asyncpg.Connection, athlete_id: UUID) -> list[dict[str, Any]]:
    """All that is known of an athlete's segments and zones, but for the ids, in the order of their runs."""
    rows = [dict(row) for row in await sql.fetch(KNOWN, athlete_id)]
    names = {row["key"]: (row["run_started_at"], row["ordinal"]) for row in rows} | {0: None}
    for row in rows:
        row["neighbours"] = [names[key] for key in row["neighbours"] or ()]
        for name in ("id", "key", "run", "athlete"):
            del row[name]
    return rows


@asynccontextmanager
async def held_up(settings: Settings, query: str, *args: object) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Keep rows locked inside the block; what is given tells whether somebody waits for them."""
    holder = await asyncpg.connect(settings.database_url)
    looker = await asyncpg.connect(settings.database_url)
    try:
        async with holder.transaction():
            assert await holder.fetchval(query, *args) is not None
            holding = holder.get_server_pid()

            async def somebody_waits() -> bool:
                waits: bool = await looker.fetchval(WAITS, holding)
                return waits

            yield somebody_waits
    finally:
        await holder.close()
        await looker.close()
