"""Batches as entries of a Redis stream."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from domain.events.model import Batch, Event, TopicId

LARGEST = 1_000_000  # characters of payload in an entry; of a larger batch it is only told that there is one
FROM, EVENTS = b"from", b"events2"  # the number is the form's: another release's is not read, but looked up
Offset = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Told = tuple[bytes, Annotated[list[tuple[str, Offset, Instant, Instant, str, str]], msgspec.Meta(min_length=1)]]

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Told)


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
    return {FROM: sender, EVENTS: _encoder.encode((batch.topic_id.bytes, told))}


def batch_of(topic_id: TopicId, entry: Mapping[bytes, bytes]) -> Batch | None:
    """The batch that an entry tells of; None when it does not say which events those are, or not as a batch does.

    Anybody who reaches Redis may have written it, and a subscriber would be told what it says.
    """
    try:
        topic, told = _decoder.decode(entry[EVENTS])
    except (KeyError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    first = told[0][1]
    if topic != topic_id.bytes or any(one[1] != at for at, one in enumerate(told, start=first)):
        return None
    return Batch(topic_id, [Event(*one) for one in told])
