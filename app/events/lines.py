"""Events as lines of JSON: a stream cut into its lines, and each line read or refused with the reason."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import orjson
from graphql import GraphQLError

from app.edge.declaring.scalars import DATE_TIME
from domain.events.checks import EventRefused, checked_event
from domain.events.model import NewEvent

LONGEST_LINE = 80_000  # bytes: the largest payload, the longest names in escapes, and some air
SHORTEST_LINE = len('{"eventId":"a","occurredAt":"2026-11-21T07:30Z","source":"b","payload":1}')
PARTS = ("eventId", "occurredAt", "source", "payload")
LIKE_THIS = '{"eventId":"…","occurredAt":"2026-11-21T07:30:00Z","source":"…","payload":{…}}'


class EventLine(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """What stands in a line."""

    event_id: str
    occurred_at: str
    source: str
    payload: msgspec.Raw  # as written: numbers keep all their digits


DECODER = msgspec.json.Decoder(EventLine)


class Lines:
    """Cuts what comes into lines, counted from 1, and holds no more than the longest that is taken."""

    def __init__(self) -> None:
        self._number, self._begun, self._too_long = 1, bytearray(), False

    def feed(self, piece: bytes) -> Iterator[tuple[int, bytes | None]]:
        """The lines that end within the piece; None for one that is too long. All must be taken before the next."""
        begun, *others = piece.split(b"\n")
        if others:
            yield self._end(begun)
            begun = others.pop()
            first, self._number = self._number, self._number + len(others)
            for number, line in enumerate(others, first):
                yield number, line if len(line) <= LONGEST_LINE else None
        self._begin(begun)

    def rest(self) -> Iterator[tuple[int, bytes | None]]:
        """The last line, where nothing ended it."""
        if self._begun or self._too_long:
            yield self._end(b"")

    def _begin(self, part: bytes) -> None:
        self._begun += part
        if len(self._begun) > LONGEST_LINE:
            self._begun, self._too_long = bytearray(), True

    def _end(self, part: bytes) -> tuple[int, bytes | None]:
        self._begin(part)
        number, line = self._number, None if self._too_long else bytes(self._begun)
        self._number, self._begun, self._too_long = self._number + 1, bytearray(), False
        return number, line


def event_of(line: bytes | None, *, now: datetime, is_told: bool = True) -> NewEvent:
    """The event that a line tells of, or EventRefused: with the reason why it is none, unless nobody is told."""
    if line is None:
        raise EventRefused(f"The line has more than {LONGEST_LINE:,} bytes. Is there a newline behind each event?")
    try:
        read = DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise EventRefused((is_told and _fault_of(line)) or f"This is no event: {wrong}.") from None
    return checked_event(read.event_id, _instant(read.occurred_at), read.source, bytes(read.payload), now=now)


def _instant(text: str) -> datetime:
    """As GraphQL reads it, with the same sentences. Raises EventRefused."""
    assert DATE_TIME.parse_value is not None
    try:
        instant: datetime = DATE_TIME.parse_value(text)
    except GraphQLError as wrong:
        raise EventRefused(f"`occurredAt`: {wrong.message}") from None
    return instant


def _fault_of(line: bytes) -> str | None:
    """Why a line is no event, in words for whoever wrote it."""
    try:
        value: Any = orjson.loads(line.decode())
    except (orjson.JSONDecodeError, UnicodeDecodeError) as wrong:
        return _unreadable(wrong)
    if not isinstance(value, dict):
        return f"This is no object. A line is like {LIKE_THIS}"
    if missing := [part for part in PARTS if part not in value]:
        return f"There is no `{missing[0]}`. A line is like {LIKE_THIS}"
    if unknown := [part for part in value if part not in PARTS]:
        return f"{unknown[0][:40]!r} is no part of an event. What the event tells stands in `payload`."
    if wrong_kinds := [part for part in PARTS[:3] if not isinstance(value[part], str)]:
        return f"`{wrong_kinds[0]}` is no text. Put it into quotation marks."
    return None


def _unreadable(wrong: orjson.JSONDecodeError | UnicodeDecodeError) -> str:
    if isinstance(wrong, UnicodeDecodeError):
        return f"This is not UTF-8, at byte {wrong.start + 1}."
    return f"This cannot be read as JSON: {wrong.msg}, at character {wrong.pos + 1}."
