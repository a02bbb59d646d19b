"""What happens to runs, told to whoever watches them."""

from dataclasses import dataclass
from enum import StrEnum
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


def runs_channel(athlete_id: UUID) -> str:
    """Where changes of an athlete's runs are told."""
    return f"cairn:runs:{athlete_id}"
