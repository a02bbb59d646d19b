"""What the contract says of topics and their events, said over plain rows."""

from collections.abc import Mapping
from typing import Any

from domain.events.places import cursor_of
from domain.shared.node_ids import node_id
from tests.reading.columns import columns
from tests.reading.tables import Row
from tests.reading.things import List, Read, Thing
from tests.reading.world import World


def _publishes(world: World, topic: Row) -> bool:
    named = {(row["topic"], row["athlete"]) for row in world.rows["topic_publisher"]}
    return topic["owner"] == world.ada_id or (topic["id"], world.ada_id) in named


def _of(kind: str, table: str) -> Read:
    def read(world: World, topic: Row, args: Mapping[str, Any]) -> List:
        seen = table == "event" or _publishes(world, topic)
        return List(kind, [row for row in world.rows[table] if seen and row["topic"] == topic["id"]], args)

    return read


def _big(column: str) -> Read:
    return lambda _, row, __: str(row[column])


TOLD = columns("source", "payload", eventId="event_id", occurredAt="occurred_at", receivedAt="received_at")
FIELDS: dict[str, dict[str, Read]] = {
    "Topic": {
        "id": lambda _, row, __: node_id("Topic", row["id"]),
        **columns("name", "kind", "compacted", retentionDays="retention_days", createdAt="created_at"),
        "headOffset": _big("head"),
        "headCursor": lambda _, row, __: cursor_of(row["id"], row["head"]),
        "stats": lambda _, row, __: Thing("EventStats", row),
        "mayPublish": lambda world, row, _: _publishes(world, row),
        "events": _of("Event", "event"),
        "conflicts": _of("EventConflict", "event_conflict"),
    },
    "EventStats": {
        "received": _big("received"),
        "uniqueProcessed": _big("unique_processed"),
        "duplicatesDropped": _big("duplicates_dropped"),
        "conflicting": _big("conflicting"),
        **columns(since="created_at"),
    },
    "Event": {
        **TOLD,
        "topic": lambda world, row, _: next(t["name"] for t in world.rows["topic"] if t["id"] == row["topic"]),
        "cursor": lambda _, row, __: cursor_of(row["topic"], row["feed_offset"]),
        "offset": _big("feed_offset"),
    },
    "EventConflict": TOLD,
}


def topic_named(world: World, name: str | None) -> Row | None:
    """Any topic, whoever owns it."""
    return next((row for row in world.rows["topic"] if row["name"] == name), None)
