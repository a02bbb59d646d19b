"""Setting what a runner's body can do, from a day on."""

import strawberry

from app.context import Info
from app.edge.declaring.fields import object_type, resolved
from app.edge.declaring.payload import DeletedPayload, Payload, mutation
from app.physiology import use_cases
from app.physiology.inputs import DeletePhysiologyInput, SetPhysiologyInput
from app.physiology.types import Physiology
from domain.operations.ports import JobQueue
from domain.physiology.ports import PhysiologyRepository
from domain.shared.node_ids import node_id
from domain.shared.ports import Clock, Ids


@object_type
class PhysiologyPayload(Payload):
    """Figures that were set."""

    @resolved
    async def physiology(self, info: Info) -> Physiology | None:
        """The figures as they are now; null when the request was refused."""
        physiology: Physiology | None = await info.context.read_one(Physiology, self.id)
        return physiology


@strawberry.type
class PhysiologyMutations:
    """Root fields that write physiology."""

    @mutation
    async def set_physiology(self, info: Info, input: SetPhysiologyInput) -> PhysiologyPayload:
        """Set figures from a day on. Recorded runs that come out differently are analysed anew, and no others."""
        viewer, once = info.context.viewer, info.context.once(input)
        physiologies, queue, ids, clock = await info.context.services.aget(PhysiologyRepository, JobQueue, Ids, Clock)
        physiology_id = await use_cases.set_physiology(
            input.changes(),
            input.valid_from,
            viewer=viewer,
            once=once,
            physiologies=physiologies,
            queue=queue,
            ids=ids,
            clock=clock,
        )
        return PhysiologyPayload(id=physiology_id)

    @mutation
    async def delete_physiology(self, info: Info, input: DeletePhysiologyInput) -> DeletedPayload:
        """Delete the figures that begin on a day: those before them hold on. Runs are analysed anew as needed."""
        viewer, once = info.context.viewer, info.context.once(input)
        physiologies, queue = await info.context.services.aget(PhysiologyRepository, JobQueue)
        gone = await use_cases.delete_physiology(
            input.valid_from, viewer=viewer, once=once, physiologies=physiologies, queue=queue
        )
        return DeletedPayload(deleted_id=strawberry.ID(node_id("Physiology", gone)))
