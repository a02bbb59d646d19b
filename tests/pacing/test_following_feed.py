"""Which events of a live feed tell where a runner is."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain.events.model import Event
from domain.pacing.on_the_way.feed import FeedPosition, name_of, position_of
from tests.fakes.feeds import START

POSITION = {"type": "position", "latitude": 46.2, "longitude": 7.1}


def an_event(payload: Any = None, *, source: str = "phone", ahead: timedelta = timedelta(0)) -> Event:
    text = payload if isinstance(payload, str) else orjson.dumps(POSITION if payload is None else payload).decode()
    return Event("e1", 9, START + ahead, START, source, text)


def told(payload: Any = None, **more: Any) -> FeedPosition:
    position = position_of(an_event(payload, **more))
    assert position is not None
    return position


def test_a_position_tells_where_when_and_at_which_offset() -> None:
    position = told()
    assert (position.offset, position.at, position.latitude, position.longitude) == (9, START, 46.2, 7.1)


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "read", "runner": "7", "checkpoint": "Refuge"},
        {"type": None, "latitude": 46.2, "longitude": 7.1},
        {"latitude": 46.2},
        {"type": "position", "latitude": 46.2},
        {"type": "position", "latitude": "46.2", "longitude": 7.1},
        {"type": "position", "latitude": True, "longitude": 7.1},
        {"type": "position", "latitude": None, "longitude": None},
        [POSITION],
        "7",
        "null",
        '{"type": "position", "latitude": 1e400, "longitude": 7}',
        "not json",
    ],
)
def test_whatever_else_an_event_says_is_no_position(payload: Any) -> None:
    assert position_of(an_event(payload)) is None


def test_a_place_without_a_type_is_a_position() -> None:
    told = position_of(an_event({"latitude": 46.2, "longitude": 7.1}))
    assert told is not None
    assert (told.latitude, told.longitude) == (46.2, 7.1)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    assert told(ahead=timedelta(seconds=110)).at == START + timedelta(seconds=110)


def test_a_position_of_the_future_is_none_lest_those_after_it_count_as_old() -> None:
    assert position_of(an_event(ahead=timedelta(seconds=130))) is None


def test_a_heart_rate_comes_along() -> None:
    assert told(POSITION | {"heartRate": 151}).heart_rate == 151.0


@pytest.mark.parametrize("heart_rate", [0, 24, 251, "151", None, True])
def test_a_heart_rate_that_is_none_leaves_the_position_as_it_is(heart_rate: Any) -> None:
    assert told(POSITION | {"heartRate": heart_rate}).heart_rate is None


def test_a_runner_is_known_by_the_source_and_by_the_number_that_the_payload_names() -> None:
    assert told(POSITION | {"runner": "12"}, source="gateway").names == {"gateway", "12"}


def test_a_number_on_a_bib_may_be_written_as_a_number() -> None:
    assert told(POSITION | {"runner": 12}).names == {"phone", "12"}


@pytest.mark.parametrize("runner", [True, 1.5, ["12"], None])
def test_what_is_no_name_of_a_runner_is_left_out(runner: Any) -> None:
    assert told(POSITION | {"runner": runner}).names == {"phone"}


def test_names_are_the_same_however_their_accents_are_written() -> None:
    assert name_of(" Rene\u0301 ") == name_of("Ren\u00e9")
