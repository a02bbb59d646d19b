"""Runs after their analysis, as clients see them, and zones as they are stored, to be compared."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
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
from domain.zones.kept import RunZones
from domain.zones.model import ZoneMethod
from infrastructure.database.engine import Database
from infrastructure.zones.repository import PostgresZoneRepository
from tests.conftest import WORK, Athlete
from tests.factories.imports import Work, imported

WORKER = UUID(int=42)
ZONE = "zone { amongSimilars amongGrade similarsPercentile gradePercentile similarsCount gradeCount reason computedAt }"
SEGMENTS = f"""query($id: ID!) {{ run(id: $id) {{ segments(first: 100) {{ edges {{ node {{
    id ordinal startM endM lengthM startS gradeCategory efficiency calibratedEfficiency detrendedEfficiency {ZONE}
    }} }} }} }} }}"""
JOBS = "{ jobs(first: 100) { edges { node { id kind status progress message error items { status message } } } } }"
RANKED = ("similars_rank", "similars_count", "grade_rank", "grade_count", "radius", "neighbours", "neighbour_distance")
ARRAYS = (*RANKED, "score", "detrended")
STORED = f"select run, {', '.join(ARRAYS)} from run_zone join run_similars using (run, method) "
STORED += "where athlete = $1 and method = $2"


class StoppedClock:
    """The Clock port, so long after the true time that a test means."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def imported_runs(athlete: Athlete, work: Work, *files: tuple[str, bytes]) -> list[str]:
    """The ids of the runs in files that must be imported, each understood and zoned."""
    items = (await imported(athlete, work, *files))["items"]
    assert {item["status"] for item in items} == {"SUCCEEDED"}, items
    return [item["run"]["id"] for item in items]


async def segments_of(athlete: Athlete, run_id: str) -> list[dict[str, Any]]:
    """A run's segments with their zones."""
    edges = (await athlete.get(SEGMENTS, id=run_id))["run"]["segments"]["edges"]
    return [edge["node"] for edge in edges]


async def jobs_of(athlete: Athlete, kind: JobKind) -> list[dict[str, Any]]:
    """The athlete's jobs of one kind, newest first."""
    edges = (await athlete.get(JOBS))["jobs"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["kind"] == kind]


async def stored_zones(
    sql: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod = ZoneMethod.NATIVE
) -> dict[UUID, dict[str, Any]]:
    """All that is stored of an athlete's zones: by run, the arrays by their names."""
    rows = await sql.fetch(STORED, athlete_id, method)
    return {row["run"]: {name: np.array(row[name], dtype=np.float64) for name in ARRAYS} for row in rows}


async def zones_from_nothing(
    zones: PostgresZoneRepository, sql: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod = ZoneMethod.NATIVE
) -> dict[UUID, dict[str, Any]]:
    """What would be stored had all been judged at once, at the moment that the stored ones tell of."""
    history = await zones.history(Claim(JobId(WORKER), athlete_id, WORKER), method)
    assert history.as_of is not None
    told = zones_of(replace(history, known={}, as_of=None, ranks={}), history.as_of)
    return {run.run_id: _arrays(run) for run in told.runs}


def assert_same_zones(some: Mapping[UUID, dict[str, Any]], others: Mapping[UUID, dict[str, Any]]) -> None:
    """Every run is in both, and every entry of every array is the same."""
    assert some.keys() == others.keys()
    for run_id, arrays in some.items():
        for name in ARRAYS:
            np.testing.assert_array_equal(arrays[name], others[run_id][name], err_msg=f"{name} of {run_id}")


def _arrays(run: RunZones) -> dict[str, Any]:
    """In the accuracy in which they are stored."""
    told = {name: getattr(run.ranks, name).astype(np.float64) for name in RANKED}
    return told | {"score": run.score, "detrended": run.detrended}


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
