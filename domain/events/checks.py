"""What an event must be before it is stored: names, a time and a payload that PostgreSQL and every reader can take."""

import re
from datetime import UTC, datetime
from typing import NoReturn

import numpy as np
import orjson
from numpy.typing import NDArray

from domain.events.model import (
    EARLIEST,
    LONGEST_EVENT_ID,
    LONGEST_SOURCE,
    MAX_AHEAD,
    MAX_NESTING,
    MAX_PAYLOAD_BYTES,
    NewEvent,
)
from domain.events.searches import UNTELLABLE
from domain.shared.errors import Invalid

LARGEST_EXPONENT = 308  # of a double: past it, JSON readers see infinity
SMALLEST_EXPONENT = -400
LONGEST_EXPONENT = 12  # digits; what is longer is nobody's number
AIR = b" " * (LONGEST_EXPONENT + 2)  # behind the text, so that looking ahead stays within it
MOST_DECIMALS = 15_000  # digits behind the point as written; with the smallest exponent below numeric's 16,383
LONG_DECIMALS = re.compile(rf"\.[0-9]{{{MOST_DECIMALS + 1}}}")
BRACKETS = b"[]{}"
NO_BRACKETS = bytes(sign for sign in range(256) if sign not in BRACKETS)
STEPS = bytes.maketrans(BRACKETS, b"\x01\xff\x01\xff")  # as signed bytes: one deeper, one up


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
    """The instant in UTC. Raises EventRefused for one without a zone, before 1900, or too far ahead of `now`."""
    if occurred_at.tzinfo is None:
        _refuse("occurredAt", "`occurredAt` has no time zone. End it with Z for UTC, or with an offset like +01:00.")
    try:
        instant = occurred_at if occurred_at.tzinfo is UTC else occurred_at.astimezone(UTC)
    except OverflowError:
        _refuse("occurredAt", "`occurredAt` lies outside the calendar.")
    if instant < EARLIEST:
        _refuse("occurredAt", f"`occurredAt` lies before the year {EARLIEST.year}. Is the clock of the sender right?")
    if instant - now > MAX_AHEAD:
        told = instant.isoformat(timespec="seconds").replace("+00:00", "Z")
        _refuse(
            "occurredAt",
            f"`occurredAt` is {told}, more than a day ahead. Is the clock of the sender right, and its time zone?",
        )
    return instant


def checked_payload(payload: str | bytes) -> str:
    """The payload as text that PostgreSQL takes as jsonb and orjson reads. Raises EventRefused.

    The usual payload is told by looking for what could be wrong at all; only where something could, it is read closely,
    in steps that each take the whole text at once: whoever sends the oddest payload is not to hold up the others.
    """
    text = payload if isinstance(payload, str) else _decoded(payload)
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_PAYLOAD_BYTES:
        _refuse_payload(f"has {size:,} bytes; {MAX_PAYLOAD_BYTES:,} are taken. Send less in one event.")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        _refuse_unreadable(wrong)
    if value is None:
        _refuse_payload("is null. Where there is nothing to tell, send {}.")
    may_be_deep, may_be_long = _may_be_deep(text), _may_be_long(text, size)
    if may_be_deep or may_be_long:
        bare = _without_strings(text)
        if may_be_deep and _nesting(bare) > MAX_NESTING:
            _refuse_nesting()
        if may_be_long:
            _check_numbers(bare, size)
    # In valid JSON a backslash stands in strings only. PostgreSQL's text holds no NUL.
    if "\\u0000" in text and "\\u0000" in text.replace("\\\\", ""):
        _refuse_payload("has the character \\u0000 in it, which cannot be stored. Leave it out.")
    return text


