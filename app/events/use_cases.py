"""What organisers do with topics, and publishers with events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.events.checks import EventRefused, checked_event
from domain.events.model import MAX_BATCH, NewEvent, Taken, Topic, TopicId, TopicKind, TopicNotFound
from domain.events.names import topic_name
from domain.events.ports import EventIntake, TopicRepository
from domain.shared.errors import Invalid
from domain.shared.once import Once
from domain.shared.ports import Clock, Ids
from domain.shared.unchanged import UNCHANGED, Unchanged, given
from domain.shared.viewer import Scope, Viewer

MOST_TOLD = 100  # events that were refused; the others are refused with them


class SentEvent(Protocol):
    """An event as it came."""

    @property
    def event_id(self) -> str:
        """Its publisher's id for it."""
        ...

    @property
    def occurred_at(self) -> datetime:
        """When it occurred."""
        ...

    @property
    def source(self) -> str:
        """What it comes from."""
        ...

    def payload_json(self) -> str | bytes:
        """Its payload as JSON text. Raises EventRefused."""
        ...


class BatchSize(Invalid):
    """A call brings no event, or more than one transaction takes."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"`events` holds {count:,} events; one call takes 1 to {MAX_BATCH:,}. Send more by POST /topics/…/events.",
            field=("events",),
        )


class EventsRefused(Invalid):
    """Some of a call's events break a rule: `each` tells the first of them, their places in `field`."""

    def __init__(self, each: Sequence[EventRefused]) -> None:
        super().__init__(each[0].message, field=each[0].field)
        self.each = each


@dataclass(frozen=True, slots=True)
class TopicChanges:
    """What is to change in a topic."""

    retention_days: int | Unchanged | None = UNCHANGED
    compacted: bool | Unchanged = UNCHANGED
    publishers: frozenset[UUID] | Unchanged = UNCHANGED


async def create_topic(
    *,
    name: str,
    kind: TopicKind = TopicKind.GENERAL,
    retention_days: int | None = None,
    compacted: bool = False,
    publishers: frozenset[UUID] = frozenset(),
    viewer: Viewer,
    once: Once | None,
    topics: TopicRepository,
    ids: Ids,
) -> TopicId:
    """Make a topic of the viewer's."""
    viewer.require(Scope.EVENTS_PUBLISH)
    topic = Topic(
        TopicId(ids.new()),
        topic_name(name),
        viewer.athlete_id,
        kind=kind,
        publishers=publishers,
        retention_days=retention_days,
        compacted=compacted,
    )
    return await topics.create(topic, once=once)


async def update_topic(
    name: str, changes: TopicChanges, *, viewer: Viewer, once: Once | None, topics: TopicRepository
) -> TopicId:
    """Change how long a topic keeps its events, which of them, and who may publish."""
    viewer.require(Scope.EVENTS_PUBLISH)

    def change(topic: Topic) -> Topic:
        topic.require_owner(viewer)
        return replace(topic, **given(changes))

    return await topics.update(name, change, once=once)


async def publish_events(
    name: str,
    events: Sequence[SentEvent],
    *,
    viewer: Viewer,
    topics: TopicRepository,
    intake: EventIntake,
    clock: Clock,
    once: Once | None = None,
) -> Taken:
    """Take the events of one call in, all of them or, when one breaks a rule, none."""
    topic = await topic_to_publish_to(name, viewer, topics)
    if not 1 <= len(events) <= MAX_BATCH:
        raise BatchSize(len(events))
    return await intake.take(topic.id, _checked(events, clock.now()), once=once)


async def topic_to_publish_to(name: str, viewer: Viewer, topics: TopicRepository) -> Topic:
    """A topic that the viewer may publish to. Raises Forbidden, TopicNotFound, MayNotPublish."""
    viewer.require(Scope.EVENTS_PUBLISH)
    topic = await topics.by_name(name)
    if topic is None:
        raise TopicNotFound(name)
    topic.require_publisher(viewer)
    return topic


def _checked(events: Iterable[SentEvent], now: datetime) -> list[NewEvent]:
    fit: list[NewEvent] = []
    refused: list[EventRefused] = []
    for place, sent in enumerate(events):
        try:
            fit.append(checked_event(sent.event_id, sent.occurred_at, sent.source, sent.payload_json(), now=now))
        except EventRefused as wrong:
            field = ("events", str(place), *(wrong.field or ()))
            refused.append(EventRefused(wrong.message, field=field))
    if refused:
        raise EventsRefused(refused[:MOST_TOLD])
    return fit
