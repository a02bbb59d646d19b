"""Rows of topics and their events: one that keeps all of them, and one that some were compacted away from."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.reading.tables import Row

MADE = datetime(2024, 7, 1, 8, 0, 0, 250999, UTC)
TOPIC_NAMES = {"ADA": ("ada-race", "ada-mats"), "BOB": ("bobs-race", "bobs-mats")}
SOURCES = ("mat 1", 'mat "2"', "tracker \\ ünï")
PAYLOADS = ({"bib": 7, "split": [1, 2.5, None]}, "text", 12, [], {}, True, {"a": {"b": [{"c": "💥"}]}})
INSTANTS = [f"2024-07-01T08:0{minute}:00.250Z" for minute in range(6)] + ["0001-01-01T00:00:00Z", "9999-12-31T23:59Z"]
SPLIT = 6  # so many events are of the first topic, the others of the second


def topic(id: UUID, athlete: UUID, name: str, at: int) -> Row:
    """The second topic keeps only the newest event of each source, for so long that no sweep lets go of these."""
    return {
        "id": id,
        "name": TOPIC_NAMES[name][at],
        "owner": athlete,
        "kind": ("RACE", "GENERAL")[at],
        "retention_days": (None, 3_650)[at],
        "compacted": at == 1,
        "head": (6, 2**40)[at],
        "earliest": (1, 2**40 - 4)[at],
        "received": 15 + at,
        "unique_processed": 9 + at,
        "duplicates_dropped": 4,
        "conflicting": 2,
        "created_at": MADE,
    }


def event(topics: list[Row], at: int) -> Row:
    """Some are told late; of the second topic's some were compacted away."""
    of = topics[at // SPLIT]
    return {
        "topic": of["id"],
        "feed_offset": at + 1 if at < SPLIT else 2**40 - 4 + 2 * (at - SPLIT),
        "event_id": f"event {at}",
        "occurred_at": MADE + timedelta(minutes=at % 4),
        "received_at": MADE + timedelta(minutes=at, microseconds=500),
        "source": SOURCES[at % 3],
        "payload": PAYLOADS[at % len(PAYLOADS)],
    }


def compacted(event: Row) -> Row:
    """What stands for the event before it, which is gone."""
    kept = {name: event[name] for name in ("topic", "occurred_at", "received_at", "source")}
    gone = {"event_id": f"before {event['event_id']}", "feed_offset": event["feed_offset"] - 1}
    return kept | gone | {"payload_hash": 1, "other_payload_hash": 2}


def tracker(id: UUID, topic: UUID, maker: UUID, at: int) -> Row:
    """The second one was revoked."""
    return {
        "id": id,
        "topic": topic,
        "source": SOURCES[at % 3],
        "key_hash": id.bytes,
        "created_by": maker,
        "created_at": MADE + timedelta(hours=at),
        "revoked_at": MADE + timedelta(days=1) if at == 1 else None,
    }


def conflict(id: UUID, topic: Row, at: int) -> Row:
    """One that came under the id of another."""
    moment = MADE + timedelta(hours=at)
    told = {"event_id": f"event {at}", "occurred_at": moment, "received_at": moment, "source": SOURCES[at % 3]}
    return {"id": id, "topic": topic["id"]} | told | {"payload": PAYLOADS[-1 - at]}
