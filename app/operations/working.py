"""How a worker holds a job: it takes it, renews its lease while the work goes on, and leaves it in good order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from uuid import UUID

import structlog

from domain.operations.model import Claim, JobId, LeaseLost
from domain.operations.ports import Bus, LeasedJobs, job_channel
from domain.shared.errors import Unavailable

log = structlog.get_logger("cairn.work")
RENEW_EVERY_S = 4.0
RELEASES, RELEASE_AGAIN_S = 60, 1.0  # each waits for a database that is away, for about as long as a request may

Work = Callable[[Claim], Awaitable[None]]


async def under_claim(job_id: JobId, worker_id: UUID, work: Work, *, jobs: LeasedJobs, bus: Bus) -> None:
    """Take a job up and bring it to its end with `work`; returns at once when there is nothing to take.

    Killed anywhere, it leaves the job to the next worker. A mistake of Cairn's own is logged, and the job tried again
    later, a few times in all. Raises Unavailable when the database goes away, and leaves the job likewise.
    """
    claim = await jobs.claim(job_id, worker_id)
    if claim is None:
        return
    try:
        await bus.publish(job_channel(job_id))
        async with _renewed(claim, jobs):
            (wrong,) = await asyncio.gather(work(claim), return_exceptions=True)
        match wrong:
            case None:
                pass
            case LeaseLost():
                return
            case Unavailable() | asyncio.CancelledError():
                raise wrong
            case _:
                log.error("bug", job=str(job_id), exc_info=wrong)
                await jobs.give_up(claim)
    except asyncio.CancelledError:
        await _let_go(claim, jobs, tries=1)
        raise
    except Unavailable as outage:
        log.warning("work left for later", job=str(job_id), reason=outage.message)
        await _let_go(claim, jobs, tries=RELEASES)
        raise
    await bus.publish(job_channel(job_id))


async def _let_go(claim: Claim, jobs: LeasedJobs, *, tries: int) -> None:
    """Give the job back. Where that cannot be, its lease runs out by itself; but then the attempt counts, as if the job
    had ended its worker."""
    for left in reversed(range(tries)):
        with suppress(Unavailable):
            await asyncio.shield(jobs.release(claim))
            return
        if left:
            await asyncio.sleep(RELEASE_AGAIN_S)


@asynccontextmanager
async def _renewed(claim: Claim, jobs: LeasedJobs) -> AsyncIterator[None]:
    """Hold the job while the block runs; a lease that is lost shows at the next store."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            with suppress(Unavailable, LeaseLost):
                await jobs.renew(claim)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
