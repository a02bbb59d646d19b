"""Topics and their events as clients see them."""

from datetime import datetime

import strawberry

from app.edge.declaring.fields import declared, object_type, says
from app.edge.declaring.json_scalars import BigInt, JsonValue
from app.edge.declaring.relay import Connection, Node
from app.events.inputs import EventFilter
from app.events.tracker_types import Tracker
from domain.events.model import TopicKind


@object_type
class Event:
    """Something that occurred, at its place in a topic's feed."""

    topic: str = says("The name of its topic.")
    event_id: str = says("The id that its publisher gave it; unique in its topic.")
    cursor: str = says("Its place in the feed, for `after`: of the subscription and of the topic's events alike.")
    offset: BigInt = says("Its number in the feed; of neighbours that nobody compacted, one more than before it.")
    occurred_at: datetime = says("When it occurred, by its publisher's clock.")
    received_at: datetime = says("When it was taken in, by this installation's clock.")
    source: str = says("What it comes from: a tracker, a timing mat, a service.")
    payload: JsonValue = says("What its publisher says of it.")


@object_type
class EventConflict:
    """An event that was refused: one with the same id, but not the same content, was there before."""

    event_id: str = says("The id that it shares with another event.")
    occurred_at: datetime = says("When it occurred, by its publisher's clock.")
    received_at: datetime = says("When it was refused.")
    source: str = says("What it comes from.")
    payload: JsonValue = says("What its publisher says of it.")


@object_type
class EventStats:
    """What became of all that was received: received = uniqueProcessed + duplicatesDropped + conflicting, always."""

    received: BigInt = says("All events that came.")
    unique_processed: BigInt = says("Those that were stored.")
    duplicates_dropped: BigInt = says("Those that were there already.")
    conflicting: BigInt = says("Those that were refused because their id stands for another event.")
    since: datetime = says("When counting began: when the topic was made, or the first of all topics.")


@object_type
class Publisher:
    """An athlete whom a topic's owner named as one who may publish, too."""

    viewer_id: strawberry.ID = says("Their id, as they know it and `publisherIds` takes it.")
    display_name: str = says("What they are called here.")


@object_type
class Topic(Node):
    """A named feed of events."""

    name: str = says("Its name, unique in this installation.")
    kind: TopicKind = says("What it is for.")
    retention_days: int | None = says("For how many days after it came an event is kept; null for ever.")
    compacted: bool = says("Whether only the newest event of each source is kept.")
    head_offset: BigInt = says("The offset of its last event; 0 before the first.")
    head_cursor: str | None = says("The place behind its last event: what comes `after` it is new. Never null.")
    stats: EventStats = says("What became of all events that came.")
    may_publish: bool = says("Whether you may publish to it.")
    created_at: datetime = says("When it was made.")
    publishers: list[Publisher] = says(
        "Whom its owner named, by their names; told to its owner and to tokens with `operations`, empty for others.",
        entries=10,
    )

    @declared
    def trackers(  # type: ignore[empty-body]
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[Tracker]:
        """Its trackers, the oldest first: those that you made; all, if it is yours or your token has `operations`."""

    @declared
    def events(  # type: ignore[empty-body]
        self,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        filter: EventFilter | None = None,
    ) -> Connection[Event]:
        """Its events, by offset."""

    @declared
    def conflicts(  # type: ignore[empty-body]
        self, first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> Connection[EventConflict]:
        """Events that were refused as conflicting, the newest first; none for those who may not publish here."""
