"""An event's JSON in the shape that a subscription selects, made once for all who selected the same."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, Self

import orjson

from app.edge.operation import Answer
from domain.events.model import Event, TopicId
from domain.events.places import cursor_of
from domain.shared.selection import Selection


class Encoding(Protocol):
    """How events become answers. Equal ones make the same answers, so they are hashable."""

    def answer(self, event: Event) -> Answer:
        """The whole answer that tells of an event."""
        ...


# What differs from event to event; a topic's name and the type's are the same in all of them.
WRITTEN: Final[Mapping[str, Callable[[Event, str], bytes]]] = {
    "eventId": lambda event, _: orjson.dumps(event.event_id),
    "cursor": lambda _, cursor: b'"%b"' % cursor.encode(),
    "offset": lambda event, _: b'"%d"' % event.offset,
    "occurredAt": lambda event, _: _instant(event.occurred_at),
    "receivedAt": lambda event, _: _instant(event.received_at),
    "source": lambda event, _: orjson.dumps(event.source),
    "payload": lambda event, _: _payload(event.payload),
}


@dataclass(frozen=True, slots=True)
class SelectedEvents:
    """An Encoding: the bytes that are the same in all answers, and the fields between them."""

    topic_id: TopicId
    constants: tuple[bytes, ...]  # one more than there are fields
    fields: tuple[str, ...]

    @classmethod
    def of(cls, selection: Selection, *, key: str, topic_id: TopicId, topic_name: str) -> Self:
        """What is selected of the events of a topic; `key` is what the answer calls the root field."""
        same = {"topic": orjson.dumps(topic_name), "__typename": orjson.dumps(selection.type_name)}
        constants, fields = [b'{"data":{%b:{' % orjson.dumps(key)], []
        for number, field in enumerate(selection.fields):
            constants[-1] += (b"," if number else b"") + orjson.dumps(field.key) + b":"
            if field.name in same:
                constants[-1] += same[field.name]
            else:
                fields.append(field.name)
                constants.append(b"")
        constants[-1] += b"}}}"
        return cls(topic_id, tuple(constants), tuple(fields))

    def answer(self, event: Event) -> Answer:
        """See Encoding."""
        cursor = cursor_of(self.topic_id, event.offset)
        parts = [self.constants[0]]
        for name, constant in zip(self.fields, self.constants[1:], strict=True):
            parts += (WRITTEN[name](event, cursor), constant)
        return Answer(b"".join(parts), cursor)


def _instant(value: datetime) -> bytes:
    """As reads write it: PostgreSQL cuts what is finer than milliseconds, and so does this."""
    return b'"%bZ"' % value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds").encode()


def _payload(text: str) -> bytes:
    """JSON text in one line, which streams of lines ask for: in valid JSON a line ends only between tokens."""
    if "\n" in text or "\r" in text:
        text = text.replace("\n", " ").replace("\r", " ")
    return text.encode()
