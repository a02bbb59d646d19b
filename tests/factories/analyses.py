"""Runs in the hands of workers that analyse them."""

from uuid import UUID

import asyncpg

from domain.analysis.ports import AnalysisRepository, RunToAnalyse
from domain.analysis.run import RunUnderstood, understand
from domain.operations.model import Claim, JobId, JobKind
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import key_of
from tests.factories.understood_runs import jobs_of

STATES = "select id, analysis_state from run where athlete = $1"


async def states(sql: asyncpg.Connection, athlete: Athlete, runs: list[str]) -> list[str]:
    """How far the analyses of runs have come."""
    found = {row["id"]: row["analysis_state"] for row in await sql.fetch(STATES, await athlete_id_of(athlete))}
    return [found[key_of(run)] for run in runs]


async def waiting(athlete: Athlete) -> JobId:
    """The athlete's one job of runs to analyse."""
    (job,) = await jobs_of(athlete, JobKind.ANALYSE_RUNS)
    return JobId(key_of(job["id"]))


async def taken(analyses: AnalysisRepository, job_id: JobId, worker: int = 1) -> tuple[Claim, RunToAnalyse]:
    """The first run of a job in the hands of a worker."""
    claim = await analyses.claim(job_id, UUID(int=worker))
    assert claim is not None
    item = await analyses.next_run(claim)
    assert item is not None
    return claim, item


def understood(item: RunToAnalyse) -> RunUnderstood:
    """What a worker makes of it."""
    assert item.track is not None
    return understand(item.track, item.physiology, item.timezone)
