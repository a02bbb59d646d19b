"""What a sweep may find, and what it made of it."""

from typing import Any
from uuid import UUID

import asyncpg
from starlette.applications import Starlette

from domain.operations.model import JobKind
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import key_of
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import jobs_of, runs_to_analyse

EVERY_S = 580.0
FORGOTTEN = "delete from job where athlete = $1 and kind = $2"


async def waiting(athlete: Athlete, kind: JobKind = JobKind.COMPUTE_ZONES) -> list[Any]:
    """The athlete's jobs of one kind that no worker has taken up."""
    return [job for job in await jobs_of(athlete, kind) if job["status"] == "QUEUED"]


async def forgotten_runs(app: Starlette, athlete: Athlete, sql: asyncpg.Connection, count: int = 1) -> list[UUID]:
    """Recorded runs that wait for their analysis, and that no job has."""
    runs = await runs_to_analyse(app.state.registry, athlete, *(a_scored_file(nth, minutes=20) for nth in range(count)))
    await sql.execute(FORGOTTEN, await athlete_id_of(athlete), JobKind.ANALYSE_RUNS)
    return [key_of(run) for run in runs]
