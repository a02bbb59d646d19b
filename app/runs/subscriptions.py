"""Watching what happens to runs."""

from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

import strawberry

from app.context import Info
from app.edge.declaring.enums import enum_type
from app.edge.declaring.fields import object_type, resolved, says, subscription
from app.runs.types import Run
from domain.operations.ports import Bus
from domain.runs import changes as stored
from domain.runs.changes import ChangeKind, runs_channel
from domain.runs.ports import RunChanges
from domain.shared.errors import Unavailable
from domain.shared.node_ids import node_id
from domain.shared.viewer import Scope

LOOK_AGAIN_S = 1.0  # the bus only hints: without it the changes are looked at this often

enum_type(
    "What happened to a run.",
    name="RunChangeKind",
    CREATED="It was recorded, or imported.",
    UPDATED="It was corrected, or linked to another workout.",
    DELETED="It was deleted.",
    ANALYSED="Its analysis is there, or there anew; or it failed, as its analysisState says.",
    ZONED="Zones of its segments are there, or changed.",
)(ChangeKind)


@object_type
class RunChange:
    """Something that happened to a run."""

    kind: ChangeKind = says("What happened.")
    run_id: strawberry.ID = says("The run, also where it is gone.")

    @resolved
    async def run(self, info: Info) -> Run | None:
        """The run as it is now; null when it is gone."""
        run: Run | None = await info.context.read_one(Run, self.run_id)
        return run


@strawberry.type
class RunSubscriptions:
    """Root fields about what happens to runs."""

    @subscription
    async def run_changed(self, info: Info) -> AsyncGenerator[RunChange, None]:
        """Every change of the viewer's runs from now on, in order: none is left out and none comes twice."""
        viewer = info.context.viewer
        viewer.require(Scope.TRAINING_READ)
        bus, changes = await info.context.services.aget(Bus, RunChanges)
        async with bus.listen(runs_channel(viewer.athlete_id), at_least_every_s=LOOK_AGAIN_S) as ticks:
            seen = await changes.latest(viewer.athlete_id)
            async for _ in ticks:
                while new := await _behind(seen, viewer.athlete_id, changes):
                    for change in new:
                        seen = change.number
                        yield RunChange(kind=change.kind, run_id=strawberry.ID(node_id("Run", change.run_id)))


async def _behind(seen: int, athlete_id: UUID, changes: RunChanges) -> Sequence[stored.RunChange]:
    """The next changes behind one that was told; none while the database is away: the next tick asks again."""
    try:
        return await changes.after(athlete_id, seen)
    except Unavailable:
        return ()
