"""An event is written the way that was asked for, and the way that reads write it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.events.encoding import WRITTEN, SelectedEvents
from app.schema import build_schema
from domain.events.model import Event
from domain.events.places import cursor_of
from domain.shared.selection import Field, Selection
from tests.fakes.feeds import TOPIC

AT = datetime(2026, 6, 1, 8, 30, 0, 123999, tzinfo=UTC)
SAME = {"topic", "__typename"}


def told(event: Event, *fields: str | Field, key: str = "events") -> Any:
    selection = Selection("Event", tuple(Field(one, one) if isinstance(one, str) else one for one in fields))
    encoding = SelectedEvents.of(selection, key=key, topic_id=TOPIC, topic_name="utmb")
    return orjson.loads(encoding.answer(event).body)["data"][key]


def an_event(**given: Any) -> Event:
    event = {"event_id": "e1", "offset": 9, "occurred_at": AT, "received_at": AT, "source": "mat", "payload": "{}"}
    return Event(**event | given)


def test_every_field_of_the_schema_can_be_told() -> None:
    kind = build_schema()._schema.type_map["Event"]
    assert set(kind.fields) | {"__typename"} == set(WRITTEN) | SAME  # type: ignore[attr-defined]


def test_all_fields_are_told_in_the_order_and_by_the_names_that_were_asked_for() -> None:
    event = an_event(payload='{"bib": 7}')
    asked = ["payload", Field("n", "offset"), "topic", "__typename", Field("eventId", "eventId"), "cursor"]
    assert list(told(event, *asked, key="mine").items()) == [
        ("payload", {"bib": 7}),
        ("n", "9"),
        ("topic", "utmb"),
        ("__typename", "Event"),
        ("eventId", "e1"),
        ("cursor", cursor_of(TOPIC, 9)),
    ]


@given(st.text(), st.text(), st.recursive(st.none() | st.booleans() | st.text() | st.integers(-9, 9), st.lists))
def test_any_text_and_any_payload_come_out_as_they_went_in(event_id: str, source: str, payload: Any) -> None:
    event_id, source = (text.encode("utf-8", "replace").decode() for text in (event_id, source))
    event = an_event(event_id=event_id, source=source, payload=orjson.dumps(payload).decode())
    assert told(event, "eventId", "source", "payload") == {"eventId": event_id, "source": source, "payload": payload}


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))])
def test_instants_are_told_in_utc_cut_to_milliseconds(zone: timezone) -> None:
    assert told(an_event(occurred_at=AT.astimezone(zone)), "occurredAt") == {"occurredAt": "2026-06-01T08:30:00.123Z"}


def test_an_answer_is_one_line_and_tells_its_place() -> None:
    selection = Selection("Event", (Field("payload", "payload"),))
    encoding = SelectedEvents.of(selection, key="events", topic_id=TOPIC, topic_name="utmb")
    answer = encoding.answer(an_event(payload='{\r\n"bib":\n7}'))
    assert (b"\n" in answer.body or b"\r" in answer.body, answer.cursor) == (False, cursor_of(TOPIC, 9))


def test_the_same_selection_is_the_same_encoding() -> None:
    def of(key: str) -> SelectedEvents:
        selection = Selection("Event", (Field("offset", "offset"),))
        return SelectedEvents.of(selection, key=key, topic_id=TOPIC, topic_name="utmb")

    assert {of("events"), of("events"), of("other")} == {of("events"), of("other")}
