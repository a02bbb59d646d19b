"""Whatever stands in a payload is checked in steps that take all of it at once, to the same end as sign by sign."""

import json
import sys
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import checks
from domain.events.checks import EventRefused, checked_payload
from domain.events.model import MAX_NESTING, MAX_PAYLOAD_BYTES

MOST_STEPS = 200  # lines of Python
TROUBLE = [
    "[]",
    "[[]",
    '"["',
    '"\\\\"',
    '"\\""',
    "1e5",
    "2E-7",
    "0e0",
    '"e-5"',
    "true",
    '{"a":',
    "}",
    "]",
    ",",
    " ",
    "1.5",
]


def _filled(unit: str, before: str = "[", behind: str = "1]") -> str:
    return before + unit * ((MAX_PAYLOAD_BYTES - len(before) - len(behind)) // len(unit)) + behind


def _steps(payload: str) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if frame.f_code.co_filename != checks.__file__:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        checked_payload(payload)
    except EventRefused:
        pass
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "payload",
    [
        _filled("[],"),
        _filled("[" * 31 + "]" * 31 + ","),
        _filled("[", before="", behind=""),
        _filled("0e0,"),
        _filled("1.1e-1,"),
        _filled('"e-",'),
        _filled('"\\\\",', before="[0e0," + "[]," * MAX_NESTING),
        _filled("\\u0041", before='"', behind='"'),
        _filled("\\\\u0000", before='"', behind='"'),
        _filled("[", before='"', behind='"'),
    ],
    ids=lambda payload: payload[:12],
)
def test_the_oddest_payload_takes_no_more_steps_than_any_other(payload: str) -> None:
    """Else one request of such would hold up everybody."""
    assert 0 < _steps(payload) < MOST_STEPS


def _depth(value: Any) -> int:
    match value:
        case dict():
            return 1 + max(map(_depth, value.values()), default=0)
        case list():
            return 1 + max(map(_depth, value), default=0)
    return 0


@given(
    value=st.recursive(
        st.sampled_from([1, "[{", '"', "\\", '\\"[', "]"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from('"[}\\'), inner, max_size=3),
    )
)
def test_depth_is_that_of_lists_and_objects_whatever_their_strings_hold(value: Any) -> None:
    """Brackets, quotation marks and backslashes among them."""
    assert checks._nesting(checks._without_strings(json.dumps(value))) == _depth(value)


@given(parts=st.lists(st.sampled_from(["1e5", "-0.5E+07", "2e-300", "0e000000000012", "3", "0.25", "true", "false"])))
def test_exponents_are_those_of_the_numbers(parts: list[str]) -> None:
    """In their order, of either sign, with noughts before them."""
    found = list[int]()

    def note(literal: str) -> None:
        _, letter, exponent = literal.lower().partition("e")
        found.extend([int(exponent)] if letter else [])

    text = f"[{','.join(parts)}]"
    json.loads(text, parse_float=note)
    assert checks._exponents(text).tolist() == found


def test_an_exponent_of_more_digits_than_anybody_needs_is_past_all_bounds() -> None:
    """Also one of noughts alone; the others beside it are told all the same."""
    longest = "0" * (checks.LONGEST_EXPONENT - 1) + "7"
    assert checks._exponents(f"[1e0{longest},1e{longest},1e-0{longest}]").tolist() == [10**12, 7, -(10**12)]


@given(parts=st.lists(st.sampled_from(TROUBLE), max_size=40))
def test_what_is_no_json_is_refused_and_never_breaks_anything(parts: list[str]) -> None:
    """Most of these are none."""
    text = "".join(parts)
    try:
        assert checked_payload(text) == text
    except EventRefused:
        return
    json.loads(text)
