"""What a worker does with recorded runs: each is understood on its own, under a lease that it renews."""

import asyncio

import structlog

from app.operations.working import under_claim
from domain.analysis.ports import AnalysisRepository, RunToAnalyse
from domain.analysis.run import RunUnderstood, understand
from domain.operations.model import Claim, JobId, LeaseLost
from domain.operations.ports import Bus, job_channel
from domain.runs.changes import runs_channel
from domain.shared.errors import Unavailable
from domain.shared.ports import Ids

log = structlog.get_logger("cairn.analysis")
MAX_ATTEMPTS = 3
STOPS_WORKERS = "Analysing this run stopped the worker several times, so it was given up. Please report it."
BREAKS_ANALYSIS = "Cairn made a mistake with this run, so it was not analysed. The mistake is logged; report it."


async def analyse_runs(job_id: JobId, *, analyses: AnalysisRepository, bus: Bus, ids: Ids) -> None:
    """Take up a job of runs to analyse; see `under_claim`."""

    async def work(claim: Claim) -> None:
        while (item := await analyses.next_run(claim)) is not None:
            await _analyse(claim, item, analyses)
            await bus.publish(job_channel(job_id))
            await bus.publish(runs_channel(claim.athlete_id))
        await analyses.finish(claim)

    await under_claim(job_id, ids.new(), work, jobs=analyses, bus=bus)


async def _analyse(claim: Claim, item: RunToAnalyse, analyses: AnalysisRepository) -> None:
    """A run that cannot be analysed is that run's failure: the others go on."""
    if item.attempts > MAX_ATTEMPTS:
        await analyses.fail(claim, item, STOPS_WORKERS)
        return
    (wrong,) = await asyncio.gather(_understood(claim, item, analyses), return_exceptions=True)
    match wrong:
        case None:
            return
        case LeaseLost() | Unavailable():
            raise wrong
        case _:
            log.error("bug", job=str(claim.job_id), run=str(item.run_id), exc_info=wrong)
            await analyses.fail(claim, item, BREAKS_ANALYSIS)


async def _understood(claim: Claim, item: RunToAnalyse, analyses: AnalysisRepository) -> None:
    if item.track is None:
        await analyses.fail(claim, item, "The run was deleted.")
        return
    understood: RunUnderstood = await asyncio.to_thread(understand, item.track, item.physiology, item.timezone)
    await analyses.store(claim, item, understood)
