"""Events are published through GraphQL: each is stored once, or the call is refused as a whole."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from graphql import GraphQLInputObjectType

from app.edge.declaring.inputs_at_once import is_made_at_once
from app.schema import build_schema
from tests.conftest import Athlete
from tests.factories.topics import OCCURRED, PUBLISH, a_topic, an_event, codes, events, publish, viewer_id

FEED = """query($name: String!) { topic(name: $name) { headOffset
    stats { received uniqueProcessed duplicatesDropped conflicting since }
    events(first: 100) { totalCount edges { node { eventId offset occurredAt source payload topic } } } } }"""


async def feed(who: Athlete, topic: str) -> dict[str, Any]:
    told: dict[str, Any] = (await who.get(FEED, name=topic))["topic"]
    return told


async def test_new_events_are_accepted_in_their_order(ada: Athlete) -> None:
    topic = await a_topic(ada)

    payload = await publish(ada, topic, events(3))

    assert payload == {"accepted": 3, "duplicates": 0, "conflicting": 0, "headOffset": "3", "userErrors": []}
    told = [edge["node"] for edge in (await feed(ada, topic))["events"]["edges"]]
    assert [(event["eventId"], event["offset"]) for event in told] == [("e1", "1"), ("e2", "2"), ("e3", "3")]
    assert {event["topic"] for event in told} == {topic}


async def test_a_repeat_is_dropped_and_counted(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(2))

    payload = await publish(ada, topic, events(3))

    assert (payload["accepted"], payload["duplicates"], payload["headOffset"]) == (1, 2, "3")


@pytest.mark.parametrize(
    "other", [{"payload": {"bib": 8}}, {"source": "mat 2"}, {"occurredAt": "2026-11-01T09:00:00.001Z"}]
)
async def test_another_event_under_a_known_id_is_conflicting(ada: Athlete, other: dict[str, Any]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, [an_event()])

    payload = await publish(ada, topic, [an_event(**other)])

    assert (payload["accepted"], payload["conflicting"], payload["userErrors"]) == (0, 1, [])


async def test_the_counters_of_a_topic_add_up(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(3))
    await publish(ada, topic, [*events(2), an_event("e3", source="another"), an_event("new")])

    stats = (await feed(ada, topic))["stats"]

    told = {name: stats[name] for name in ("received", "uniqueProcessed", "duplicatesDropped", "conflicting")}
    assert told == {"received": "7", "uniqueProcessed": "4", "duplicatesDropped": "2", "conflicting": "1"}


@pytest.mark.parametrize(
    "payload",
    [{}, [], "text", 5, -1.5, True, {"a": [{"b": None}]}, {"é": "\U0001f3c3"}, {"n": 2**63 - 1}, {"b": 1, "a": 2}],
)
async def test_any_json_may_be_a_payload(ada: Athlete, payload: Any) -> None:
    topic = await a_topic(ada)

    assert (await publish(ada, topic, [an_event(payload=payload)]))["accepted"] == 1

    (edge,) = (await feed(ada, topic))["events"]["edges"]
    assert edge["node"]["payload"] == payload


async def test_a_payload_may_stand_in_the_document(ada: Athlete) -> None:
    topic = await a_topic(ada)

    answer = await ada.get(
        f"""mutation($bib: Int!) {{ publishEvents(input: {{topic: "{topic}", events: [{{
            eventId: "e1", occurredAt: "{OCCURRED}", source: "mat",
            payload: {{bib: $bib, at: [1, 1.5, "x", true, null, {{}}], large: 123456789012345678901234567890}}
        }}]}}) {{ accepted userErrors {{ message }} }} }}""",
        bib=7,
    )

    assert answer["publishEvents"] == {"accepted": 1, "userErrors": []}
    (edge,) = (await feed(ada, topic))["events"]["edges"]
    wanted = {"bib": 7, "at": [1, 1.5, "x", True, None, {}], "large": 123456789012345680000000000000}
    assert edge["node"]["payload"] == wanted


async def test_no_event_of_a_call_is_stored_when_one_breaks_a_rule(ada: Athlete) -> None:
    topic = await a_topic(ada)

    payload = await publish(
        ada, topic, [an_event("good"), an_event(""), an_event("far", occurredAt="2099-01-01T00:00Z")]
    )

    told = [(error["code"], error["field"]) for error in payload["userErrors"]]
    assert told == [("INVALID", ["events", "1", "eventId"]), ("INVALID", ["events", "2", "occurredAt"])]
    assert (payload["accepted"], payload["headOffset"]) == (0, None)
    assert (await feed(ada, topic))["headOffset"] == "0"


async def test_at_most_a_hundred_refused_events_are_told(ada: Athlete) -> None:
    payload = await publish(ada, await a_topic(ada), [an_event("")] * 150)

    assert len(payload["userErrors"]) == 100


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"long": "x" * 64_000}, "64,000 are taken"),
        (nested(33), "more than 32 lists"),
        ({"nul": "a\x00b"}, "cannot be stored"),
    ],
)
async def test_a_payload_that_cannot_be_taken_is_refused_with_the_reason(ada: Athlete, payload: Any, says: str) -> None:
    (refusal,) = (await publish(ada, await a_topic(ada), [an_event(payload=payload)]))["userErrors"]

    assert refusal["field"] == ["events", "0", "payload"]
    assert says in refusal["message"]


@pytest.mark.parametrize("depth", [65, 900])
async def test_a_payload_deeper_than_anything_is_refused_before_it_is_looked_at(ada: Athlete, depth: int) -> None:
    answer = await ada.ask(PUBLISH, input={"topic": "any", "events": [an_event(payload=nested(depth))]})

    assert codes(answer) == ["BAD_USER_INPUT"]
    assert "at most 64 lists and objects" in answer["errors"][0]["message"]


@pytest.mark.parametrize("number", [0, 1_001])
async def test_a_call_brings_one_to_a_thousand_events(ada: Athlete, number: int) -> None:
    (refusal,) = (await publish(ada, await a_topic(ada), events(number)))["userErrors"]

    assert (refusal["code"], refusal["field"]) == ("INVALID", ["events"])


async def test_a_thousand_events_with_full_payloads_are_within_the_limits(ada: Athlete) -> None:
    full = [an_event(f"e{at}", payload={str(key): key for key in range(60)}) for at in range(1_000)]

    assert (await publish(ada, await a_topic(ada), full))["accepted"] == 1_000


async def test_an_uploaded_file_is_no_payload(ada: Athlete) -> None:
    topic = await a_topic(ada)
    asked = {"query": PUBLISH, "variables": {"input": {"topic": topic, "events": [an_event(payload={"file": None})]}}}

    response = await ada.http.post(
        "/graphql",
        data={"operations": orjson.dumps(asked).decode(), "map": '{"0": ["variables.input.events.0.payload.file"]}'},
        files={"0": ("a.txt", b"text")},
        headers={"x-cairn-csrf": "1"},
    )

    (refusal,) = response.json()["data"]["publishEvents"]["userErrors"]
    assert refusal["field"] == ["events", "0", "payload"]


async def test_a_file_among_events_is_told_together_with_what_else_is_wrong(ada: Athlete) -> None:
    topic, wrong = await a_topic(ada), an_event("e2", source="")
    sent = [an_event(payload=None), wrong]
    asked = {"query": PUBLISH, "variables": {"input": {"topic": topic, "events": sent}}}

    response = await ada.http.post(
        "/graphql",
        data={"operations": orjson.dumps(asked).decode(), "map": '{"0": ["variables.input.events.0.payload"]}'},
        files={"0": ("a.txt", b"text")},
        headers={"x-cairn-csrf": "1"},
    )

    refusals = response.json()["data"]["publishEvents"]["userErrors"]
    assert [refusal["field"] for refusal in refusals] == [["events", "0", "payload"], ["events", "1", "source"]]


async def test_publishing_takes_its_events_at_once() -> None:
    kind = build_schema()._schema.get_type("PublishEventsInput")

    assert isinstance(kind, GraphQLInputObjectType)
    assert is_made_at_once(kind)


async def test_a_topic_that_is_not_there_is_told_as_such(ada: Athlete) -> None:
    (refusal,) = (await publish(ada, "no-such-topic", [an_event()]))["userErrors"]

    assert (refusal["code"], refusal["field"]) == ("NOT_FOUND", ["topic"])


async def test_who_is_not_named_may_not_publish(ada: Athlete, bob: Athlete) -> None:
    topic = await a_topic(ada)

    assert codes(await bob.ask(PUBLISH, input={"topic": topic, "events": [an_event()]})) == ["FORBIDDEN"]


async def test_who_is_named_may_publish(ada: Athlete, bob: Athlete) -> None:
    topic = await a_topic(ada, publisherIds=[await viewer_id(bob)])

    assert (await publish(bob, topic, [an_event()]))["accepted"] == 1


async def test_who_runs_the_installation_may_publish(ada: Athlete, athlete: Callable[..., Athlete]) -> None:
    topic = await a_topic(ada)
    chief = athlete("chief", scopes=["events:publish", "operations"])

    assert (await publish(chief, topic, [an_event()]))["accepted"] == 1


async def test_publishing_needs_the_scope_though_one_owns_the_topic(
    ada: Athlete, athlete: Callable[..., Athlete]
) -> None:
    topic = await a_topic(ada)
    reader = athlete("ada", scopes=["events:read", "operations"])

    assert codes(await reader.ask(PUBLISH, input={"topic": topic, "events": [an_event()]})) == ["FORBIDDEN"]
    assert (await reader.get(f'{{ topic(name: "{topic}") {{ mayPublish }} }}'))["topic"]["mayPublish"] is False


async def test_a_key_gives_the_first_answer_again(ada: Athlete) -> None:
    topic = await a_topic(ada)

    first, again = [await publish(ada, topic, events(2), idempotencyKey=topic) for _ in range(2)]

    assert first == again
    assert (await feed(ada, topic))["stats"]["received"] == "2"


async def test_a_key_is_not_used_for_other_events(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(2), idempotencyKey=topic)

    (refusal,) = (await publish(ada, topic, events(3), idempotencyKey=topic))["userErrors"]

    assert (refusal["code"], refusal["field"]) == ("CONFLICT", ["idempotencyKey"])
