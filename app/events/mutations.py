"""Making topics, and publishing to them."""

from uuid import UUID

import strawberry

from app.context import Info
from app.edge.declaring.payload import mutation, told
from app.events import use_cases
from app.events.inputs import CreateTopicInput, PublishEventsInput, UpdateTopicInput
from app.events.payloads import PublishEventsPayload, TopicPayload
from app.events.use_cases import EventsRefused, TopicChanges
from domain.events.names import PublisherNotFound
from domain.events.ports import EventIntake, TopicRepository
from domain.shared.node_ids import id_of
from domain.shared.ports import Clock, Ids
from domain.shared.unchanged import UNCHANGED


@strawberry.type
class EventMutations:
    """Root fields that write topics and events."""

    @mutation
    async def create_topic(self, info: Info, input: CreateTopicInput) -> TopicPayload:
        """Make a topic."""
        viewer = info.context.viewer
        topics, ids = await info.context.services.aget(TopicRepository, Ids)
        topic_id = await use_cases.create_topic(
            name=input.name,
            kind=input.kind,
            retention_days=input.retention_days,
            compacted=input.compacted,
            publishers=_athletes(input.publisher_ids),
            viewer=viewer,
            once=info.context.once(input),
            topics=topics,
            ids=ids,
        )
        return TopicPayload(id=topic_id)

    @mutation
    async def update_topic(self, info: Info, input: UpdateTopicInput) -> TopicPayload:
        """Change how long a topic keeps its events, which of them, and who may publish to it."""
        viewer, once = info.context.viewer, info.context.once(input)
        topics = await info.context.services.aget(TopicRepository)
        topic_id = await use_cases.update_topic(input.topic, _changes(input), viewer=viewer, once=once, topics=topics)
        return TopicPayload(id=topic_id)

    @mutation
    async def publish_events(self, info: Info, input: PublishEventsInput) -> PublishEventsPayload:
        """Publish 1 to 1,000 events: once answered, they are stored for good. The same event again is dropped and
        counted. When an event breaks a rule, none of them is stored, and userErrors tells each that did."""
        # Events carry ids of their own, which tell of a second attempt: no key need be made for those that have none.
        viewer, once = info.context.viewer, info.context.once_if_asked(input)
        topics, intake, clock = await info.context.services.aget(TopicRepository, EventIntake, Clock)
        try:
            taken = await use_cases.publish_events(
                input.topic, input.events, viewer=viewer, topics=topics, intake=intake, clock=clock, once=once
            )
        except EventsRefused as refused:
            return PublishEventsPayload(user_errors=[told(one) for one in refused.each])
        return PublishEventsPayload.of(taken)


def _changes(input: UpdateTopicInput) -> TopicChanges:
    publishers = input.publisher_ids
    return TopicChanges(
        retention_days=UNCHANGED if input.retention_days is strawberry.UNSET else input.retention_days,
        compacted=UNCHANGED if input.compacted in (None, strawberry.UNSET) else bool(input.compacted),
        publishers=UNCHANGED if publishers is strawberry.UNSET else _athletes(publishers),
    )


def _athletes(ids: list[strawberry.ID] | None) -> frozenset[UUID]:
    found = [id_of("Viewer", id) for id in ids or ()]
    if None in found:
        raise PublisherNotFound
    return frozenset(id for id in found if id is not None)
