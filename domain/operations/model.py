"""Work that goes on after the request that asked for it has been answered."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType
from uuid import UUID

from domain.shared.errors import NotAllowedNow, NotFound

JobId = NewType("JobId", UUID)
ItemId = NewType("ItemId", UUID)


class JobKind(StrEnum):
    """What a job does."""

    IMPORT_RUNS = "IMPORT_RUNS"
    ANALYSE_RUNS = "ANALYSE_RUNS"
    COMPUTE_ZONES = "COMPUTE_ZONES"


class JobStatus(StrEnum):
    """How far a job has come."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    PARTLY_FAILED = "PARTLY_FAILED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ItemStatus(StrEnum):
    """What became of one item of a job."""

    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    ALREADY_IMPORTED = "ALREADY_IMPORTED"
    FAILED = "FAILED"
    UNDONE = "UNDONE"


class JobNotFound(NotFound):
    """There is no job with this id, or it is another athlete's."""

    def __init__(self) -> None:
        super().__init__("You have no job with this id.", field=("id",))


class NothingToUndo(NotAllowedNow):
    """The job was undone before."""

    def __init__(self) -> None:
        super().__init__("This import was taken back already.", field=("id",))


class LeaseLost(Exception):
    """Another worker has the job now, or it was cancelled: whoever gets this stops and stores nothing more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One worker's hold on a job, for as long as it is renewed; `attempts` counts this one."""

    job_id: JobId
    athlete_id: UUID
    worker_id: UUID
    attempts: int = 1


def outcome(statuses: Collection[ItemStatus]) -> JobStatus:
    """How a job ended whose items ended with `statuses`: a run that was there before is no failure."""
    failed = sum(status is ItemStatus.FAILED for status in statuses)
    if failed == 0:
        return JobStatus.SUCCEEDED
    return JobStatus.FAILED if failed == len(statuses) else JobStatus.PARTLY_FAILED
