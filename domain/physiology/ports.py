"""Where the figures of runners' bodies are kept, and what their runs tell of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from domain.operations.model import JobId
from domain.physiology.model import Physiology, PhysiologyId
from domain.physiology.suggestions import Evidence
from domain.shared.once import Once
from domain.shared.viewer import Viewer


@dataclass(frozen=True, slots=True)
class PhysiologyWritten:
    """The figures that were written, and the job that analyses anew the runs they judge, if they judge any."""

    id: PhysiologyId
    job_id: JobId | None


class PhysiologyRepository(Protocol):
    """The viewer's own figures, each valid from a day on until the next ones."""

    async def today(self, viewer: Viewer, now: datetime) -> date:
        """Which day it is where the viewer is."""
        ...

    async def set(
        self,
        id: PhysiologyId,
        valid_from: date,
        viewer: Viewer,
        change: Callable[[Physiology | None], Physiology],
        *,
        once: Once | None,
    ) -> PhysiologyWritten:
        """Apply `change` to the figures valid on the day, and store what comes of it from that day on.

        In the same transaction, the recorded runs of the days up to the next figures are asked to be analysed anew, if
        they come out differently. `change` is pure, so it may run again after a failover. Figures that begin on the
        day already keep their id.
        """
        ...

    async def remove(self, valid_from: date, viewer: Viewer, *, once: Once | None) -> PhysiologyWritten:
        """Delete the figures that begin on a day: those before them hold on. Runs as in `set`.

        Raises PhysiologyNotFound.
        """
        ...

    async def evidence(self, viewer: Viewer, since: date, to: date) -> Evidence:
        """What the viewer's runs of these days, both included, tell of their body."""
        ...
