"""What an event must be: names, times and payloads, told apart by the rules alone."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.checks import EventRefused, checked_event, checked_payload
from domain.events.model import MAX_AHEAD, MAX_NESTING, MAX_PAYLOAD_BYTES, NewEvent

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def _checked(**changes: Any) -> NewEvent:
    values: dict[str, Any] = {"event_id": "a-1", "occurred_at": NOW, "source": "bib-7", "payload": "{}"} | changes
    return checked_event(**values, now=NOW)


def _refused(**changes: Any) -> EventRefused:
    with pytest.raises(EventRefused) as refused:
        _checked(**changes)
    return refused.value


def test_a_payload_is_kept_as_it_was_written() -> None:
    """Digits beyond a double's, the order of keys, white space."""
    written = '{ "b": 1.00000000000000000001, "a": 12345678901234567890123 }'
    assert _checked(payload=written.encode()).payload == written


def test_a_time_of_any_offset_becomes_utc() -> None:
    """So that equal instants are equal."""
    event = _checked(occurred_at=datetime(2026, 11, 21, 13, tzinfo=timezone(timedelta(hours=1))))
    assert event.occurred_at == NOW
    assert event.occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("name", ["", "x" * 201, "a\x00b", "a\nb", "a\x7fb", "a\ud800b"])
@pytest.mark.parametrize(("part", "field"), [("event_id", "eventId"), ("source", "source")])
def test_names_that_cannot_be_stored_or_shown_are_refused(part: str, field: str, name: str) -> None:
    """Under the name that the part has in requests."""
    assert _refused(**{part: name}).field == (field,)


@pytest.mark.parametrize("name", ["a", "x" * 200, "Läufer 7", "选手-7", "👩‍🦽 17", "a\xa0b"])
def test_names_may_have_any_characters_that_can_be_seen(name: str) -> None:
    """Spaces of every kind and joined signs too."""
    assert _checked(event_id=name, source=name).event_id == name


def test_a_time_without_zone_is_refused() -> None:
    """It could be any of 24 hours."""
    refused = _refused(occurred_at=datetime(2026, 11, 21, 12))  # noqa: DTZ001 (without a zone on purpose)
    assert refused.field == ("occurredAt",)
    assert "time zone" in refused.message


def test_a_time_before_any_watch_is_refused() -> None:
    """The year 1 would come back from PostgreSQL as no time at all."""
    assert "before the year 1900" in _refused(occurred_at=datetime(1899, 12, 31, 23, 59, 59, tzinfo=UTC)).message
    assert "before the year 1900" in _refused(occurred_at=datetime.min.replace(tzinfo=UTC)).message


def test_a_time_may_be_a_day_ahead_and_no_more() -> None:
    """Clocks are wrong, but not by more."""
    assert _checked(occurred_at=NOW + MAX_AHEAD).occurred_at == NOW + MAX_AHEAD
    assert "more than a day ahead" in _refused(occurred_at=NOW + MAX_AHEAD + timedelta(microseconds=1)).message


