"""Where recorded runs wait to be understood, and where what they tell is kept."""

from dataclasses import dataclass
from typing import Protocol

from domain.analysis.model import RecordedTrack
from domain.analysis.run import RunUnderstood
from domain.operations.model import Claim, ItemId
from domain.operations.ports import LeasedJobs
from domain.physiology.model import Physiology
from domain.runs.model import RunId


@dataclass(frozen=True, slots=True)
class RunToAnalyse:
    """A run whose turn it is, with the physiology of its day; without a track it was deleted meanwhile."""

    item_id: ItemId
    run_id: RunId | None
    attempts: int
    track: RecordedTrack | None
    timezone: str
    physiology: Physiology | None


class AnalysisRepository(LeasedJobs, Protocol):
    """Analyses from their asking to their end."""

    async def next_run(self, claim: Claim) -> RunToAnalyse | None:
        """The next run that waits, or None at the end."""
        ...

    async def store(self, claim: Claim, item: RunToAnalyse, understood: RunUnderstood) -> None:
        """Put what a run tells in place of what it told before, and mark its item, in one transaction."""
        ...

    async def fail(self, claim: Claim, item: RunToAnalyse, message: str) -> None:
        """Mark a run as one that could not be analysed; without a run, its item as done."""
        ...

    async def finish(self, claim: Claim) -> None:
        """End the job, as its items ended, and have the athlete's zones brought up to date."""
        ...
