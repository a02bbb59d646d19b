"""The sweep: no job stays where a lost message or a dead worker left it. And working off what waits."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from svcs import Container

from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobBoard, JobQueue
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock

CLOCKS_DIFFER_S = 0.1  # Redis' from the database's: a job that is asked for too early waits for the next sweep
AT_ONE_GO = timedelta(minutes=10)  # then another message goes on: arq must not take a long queue for one long job


async def sweep(ctx: dict[str, Any]) -> None:
    """Hand over every job that waits; the next sweep does what this one cannot."""
    async with Container(ctx["registry"]) as services:
        board, queue = await services.aget(JobBoard, JobQueue)
        with suppress(Unavailable):
            for kind, job_id in await board.open_jobs():
                await queue.hand_over(kind, job_id)
            for kind, job_id, after_s in await board.coming_jobs():
                await queue.hand_over(kind, job_id, after_s=after_s + CLOCKS_DIFFER_S)


async def drain(kind: JobKind, job_id: JobId, work: Callable[[JobId], Awaitable[None]], services: Container) -> None:
    """Work on one job, and then on those of its kind that wait: a thousand need not wait for a thousand messages.

    While the database is away there is nothing to be had: the sweep asks again. What was under way is told in the log.
    """
    board, clock = await services.aget(JobBoard, Clock)
    until, tried = clock.now() + AT_ONE_GO, set[JobId]()
    next_id: JobId | None = job_id
    with suppress(Unavailable):
        while next_id is not None and next_id not in tried and clock.now() < until:
            tried.add(next_id)
            await work(next_id)
            next_id = await board.next_open(kind)
