"""What a worker does with an athlete's zones: judges what changed, under a lease that it renews."""

import asyncio

from app.operations.working import under_claim
from domain.operations.model import Claim, JobId
from domain.operations.ports import Bus, job_channel
from domain.runs.changes import runs_channel
from domain.shared.ports import Clock, Ids
from domain.zones.athlete_zones import zones_of
from domain.zones.ports import ZoneRepository

MAX_ATTEMPTS = 3


class ZonesStopWorkers(Exception):
    """An athlete's zones were begun several times, and each time their worker died of it, or was killed meanwhile."""


async def compute_zones(job_id: JobId, *, zones: ZoneRepository, bus: Bus, ids: Ids, clock: Clock) -> None:
    """Bring one athlete's zones up to date; see `under_claim`. Killed anywhere, it leaves the whole to the next."""

    async def work(claim: Claim) -> None:
        if claim.attempts > MAX_ATTEMPTS:
            raise ZonesStopWorkers
        judged = 0
        for method in await zones.due(claim, clock.now()):
            history = await zones.history(claim, method)
            told = await asyncio.to_thread(zones_of, history, clock.now())
            await zones.store(claim, told)
            judged += told.judged
            await bus.publish(job_channel(job_id))
            await bus.publish(runs_channel(claim.athlete_id))
        await zones.finish(claim, judged)

    await under_claim(job_id, ids.new(), work, jobs=zones, bus=bus)
