"""What is answered to those who make topics and publish events."""

from typing import Self

from app.context import Info
from app.edge.declaring.fields import object_type, resolved, says
from app.edge.declaring.json_scalars import BigInt
from app.edge.declaring.payload import Payload
from app.events.types import Topic
from domain.events.model import Taken
from domain.shared.viewer import Scope


@object_type
class TopicPayload(Payload):
    """A topic that was written."""

    @resolved
    async def topic(self, info: Info) -> Topic | None:
        """The topic as it is now; null when the request was refused."""
        topic: Topic | None = await info.context.read_one(Topic, self.id, Scope.EVENTS_READ)
        return topic


@object_type
class PublishEventsPayload(Payload):
    """What became of the events of one call: the first three are together as many as were sent, or nothing at all."""

    accepted: int = says("Those that are new, and stored now.", default=0)
    duplicates: int = says("Those that were there already.", default=0)
    conflicting: int = says("Those that were refused because their id stands for another event.", default=0)
    head_offset: BigInt | None = says("The topic's last offset; null when the request was refused.", default=None)

    @classmethod
    def of(cls, taken: Taken) -> Self:
        """The payload of a call that was carried out."""
        return cls(
            accepted=taken.accepted,
            duplicates=taken.duplicates,
            conflicting=taken.conflicting,
            head_offset=BigInt(taken.head),
        )
