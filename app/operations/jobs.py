"""The sweep: no job stays where a lost message or a dead worker left it."""

from contextlib import suppress
from typing import Any

from svcs import Container

from domain.operations.ports import JobBoard, JobQueue
from domain.shared.errors import Unavailable


async def sweep(ctx: dict[str, Any]) -> None:
    """Hand over every job that waits; the next sweep does what this one cannot."""
    async with Container(ctx["registry"]) as services:
        board, queue = await services.aget(JobBoard, JobQueue)
        with suppress(Unavailable):
            for kind, job_id in await board.open_jobs():
                await queue.hand_over(kind, job_id)
