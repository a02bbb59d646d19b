"""Analyses as a worker gets them."""

from typing import Any
from uuid import UUID

from svcs import Container

from app.analysis.analysing import analyse_runs as analyse
from app.operations.jobs import drain, sweep
from domain.analysis.ports import AnalysisRepository
from domain.operations.model import JobId, JobKind
from domain.operations.ports import Bus
from domain.shared.ports import Ids


async def analyse_runs(ctx: dict[str, Any], job_id: str) -> None:
    """Take up one job of runs to analyse, named like its JobKind, and then whatever else of the kind waits."""
    async with Container(ctx["registry"]) as services:
        analyses, bus, ids = await services.aget(AnalysisRepository, Bus, Ids)

        async def work(job: JobId) -> None:
            await analyse(job, analyses=analyses, bus=bus, ids=ids)

        await drain(JobKind.ANALYSE_RUNS, JobId(UUID(job_id)), work, services)
    await sweep(ctx)  # the zones follow
