"""What an event must be before it is stored: names, a time and a payload that PostgreSQL and every reader can take."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NoReturn

import orjson

from domain.events.model import (
    LONGEST_EVENT_ID,
    LONGEST_SOURCE,
    MAX_AHEAD,
    MAX_NESTING,
    MAX_PAYLOAD_BYTES,
    NewEvent,
)
from domain.shared.errors import Invalid

LARGEST_EXPONENT = 308  # of a double: past it, JSON readers see infinity
SMALLEST_EXPONENT = -400
LONGEST_EXPONENT = 12  # characters; what is longer is nobody's number
OUT_OF_BOUNDS = 10**LONGEST_EXPONENT
MOST_DECIMALS = 15_000  # digits behind the point as written; with the smallest exponent below numeric's 16,383
UNTELLABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u(?P<code>[0-9a-fA-F]{4})|.)", re.DOTALL
)
EXPONENT = re.compile(r"[0-9][eE][-+]?[0-9]")
LONG_DECIMALS = re.compile(rf"\.[0-9]{{{MOST_DECIMALS}}}")


class EventRefused(Invalid):
    """An event breaks one of the rules below; `field` names which of its parts."""


def checked_event(
    event_id: str, occurred_at: datetime, source: str, payload: str | bytes, *, now: datetime
) -> NewEvent:
    """An event that can be stored, its time in UTC.

    `payload` is JSON text; it is kept as written, numbers too. Two payloads are equal when PostgreSQL's jsonb says so:
    without regard to the order of keys, to white space, to how a number or a letter is written (1.0 and 1, "é" and its
    escape), and with the last of several equal keys counting alone. Raises EventRefused.
    """
    if not (0 < len(event_id) <= LONGEST_EVENT_ID and event_id.isprintable()):
        check_name(event_id, "eventId", LONGEST_EVENT_ID)
    if not (0 < len(source) <= LONGEST_SOURCE and source.isprintable()):
        check_name(source, "source", LONGEST_SOURCE)
    return NewEvent(event_id, checked_time(occurred_at, now=now), source, checked_payload(payload))


def check_name(name: str, field: str, longest: int) -> None:
    """Raise EventRefused unless `name` has 1 to `longest` characters, each of which can be stored and shown."""
    if not 1 <= len(name) <= longest:
        _refuse(field, f"`{field}` has 1 to {longest} characters; this one has {len(name)}.")
    if UNTELLABLE.search(name):
        _refuse(field, f"`{field}` has a control character, a NUL or half a character in it. Leave those out.")


def checked_time(occurred_at: datetime, *, now: datetime) -> datetime:
    """The instant in UTC. Raises EventRefused for one without a zone, or too far ahead of `now`."""
    if occurred_at.tzinfo is None:
        _refuse("occurredAt", "`occurredAt` has no time zone. End it with Z for UTC, or with an offset like +01:00.")
    try:
        instant = occurred_at if occurred_at.tzinfo is UTC else occurred_at.astimezone(UTC)
    except OverflowError:
        _refuse("occurredAt", "`occurredAt` lies outside the calendar.")
    if instant - now > MAX_AHEAD:
        told = instant.isoformat(timespec="seconds").replace("+00:00", "Z")
        _refuse(
            "occurredAt",
            f"`occurredAt` is {told}, more than a day ahead. Is the clock of the sender right, and its time zone?",
        )
    return instant


def checked_payload(payload: str | bytes) -> str:
    """The payload as text that PostgreSQL takes as jsonb and orjson reads. Raises EventRefused.

    The usual payload is told by looking for what could be wrong at all; only where something could, it is read closely.
    """
    text = payload if isinstance(payload, str) else _decoded(payload)
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_PAYLOAD_BYTES:
        _refuse_payload(f"has {size:,} bytes; {MAX_PAYLOAD_BYTES:,} are taken. Send less in one event.")
    if text.count("[") + text.count("{") > MAX_NESTING and _nesting(text) > MAX_NESTING:
        _refuse_payload(f"has more than {MAX_NESTING} lists and objects within one another.")
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        _refuse_unreadable(wrong)
    if "\\u" in text:
        _check_escapes(text)
    if _may_be_long(text, size):
        _check_numbers(text, size)
    return text


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        _refuse_payload("is not UTF-8.")


def _nesting(text: str) -> int:
    """How deep the deepest list or object lies: brackets count, those within strings do not."""
    depth = deepest = 0
    for sign in STRING.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _check_escapes(text: str) -> None:
    """In valid JSON a backslash stands in strings only. PostgreSQL's text holds no NUL."""
    for escape in ESCAPE.finditer(text):
        if escape["code"] == "0000":
            _refuse_payload("has the character \\u0000 in it, which cannot be stored. Leave it out.")


def _may_be_long(text: str, size: int) -> bool:
    """Whether a number could be too long for PostgreSQL, or all of them together once it writes them out in full.

    Positive exponents past a double's are known by now, except those of nought.
    """
    exponents = text.count("e")
    if "E" in text:
        exponents += text.count("E")
        if "E-" in text or "0E" in text:
            return True
    if "e-" in text or "0e" in text or size + exponents * LARGEST_EXPONENT > MAX_PAYLOAD_BYTES:
        return True
    return size > MOST_DECIMALS and LONG_DECIMALS.search(text) is not None


def _check_numbers(text: str, size: int) -> None:
    """A few bytes of exponents could become megabytes for every reader."""
    if EXPONENT.search(text) is None and LONG_DECIMALS.search(text) is None:
        return  # words look like exponents, too
    written = size
    for exponent, decimals in _floats(text):
        if not SMALLEST_EXPONENT <= exponent <= MAX_PAYLOAD_BYTES or decimals > MOST_DECIMALS:
            _refuse_payload("has a number with more digits than can be stored. Round it.")
        written += abs(exponent)
    if written > MAX_PAYLOAD_BYTES:
        _refuse_payload(f"takes more than {MAX_PAYLOAD_BYTES:,} bytes once its numbers are written without exponents.")


def _floats(text: str) -> Iterator[tuple[int, int]]:
    """The exponent of each number that has a point or an exponent, and how many digits stand behind its point."""
    literals: list[str] = []
    json.loads(text, parse_float=literals.append, parse_int=len)  # int() takes no more than 4,300 digits
    for literal in literals:
        mantissa, _, exponent = literal.lower().partition("e")
        told = int(exponent or 0) if len(exponent) <= LONGEST_EXPONENT else OUT_OF_BOUNDS
        yield told, len(mantissa.partition(".")[2])


def _refuse_unreadable(wrong: orjson.JSONDecodeError) -> NoReturn:
    if "surrogate" in wrong.msg:
        _refuse_payload("has half a character (a lone surrogate) in it, which cannot be stored.")
    if "infinity" in wrong.msg:
        _refuse_payload(f"has a number past 1.8e{LARGEST_EXPONENT}, which JSON readers cannot hold.")
    _refuse_payload(f"is no JSON: {wrong.msg}, at character {wrong.pos + 1}.")


def _refuse_payload(reason: str) -> NoReturn:
    _refuse("payload", f"`payload` {reason}")


def _refuse(field: str, message: str) -> NoReturn:
    raise EventRefused(message, field=(field,))