def _decoded(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError:
        _refuse_payload("is not UTF-8.")


def _without_strings(text: str) -> str:
    """Valid JSON without what stands in quotation marks. Escapes begin where a run of backslashes does."""
    if "\\" in text:
        text = text.replace("\\\\", "").replace('\\"', "")
    return "".join(text.split('"')[::2])


def _nesting(bare: str) -> int:
    """How deep the deepest list or object of JSON without strings lies."""
    steps = np.frombuffer(bare.encode().translate(STEPS, NO_BRACKETS), np.int8)
    return int(steps.cumsum(dtype=np.int32).max(initial=0))


def _may_be_deep(text: str) -> bool:
    """Whether there are brackets enough for it."""
    depth = text.count("{") + text.count("[") if "[" in text else text.count("{")
    return depth > MAX_NESTING


def _may_be_long(text: str, size: int) -> bool:
    """Whether a number could be too long for PostgreSQL, or all of them together once it writes them out in full.

    Positive exponents past a double's are known by now, except those of nought.
    """
    if "e-" in text or "0e" in text or ("E" in text and ("E-" in text or "0E" in text)):
        return True
    if size * (1 + LARGEST_EXPONENT) <= MAX_PAYLOAD_BYTES:  # were each character an exponent
        return False
    exponents = text.count("e") + text.count("E")
    if size + exponents * LARGEST_EXPONENT > MAX_PAYLOAD_BYTES:
        return True
    return size > MOST_DECIMALS and LONG_DECIMALS.search(text) is not None


def _check_numbers(bare: str, size: int) -> None:
    """A few bytes of exponents could become megabytes for every reader."""
    exponents = _exponents(bare)
    fit = (exponents >= SMALLEST_EXPONENT) & (exponents <= MAX_PAYLOAD_BYTES)
    if not fit.all() or LONG_DECIMALS.search(bare):
        _refuse_payload("has a number with more digits than can be stored. Round it.")
    if size + int(np.abs(exponents).sum()) > MAX_PAYLOAD_BYTES:
        _refuse_payload(f"takes more than {MAX_PAYLOAD_BYTES:,} bytes once its numbers are written without exponents.")


def _exponents(bare: str) -> NDArray[np.int64]:
    """The exponents in JSON without strings, (k,), all digit by digit at once; 10¹² for one of more than 12 digits."""
    signs = np.frombuffer(bare.encode() + AIR, np.uint8)
    places = np.flatnonzero((signs | 0x20) == ord("e"))
    places = places[signs[places - 1] <= ord("9")] + 1  # the letter also ends two words
    is_negative = signs[places] == ord("-")
    places = places + (is_negative | (signs[places] == ord("+")))
    exponents = np.zeros(len(places), np.int64)
    open_ones = np.arange(len(places))
    for ordinal in range(LONGEST_EXPONENT + 1):
        digits = signs[places[open_ones] + ordinal] - ord("0")  # what is none is wrapped around to more than 9
        open_ones, digits = open_ones[digits <= 9], digits[digits <= 9]
        exponents[open_ones] = exponents[open_ones] * 10 + digits
    exponents[open_ones] = 10**LONGEST_EXPONENT
    return np.where(is_negative, -exponents, exponents)


def _refuse_unreadable(wrong: orjson.JSONDecodeError) -> NoReturn:
    if "depth" in wrong.msg:
        _refuse_nesting()
    if "surrogate" in wrong.msg:
        _refuse_payload("has half a character (a lone surrogate) in it, which cannot be stored.")
    if "infinity" in wrong.msg:
        _refuse_payload(f"has a number past 1.8e{LARGEST_EXPONENT}, which JSON readers cannot hold.")
    _refuse_payload(f"is no JSON: {wrong.msg}, at character {wrong.pos + 1}.")


def _refuse_nesting() -> NoReturn:
    _refuse_payload(f"has more than {MAX_NESTING} lists and objects within one another.")


def _refuse_payload(reason: str) -> NoReturn:
    _refuse("payload", f"`payload` {reason}")


def _refuse(field: str, message: str) -> NoReturn:
    raise EventRefused(message, field=(field,))
