"""What stands in a stream is believed only where it is a batch of its topic; all else is looked up in the log."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.events.model import Batch, Event, TopicId
from infrastructure.events.entries import LARGEST, batch_of, entry_of, size_of

TOPIC, OTHER = TopicId(UUID(int=1)), TopicId(UUID(int=2))
AT = datetime(2026, 6, 1, 8, 30, 0, 123456, tzinfo=UTC)
FIRST, SECOND = (Event(f"e{at}", at, AT, AT, "mat", '{"bib": 7}') for at in (7, 8))


def told(*events: Event, of: TopicId = TOPIC) -> Batch | None:
    """What is read of an entry that tells of these events."""
    batch = Batch(of, events)
    return batch_of(TOPIC, entry_of(batch, b"me", 1))


def test_a_batch_is_read_as_it_was_written() -> None:
    assert told(FIRST, SECOND) == Batch(TOPIC, [FIRST, SECOND])


def test_of_a_batch_that_is_too_large_it_is_only_told_that_there_is_one() -> None:
    batch = Batch(TOPIC, [replace(FIRST, payload='"' + "x" * LARGEST + '"')])
    entry = entry_of(batch, b"me", size_of(batch))
    assert (set(entry), batch_of(TOPIC, entry)) == ({b"from"}, None)


@pytest.mark.parametrize("bytes", [b"", b"\xc1", b"\x90", b"\x93\x01\x02\x03"])
def test_an_entry_that_cannot_be_read_is_looked_up(bytes: bytes) -> None:
    (written,) = entry_of(Batch(TOPIC, [FIRST]), b"me", 1).keys() - {b"from"}
    assert batch_of(TOPIC, {b"from": b"me", written: bytes}) is None


def test_an_entry_whose_texts_are_no_utf_8_is_looked_up() -> None:
    entry = entry_of(Batch(TOPIC, [FIRST]), b"me", 1)
    assert batch_of(TOPIC, {name: value.replace(b"mat", b"m\xfft") for name, value in entry.items()}) is None


@pytest.mark.parametrize("events", [(FIRST, replace(SECOND, offset=9)), (FIRST, FIRST), (SECOND, FIRST)])
def test_events_that_are_no_neighbours_are_no_batch(events: tuple[Event, ...]) -> None:
    assert told(*events) is None


def test_an_entry_without_events_is_no_batch() -> None:
    assert told() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": 0},
        {"offset": 2**63},
        {"offset": "7"},
        {"occurred_at": AT.replace(tzinfo=None)},
        {"received_at": AT.replace(tzinfo=None)},
        {"occurred_at": "yesterday"},
        {"source": 5},
        {"payload": b"{}"},
        {"event_id": None},
    ],
)
def test_what_is_no_event_is_looked_up(wrong: dict[str, Any]) -> None:
    assert told(replace(FIRST, **wrong)) is None


def test_another_topic_s_batch_is_not_taken_for_this_one_s() -> None:
    assert told(FIRST, of=OTHER) is None
