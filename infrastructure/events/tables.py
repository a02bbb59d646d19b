"""Topics, their events, what is known of events that are gone, and trackers, as they are stored."""

from piccolo.columns import (
    JSONB,
    UUID,
    BigInt,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    LazyTableReference,
    Text,
    Timestamptz,
)
from piccolo.table import Table

ATHLETE = LazyTableReference("AthleteRow", module_path="infrastructure.accounts.tables")


class TopicRow(Table, tablename="topic"):
    """A topic with its counters; the row is the lock that whoever takes events holds."""

    id = UUID(primary_key=True, default=None)
    name = Text()
    owner: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    kind = Text()
    retention_days = Integer(null=True)
    compacted = Boolean()
    head = BigInt()
    earliest = BigInt()
    received = BigInt()
    unique_processed = BigInt()
    duplicates_dropped = BigInt()
    conflicting = BigInt()
    created_at = Timestamptz()


class TopicPublisherRow(Table, tablename="topic_publisher"):
    """An athlete whom a topic names as one of its publishers."""

    topic = ForeignKey(TopicRow, null=False, default=None)
    athlete: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)


class EventRow(Table, tablename="event"):
    """One event at its offset in the feed of its topic."""

    topic = UUID(default=None)
    feed_offset = BigInt()
    event_id = Text()
    occurred_at = Timestamptz()
    received_at = Timestamptz()
    source = Text()
    payload = JSONB()


class CompactedEventRow(Table, tablename="compacted_event"):
    """What is left of an event that a newer one of its source replaced: enough to know its repeats."""

    topic = UUID(default=None)
    event_id = Text()
    feed_offset = BigInt()
    occurred_at = Timestamptz()
    received_at = Timestamptz()
    source = Text()
    payload_hash = BigInt()
    other_payload_hash = BigInt()


class EventConflictRow(Table, tablename="event_conflict"):
    """An event that was refused: its id was another's already."""

    id = UUID(primary_key=True, default=None)
    topic = ForeignKey(TopicRow, null=False, default=None)
    event_id = Text()
    occurred_at = Timestamptz()
    received_at = Timestamptz()
    source = Text()
    payload = JSONB()


class TrackerRow(Table, tablename="tracker"):
    """A key in an address, known by its hash, that publishes to a topic as one source."""

    id = UUID(primary_key=True, default=None)
    topic = ForeignKey(TopicRow, null=False, default=None)
    source = Text()
    key_hash = Bytea()
    created_by: ForeignKey[Table] = ForeignKey(ATHLETE, null=False, default=None)
    by_operations = Boolean()
    created_at = Timestamptz()
    revoked_at = Timestamptz(null=True)
