"""How work is handed to the workers, and how those who wait for it hear of it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.operations.model import JobId, JobKind
from domain.shared.viewer import Viewer


class JobQueue(Protocol):
    """Wakes a worker for a job that is a row already. A message may be lost: the worker's sweep finds the row."""

    async def hand_over(self, kind: JobKind, job_id: JobId) -> None:
        """Ask some worker to take the job up now; silent when the queue cannot be reached."""
        ...


class JobBoard(Protocol):
    """The jobs that wait for a worker."""

    async def open_jobs(self) -> list[tuple[JobKind, JobId]]:
        """Jobs that are queued, or that a worker began and left without a word, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a job has come; the revision goes up with every change."""

    revision: int
    ended: bool


class JobWatch(Protocol):
    """Tells cheaply whether a job has moved."""

    async def state(self, job_id: UUID, viewer: Viewer) -> JobState | None:
        """None when there is no such job of the viewer's."""
        ...


class Fault(Exception):
    """What is wrong, and what to do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


class HealthCheck(Protocol):
    """One thing that must be well for Cairn to run."""

    @property
    def name(self) -> str:
        """What is looked at."""
        ...

    async def run(self) -> str:
        """How it is, in a few words. Raises Fault."""
        ...


class Bus(Protocol):
    """Tells that something changed, to whoever listens just now; a hint, never the record."""

    async def publish(self, channel: str, message: str = "") -> None:
        """Tell the listeners of a channel; silent when the bus cannot be reached."""
        ...

    def listen(self, channel: str, *, at_least_every_s: float) -> AbstractAsyncContextManager[AsyncIterator[None]]:
        """An endless iterator that yields at each message, and at least every so many seconds without one.

        Listening has begun when the context is entered: what is read after that misses no change.
        """
        ...


def job_channel(job_id: UUID) -> str:
    """Where changes of one job are told."""
    return f"cairn:job:{job_id}"
