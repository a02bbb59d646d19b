"""What happens to runs, told to whoever watches them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.runs.model import RunId


class ChangeKind(StrEnum):
    """What happened to a run."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    DELETED = "DELETED"
    ANALYSED = "ANALYSED"
    ZONED = "ZONED"


@dataclass(frozen=True, slots=True)
class RunChange:
    """One change; an athlete's are numbered from 1 on without a gap, in the order in which they were committed."""

    number: int
    kind: ChangeKind
    run_id: RunId


class RunChanges(Protocol):
    """The changes of one athlete's runs, kept for a day."""

    async def latest(self, athlete_id: UUID) -> int:
        """The number of the newest change; 0 before the first."""
        ...

    async def after(self, athlete_id: UUID, number: int) -> list[RunChange]:
        """The changes behind `number`, in order; at most 100 at once."""
        ...

    async def forget_old(self) -> int:
        """Delete what nobody can be waiting for any more; answers how many."""
        ...


def runs_channel(athlete_id: UUID) -> str:
    """Where changes of an athlete's runs are told."""
    return f"cairn:runs:{athlete_id}"
