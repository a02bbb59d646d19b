"""How work is handed to the workers, and how those who wait for it hear of it."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from domain.operations.model import Claim, JobId, JobKind
from domain.shared.viewer import Viewer


class JobQueue(Protocol):
    """Wakes a worker for a job that is a row already. A message may be lost: the worker's sweep finds the row."""

    async def hand_over(self, kind: JobKind, job_id: JobId, *, after_s: float = 0) -> None:
        """Ask some worker to take the job up, now or a moment later; silent when the queue cannot be reached."""
        ...


class JobBoard(Protocol):
    """The jobs that wait for a worker."""

    async def open_jobs(self) -> list[tuple[JobKind, JobId]]:
        """Jobs that are queued and may begin, or that a worker began and left without a word, oldest first."""
        ...

    async def coming_jobs(self) -> list[tuple[JobKind, JobId, float]]:
        """Jobs that may begin within the next few seconds, and in how many."""
        ...

    async def next_open(self, kind: JobKind) -> JobId | None:
        """The oldest open job of one kind."""
        ...

    async def forget_old(self) -> None:
        """Delete jobs that followed by themselves and ended a month ago; imports stay: they can be taken back.

        With them go the keys that were made for requests without one, a day after.
        """
        ...


class LeasedJobs(Protocol):
    """Jobs in the hands of workers. What a worker does under a claim is stored only while it holds it: every call that
    takes a Claim raises LeaseLost when it does not.
    """

    async def claim(self, job_id: JobId, worker_id: UUID) -> Claim | None:
        """Take a job that is queued, or whose worker went silent; None when there is nothing to take."""
        ...

    async def renew(self, claim: Claim) -> None:
        """Hold the job a while longer."""
        ...

    async def release(self, claim: Claim) -> None:
        """Leave the job to whoever comes next, not counting the attempt; silent when it is not this worker's."""
        ...

    async def give_up(self, claim: Claim) -> None:
        """Leave the job for later after a mistake of Cairn's own or, when it was not the first, end it as failed."""
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


class Doubt(Fault):
    """What is wrong unless it is meant so, which only whoever runs Cairn can tell."""


class NotLookedAt(Exception):
    """A fault that was told before is in the way."""


class HealthCheck(Protocol):
    """One thing that must be well for Cairn to run."""

    @property
    def name(self) -> str:
        """What is looked at."""
        ...

    async def run(self) -> str:
        """How it is, in a few words. Raises Fault, NotLookedAt."""
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
