"""A stream becomes lines, and a line an event, or a reason why it is none."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.lines import LONGEST_LINE, Lines, event_of
from domain.events.checks import EventRefused
from tests.factories.bulk import NOON, a_line


def _cut(*pieces: bytes) -> list[tuple[int, bytes | None]]:
    lines = Lines()
    found = [line for piece in pieces for line in lines.feed(piece)]
    return found + list(lines.rest())


def _reason(line: bytes | None) -> str:
    with pytest.raises(EventRefused) as refused:
        event_of(line, now=NOON)
    return refused.value.message


@given(content=st.lists(st.sampled_from([b"a", b"bc", b"", b"\n", b"\n\n", b"d\r"])), cuts=st.sets(st.integers(0, 30)))
def test_lines_are_the_same_wherever_the_stream_is_cut(content: list[bytes], cuts: set[int]) -> None:
    """Network packets end anywhere."""
    whole = b"".join(content)
    places = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = [whole[start:end] for start, end in pairwise(places)]
    expected = whole.split(b"\n")
    if not expected[-1]:
        expected.pop()  # a newline ends a line, and begins none
    assert _cut(*pieces) == list(enumerate(expected, 1))


@pytest.mark.parametrize("step", [1_000, LONGEST_LINE, 10 * LONGEST_LINE])
def test_a_line_that_is_too_long_is_told_by_its_number_alone(step: int) -> None:
    """In whatever pieces it comes; the lines around it are whole."""
    whole = b"a\n" + b"x" * (3 * LONGEST_LINE) + b"\nb\n" + b"y" * LONGEST_LINE + b"\n" + b"z" * (LONGEST_LINE + 1)
    pieces = [whole[start : start + step] for start in range(0, len(whole), step)]
    assert _cut(*pieces) == [(1, b"a"), (2, None), (3, b"b"), (4, b"y" * LONGEST_LINE), (5, None)]


def test_of_a_line_without_end_no_more_is_held_than_the_longest() -> None:
    """Ten gigabytes without a newline are nothing to hold."""
    lines = Lines()
    for _ in range(100):
        assert list(lines.feed(b"x" * 10_000)) == []
        assert len(lines._begun) <= LONGEST_LINE


def test_a_line_becomes_an_event_whose_numbers_keep_their_digits() -> None:
    """Payloads are not read into numbers of the machine."""
    line = a_line(payload=None).replace(b"null", b'{"at": 1.00000000000000000001, "n": 123456789012345678901234567890}')
    event = event_of(line, now=NOON)
    assert (event.event_id, event.source) == ("mat-1", "mat")
    assert event.payload == '{"at": 1.00000000000000000001, "n": 123456789012345678901234567890}'


def test_a_carriage_return_behind_a_line_is_none_of_it() -> None:
    """Files from some systems have one."""
    assert event_of(a_line() + b"\r", now=NOON).event_id == "mat-1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (None, "more than 80,000 bytes"),
        (b"eventId,occurredAt", "read as JSON"),
        (a_line()[:-1], "read as JSON"),
        (b"[1, 2]", "no object"),
        (b'"text"', "no object"),
        (b"{}", "no `eventId`"),
        (b'{"eventId":"a","occurredAt":"2026-11-21T07:30:00Z","source":"b"}', "no `payload`"),
        (a_line(bib=17), "'bib' is no part of an event"),
        (a_line(eventId=17), "`eventId` is no text"),
        (a_line(occurredAt=1_795_000_000), "`occurredAt` is no text"),
        (a_line(source=None), "`source` is no text"),
        (a_line(occurredAt="2026-11-21T07:30:00"), "no time zone"),
        (a_line(occurredAt="yesterday"), "no DateTime"),
        (a_line(occurredAt="2026-11-23T07:30:00Z"), "more than a day ahead"),
        (a_line(eventId=""), "1 to 200 characters"),
        (a_line(payload="\x00"), "\\u0000"),
        (a_line(payload=None), "is null"),
        (a_line(payload="x" * 64_000), "64,002 bytes"),
        (a_line().replace(b"mat-1", b"mat\\ud800"), "read as JSON"),
        (a_line().replace(b"mat-1", b"mat\xff"), "not UTF-8, at byte 16"),
        (a_line().replace(b'{"bib":1}', b'"\xff"'), "UTF-8"),
        (a_line().replace(b'{"bib":1}', b"[" * 33 + b"]" * 33), "more than 32 lists"),
        (a_line().replace(b'{"bib":1}', b"[" * 70_000), "read as JSON"),
        (a_line().replace(b'{"bib":1}', b"[" * 30_000 + b"]" * 30_000), "depth limit"),
        (a_line().replace(b'{"bib":1}', b"1e-999"), "more digits"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(line: bytes | None, reason: str) -> None:
    """In words for whoever wrote the line."""
    assert reason in _reason(line)


@given(line=st.binary(max_size=60) | st.binary(max_size=8).map(lambda noise: a_line().replace(b"1", noise)))
def test_noise_is_refused_or_read_and_never_breaks_anything(line: bytes) -> None:
    """Whatever stands in a line."""
    try:
        event = event_of(line, now=NOON)
    except EventRefused:
        return
    assert event.event_id
