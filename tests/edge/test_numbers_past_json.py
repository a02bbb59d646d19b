"""The number that JSON does not have is found in a body, wherever it stands."""

import pytest

from app.edge.http.numbers_past_json import first_past_json


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"a": [1, {"b": NaN}], "c": Infinity}', "a.1.b"),
        (b'{"a": 1e999}', "a"),
        (b'{"a": -' + b"1" * 5_000 + b"}", "a"),
    ],
)
def test_the_first_number_that_is_none_is_named_by_its_path(body: bytes, path: str) -> None:
    assert first_past_json(body) == path


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 60_000, b'{"a": 1}', b'{"a": NaN,}'])
def test_nothing_is_said_where_something_else_is_wrong(body: bytes) -> None:
    assert first_past_json(body) is None


def test_a_path_that_nobody_reads_is_not_told() -> None:
    assert first_past_json(b'{"' + b"k" * 201 + b'": NaN}') is None


def test_a_long_body_is_not_looked_through() -> None:
    assert first_past_json(b'{"a": NaN, "b": "' + b"x" * 65_536 + b'"}') is None
