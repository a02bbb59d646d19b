"""Positions become events, and what apps send becomes positions."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.osmand import osmand_position, traccar_position
from app.events.owntracks import owntracks_position
from app.events.tracker_numbers import PositionUnreadable
from domain.events.checks import EventRefused
from domain.events.positions import Position, position_event
from domain.shared.errors import DomainError
from tests.factories.bulk import NOON
from tests.factories.phones import OWNTRACKS, TRACCAR


def _payload(position: Position) -> dict[str, Any]:
    payload: dict[str, Any] = orjson.loads(position_event(position, "bib 7", now=NOON).payload)
    return payload


def test_owntracks_tells_kilometres_an_hour() -> None:
    """The others are in the units of the payload."""
    position = owntracks_position(orjson.dumps(OWNTRACKS))
    assert position is not None
    assert position.recorded_at == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert _payload(position) == {
        **{"type": "position", "latitude": 48.85833, "longitude": 2.29513, "altitudeM": 160.0, "accuracyM": 13.0},
        **{"speedMPerS": 3.333, "bearingDeg": 270.0, "batteryPercent": 67.0},
    }


@pytest.mark.parametrize("kind", ["lwt", "transition", "waypoints", "status", "encrypted", "card", None])
def test_other_messages_of_owntracks_are_no_positions(kind: str | None) -> None:
    """The app sends them to the same address."""
    assert owntracks_position(orjson.dumps({"_type": kind, "tst": 1, "lat": 1, "lon": 2})) is None


def test_an_empty_message_of_owntracks_is_no_position() -> None:
    """The app sends one when a friend is deleted."""
    assert owntracks_position(b"") is None


def test_osmand_tells_metres_a_second_and_milliseconds() -> None:
    """As its template fills them in."""
    given = {"lat": "46.5", "lon": "7.25", "timestamp": "1795253400250", "hdop": "3.0", "altitude": "1810.2"}
    position = osmand_position(given | {"speed": "2.75", "bearing": "118.0", "batt": "56"})
    assert position is not None
    assert position.recorded_at == datetime(2026, 11, 21, 9, 30, 0, 250_000, tzinfo=UTC)
    assert _payload(position) == {
        **{"type": "position", "latitude": 46.5, "longitude": 7.25, "altitudeM": 1810.2},
        **{"speedMPerS": 2.75, "bearingDeg": 118.0, "batteryPercent": 56.0},
    }


def test_traccar_s_client_tells_knots_and_seconds() -> None:
    """It is known by the id of its device."""
    given = {"id": "48241179", "timestamp": "1795253400", "lat": "46.5", "lon": "7.25", "speed": "5.3456"}
    position = osmand_position(given | {"bearing": "118.0", "altitude": "1810.2", "accuracy": "4.5", "batt": "56.0"})
    assert position is not None
    assert position.recorded_at == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert _payload(position)["speedMPerS"] == pytest.approx(2.75, abs=0.001)
    assert _payload(position)["accuracyM"] == 4.5


def test_newer_clients_of_traccar_tell_json() -> None:
    """In metres a second; the battery as a ratio; −1 for a heading that is not known."""
    position = traccar_position(orjson.dumps(TRACCAR))
    assert position.recorded_at == datetime(2026, 11, 21, 9, 30, 0, 250_000, tzinfo=UTC)
    assert _payload(position) == {
        **{"type": "position", "latitude": 46.5, "longitude": 7.25, "altitudeM": 1810.2, "accuracyM": 4.5},
        **{"speedMPerS": 2.75, "batteryPercent": 56.0},
    }


def test_a_position_that_the_app_calls_not_valid_is_none() -> None:
    """It has no fix."""
    assert osmand_position({"lat": "0", "lon": "0", "valid": "false"}) is None


@pytest.mark.parametrize(
    "given",
    [{}, {"lat": "46.5"}, {"lat": "46.5", "lon": ""}, {"lat": "{0}", "lon": "{1}"}, {"lat": "nan", "lon": "1"}],
)
def test_an_address_without_a_place_is_refused(given: dict[str, str]) -> None:
    """The template was not filled in."""
    with pytest.raises(PositionUnreadable):
        osmand_position(given)


@pytest.mark.parametrize("time", ["yesterday", "2026-11-21T09:30:00", "1e300"])
def test_a_time_that_cannot_be_read_is_refused(time: str) -> None:
    """It is not replaced by another."""
    with pytest.raises(PositionUnreadable):
        osmand_position({"lat": "1", "lon": "2", "timestamp": time})


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"7", b'{"_type":"location"}', b'{"_type":"location","lat":1,"lon":"x"}']
)
def test_what_is_no_message_of_owntracks_is_refused(body: bytes) -> None:
    """Another app, or another mode."""
    with pytest.raises(PositionUnreadable):
        owntracks_position(body)


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"location":{"coords":7}}', b'{"location":{"coords":{}}}'])
def test_what_is_no_json_of_traccar_is_refused(body: bytes) -> None:
    """Whatever is missing is named."""
    with pytest.raises(PositionUnreadable):
        traccar_position(body)


def test_a_position_without_time_was_recorded_now() -> None:
    """By the clock of the server."""
    event = position_event(Position(46.5, 7.25), "bib 7", now=NOON)
    assert (event.occurred_at, event.event_id) == (NOON, "bib 7 2026-11-21T12:00:00.000Z")


def test_the_same_position_again_is_the_same_event() -> None:
    """However much later it comes."""
    position = Position(46.5, 7.25, recorded_at=NOON - timedelta(hours=1))
    first, second = (position_event(position, "bib 7", now=NOON + timedelta(minutes=at)) for at in (0, 5))
    assert first == second


def test_long_sources_have_event_ids_of_their_own() -> None:
    """An event's id is no longer than ids may be."""
    ids = {position_event(Position(1, 2), f"{'x' * 190}{at}", now=NOON).event_id for at in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize(("latitude", "longitude"), [(90.01, 0), (0, -180.01), (float("nan"), 0), (0, float("inf"))])
def test_a_place_that_is_not_on_earth_is_refused(latitude: float, longitude: float) -> None:
    """NaN is nowhere."""
    with pytest.raises(EventRefused):
        position_event(Position(latitude, longitude), "bib 7", now=NOON)


odd = st.one_of(
    st.floats(), st.integers(), st.text(max_size=5), st.none(), st.booleans(), st.sampled_from(["-1", "NaN"])
)


@given(values=st.fixed_dictionaries(dict.fromkeys(("lat", "lon", "tst", "alt", "acc", "vel", "cog", "batt"), odd)))
def test_whatever_numbers_come_a_position_is_sound_or_refused(values: dict[str, Any]) -> None:
    """No NaN, nothing out of its range, and no other exception."""
    message = json.dumps({"_type": "location"} | values).encode()
    try:
        position = owntracks_position(message)
        assert position is not None
        payload = _payload(position)
    except DomainError:
        return
    assert abs(payload["latitude"]) <= 90
    assert all(value >= 0 for key, value in payload.items() if key in ("accuracyM", "speedMPerS", "batteryPercent"))