def test_a_time_before_the_calendar_is_refused() -> None:
    """The first hour of the first year, east of Greenwich."""
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert "calendar" in _refused(occurred_at=first).message


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ('"' + "x" * MAX_PAYLOAD_BYTES + '"', "64,002 bytes"),
        ('"' + "é" * (MAX_PAYLOAD_BYTES // 2) + '"', "64,002 bytes"),
        ("[" * (MAX_NESTING + 1) + "]" * (MAX_NESTING + 1), "more than 32 lists"),
        ('{"a":' * MAX_NESTING + "[]" + "}" * MAX_NESTING, "more than 32 lists"),
        ("[" * 60_000, "more than 32 lists"),
        ('{"a":"\\u0000"}', "\\u0000"),
        ('{"\\u0000":1}', "\\u0000"),
        ('"\\ud800"', "half a character"),
        ('"\\udc00\\ud800"', "half a character"),
        ('"\ud800"', "half a character"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        ("1e400", "1.8e308"),
        ("1e131072", "1.8e308"),
        ("-1E999999999999", "1.8e308"),
        ("1e-401", "more digits"),
        ("0e-99999999999", "more digits"),
        ("0e99999999999", "more digits"),
        ("0E9999999999999999", "more digits"),
        ("1e-" + "0" * 20 + "5000", "more digits"),
        ("1e-" + "9" * 5000, "more digits"),
        ("0." + "0" * 16_000 + "1", "more digits"),
        ("[" + ",".join(["1e308"] * 300) + "]", "written without exponents"),
        ("[" + ",".join(["1e-300"] * 300) + "]", "written without exponents"),
        ("null", "is null"),
        (" null\n", "is null"),
        ("", "no JSON"),
        ("NaN", "no JSON"),
        ("[Infinity]", "no JSON"),
        ("{'a':1}", "no JSON"),
        ("[1,]", "no JSON"),
        ("1 2", "no JSON"),
        ('"a\nb"', "no JSON"),
        ("\ufeff1", "no JSON"),
    ],
)
def test_payloads_that_cannot_be_stored_are_refused_with_the_reason(payload: str | bytes, reason: str) -> None:
    """Each would fail the whole batch in the database, or burden every reader."""
    refused = _refused(payload=payload)
    assert refused.field == ("payload",)
    assert reason in refused.message


@pytest.mark.parametrize(
    "payload",
    [
        '"' + "x" * (MAX_PAYLOAD_BYTES - 2) + '"',
        "[" * MAX_NESTING + "]" * MAX_NESTING,
        '["' + "[{" * 200 + '\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 1]',
        '"\\\\u0000 is how a NUL is written"',
        '"\\ud83c\\udfc3"',
        '"3e-5f and 0e-7c are words"',
        '"c0de-99e-99999999 is an id"',
        "1e308",
        "[1e-7, 2.5E-10, 0e0]",
        "1" * 300,
        " [1 , 2]\n",
    ],
)
def test_payloads_that_only_look_bad_are_taken(payload: str) -> None:
    """What is looked for first is looked at closely before it is refused."""
    assert checked_payload(payload) == payload


numbers = st.from_regex(r"\A-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,6})?\Z", fullmatch=True)
letters = st.sampled_from(
    [
        "a",
        "é",
        "🏃",
        '\\"',
        "\\\\",
        "\\n",
        "\\u0000",
        "\\u0041",
        "\\ud83c",
        "\\udfc3",
        "\\ud83c\\udfc3",
        "\x7f",
        "e-9",
        "[",
    ]
)
strings = st.lists(letters, max_size=6).map(lambda parts: f'"{"".join(parts)}"')
payloads = st.recursive(
    st.one_of(numbers, strings, st.sampled_from(["true", "null", "NaN", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: f"[{','.join(parts)}]"),
        st.lists(st.tuples(strings, inner), max_size=4).map(
            lambda parts: "{" + ",".join(f"{key}: {value}" for key, value in parts) + "}"
        ),
    ),
    max_leaves=8,
)


@given(payload=payloads)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
async def test_what_is_passed_is_taken_by_the_database_and_read_by_everybody(
    sql: asyncpg.Connection, payload: str
) -> None:
    """Numbers, escapes and structures, good and bad."""
    try:
        checked_payload(payload)
    except EventRefused:
        return
    stored = await sql.fetchval("select $1::jsonb::text", payload)
    orjson.loads(stored)
    assert len(stored) <= 2 * MAX_PAYLOAD_BYTES


LETTERS = st.characters(codec="utf-8", exclude_characters="\0")


@given(
    value=st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(LETTERS, max_size=20),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=5),
            st.dictionaries(st.text(LETTERS, max_size=5), inner, max_size=5),
        ),
        max_leaves=10,
    ).filter(lambda value: value is not None)
)
def test_whatever_a_program_writes_as_json_is_taken(value: object) -> None:
    """In ASCII and in letters."""
    for written in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        assert checked_payload(written) == written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1, "b": 2}', '{"b":2,"a":1}'),
        ('{"a": 1.0}', '{"a": 1}'),
        ('{"a": 1e2}', '{"a": 100.00}'),
        ('"é"', '"\\u00e9"'),
        ('{"a": 1, "a": 2}', '{"a": 2}'),
    ],
)
async def test_equal_payloads_are_those_that_jsonb_calls_equal(sql: asyncpg.Connection, one: str, other: str) -> None:
    """This is what a repeat is told from a conflict by."""
    assert await sql.fetchval("select $1::jsonb = $2::jsonb", checked_payload(one), checked_payload(other))


async def test_digits_past_those_of_a_double_tell_payloads_apart(sql: asyncpg.Connection) -> None:
    """Numbers are kept exactly."""
    one, other = '{"a": 1.00000000000000000001}', '{"a": 1}'
    assert not await sql.fetchval("select $1::jsonb = $2::jsonb", checked_payload(one), checked_payload(other))
