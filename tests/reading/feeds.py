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


def _trackers(world: World, topic: Row, args: Mapping[str, Any]) -> List:
    rows = [row for row in world.rows["tracker"] if row["topic"] == topic["id"]]
    return List("Tracker", [row for row in rows if world.ada_id in (row["created_by"], topic["owner"])], args)


def _publishers(world: World, topic: Row, _: Mapping[str, Any]) -> list[Thing]:
    named = [row["athlete"] for row in world.rows["topic_publisher"] if row["topic"] == topic["id"]]
    rows = [row for row in world.rows["athlete"] if row["id"] in named and topic["owner"] == world.ada_id]
    return [Thing("Publisher", row) for row in sorted(rows, key=lambda row: (row["display_name"], row["id"].int))]


def _topic_name(world: World, row: Row, _: Mapping[str, Any]) -> Any:
    return next(topic["name"] for topic in world.rows["topic"] if topic["id"] == row["topic"])


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
        "publishers": _publishers,
        "trackers": _trackers,
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
        "topic": _topic_name,
        "cursor": lambda _, row, __: cursor_of(row["topic"], row["feed_offset"]),
        "offset": _big("feed_offset"),
    },
    "EventConflict": TOLD,
    "Publisher": {"viewerId": lambda _, row, __: node_id("Viewer", row["id"]), **columns(displayName="display_name")},
    "Tracker": {
        "id": lambda _, row, __: node_id("Tracker", row["id"]),
        "topic": _topic_name,
        **columns("source", createdAt="created_at", revokedAt="revoked_at"),
    },
}


def topic_named(world: World, name: str | None) -> Row | None:
    """Any topic, whoever owns it."""
    return next((row for row in world.rows["topic"] if row["name"] == name), None)
