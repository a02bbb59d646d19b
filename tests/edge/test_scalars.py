"""Days and instants, in and out."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from app.edge.declaring.scalars import DATE, DATE_TIME

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
EDGES = datetime.fromisoformat("0001-01-02"), datetime.fromisoformat("9999-12-30")
INSTANTS = st.datetimes(*EDGES, timezones=OFFSETS)


def read(scalar: Any, text: object) -> Any:
    return scalar.parse_value(text)


@given(INSTANTS)
def test_an_instant_is_read_as_utc_whatever_its_offset(instant: datetime) -> None:
    told = read(DATE_TIME, instant.isoformat())

    assert told == instant
    assert told.tzinfo is UTC


@given(INSTANTS)
def test_an_instant_is_written_in_utc_to_the_millisecond(instant: datetime) -> None:
    text = DATE_TIME.serialize(instant)

    assert len(text) == len("2026-11-21T07:30:00.000Z")
    assert text.endswith("Z")
    assert timedelta(0) <= instant - read(DATE_TIME, text) < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T07:30:00Z",
        "2026-11-21T08:30:00+01:00",
        "2026-11-21T07:30Z",
        "2026-11-21 02:00:00.000-05:30",
        "2026-11-20T17:30:00-1400",
    ],
)
def test_an_offset_is_honoured(text: str) -> None:
    assert read(DATE_TIME, text) == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-11-21T07:30:00", "2026-11-21T07:30", "2026-11-21 07:30:00.5"])
def test_an_instant_without_a_zone_is_refused(text: str) -> None:
    with pytest.raises(GraphQLError, match="has no time zone"):
        read(DATE_TIME, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "infinity",
        "2016-12-31T23:59:60Z",  # a leap second, which no watch records
        "2026-02-30T00:00:00Z",
        "2026-11-21T25:00:00Z",
        "2026-11-21T07:30:00+25:00",
        "10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "1763710200",
        "2026-11-21",
        "2026-W01-1T07:30:00Z",
        "20261121T073000Z",
        "2026-11-21x07:30:00Z",
        "2026-11-21T07:30:00Z\x00",
        "x" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_instant_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(GraphQLError, match="Write it like 2026-11-21T07:30:00Z") as refusal:
        read(DATE_TIME, text)

    assert len(refusal.value.message) < 150


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"])
def test_an_offset_may_not_lead_out_of_the_calendar(text: str) -> None:
    with pytest.raises(GraphQLError, match="outside the calendar"):
        read(DATE_TIME, text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
def test_the_edges_of_the_calendar_are_instants_too(text: str) -> None:
    assert DATE_TIME.serialize(read(DATE_TIME, text)) == text


@pytest.mark.parametrize("scalar", [DATE, DATE_TIME])
@pytest.mark.parametrize("value", [5, 1.5, True, [], {}, ["2026-11-21"], b"2026-11-21"])
def test_only_text_is_a_time(scalar: Any, value: object) -> None:
    with pytest.raises(GraphQLError, match="is a string such as"):
        read(scalar, value)


@given(st.dates())
def test_a_day_comes_back_as_it_went(day: date) -> None:
    assert read(DATE, DATE.serialize(day)) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-02-30",
        "2026-2-3",
        "20260203",
        "2026-W01-1",
        "10000-01-01",
        "infinity",
        "today",
        "2026-11-21T00:00:00Z",
        "2026-11-21\n",
        "٢٠٢٦-١١-٢١",
        "0000-01-01",
    ],
)
def test_what_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(GraphQLError, match=r"is no Date\. Write it like 2026-11-21"):
        read(DATE, text)


@given(st.text())
def test_no_text_breaks_a_scalar(text: str) -> None:
    for scalar in (DATE, DATE_TIME):
        with suppress(GraphQLError):
            read(scalar, text)
