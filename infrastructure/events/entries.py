"""Batches as entries of a Redis stream."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from domain.events.model import Batch, Event, TopicId

KEY = "cairn:feed:{}"
LARGEST = 1_000_000  # characters of payload in an entry; of a larger batch it is only told that there is one
FROM, EVENTS = b"from", b"events1"  # the number is the form's: another release's is not read, but looked up
Told = list[tuple[str, int, datetime, datetime, str, str]]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Told)


def key_of(topic_id: TopicId) -> str:
    """The stream of a topic."""
    return KEY.format(topic_id)


def topic_of(key: bytes) -> TopicId:
    """The topic of a stream."""
    return TopicId(UUID(key.decode().rpartition(":")[2]))


def size_of(batch: Batch) -> int:
    """How much it is to be kept in memory, roughly, in characters."""
    return sum(len(event.payload) + 100 for event in batch.events)


def entry_of(batch: Batch, sender: bytes, size: int) -> dict[bytes, bytes]:
    """A batch as an entry that its sender recognizes."""
    if size > LARGEST:
        return {FROM: sender}
    told = [
        (event.event_id, event.offset, event.occurred_at, event.received_at, event.source, event.payload)
        for event in batch.events
    ]
    return {FROM: sender, EVENTS: _encoder.encode(told)}


def batch_of(topic_id: TopicId, entry: Mapping[bytes, bytes]) -> Batch | None:
    """The batch that an entry tells of; None when it does not say which events those are."""
    if EVENTS not in entry:
        return None
    try:
        told = _decoder.decode(entry[EVENTS])
    except msgspec.DecodeError:
        return None
    return Batch(topic_id, [Event(*one) for one in told]) if told else None
