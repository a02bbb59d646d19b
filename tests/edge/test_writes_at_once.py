"""publishEvents is answered alike whether its variables are read at once or by graphql-core, whatever they are."""

from typing import Any

import orjson
import pytest
from starlette.applications import Starlette

from app.edge.documents.operation_store import StoredOperation
from app.edge.request import GraphQLRequest
from tests.conftest import Athlete
from tests.factories.topics import PUBLISH, a_topic, an_event, events

BARE = "mutation($input: PublishEventsInput!) { publishEvents(input: $input) { accepted } }"
ALIASED = """mutation Twice($input: PublishEventsInput!, $with: Boolean = true) { __typename
    first: publishEvents(input: $input) { ...counts __typename }
    second: publishEvents(input: $input) @include(if: $with) { d: duplicates a: accepted duplicates } }
    fragment counts on PublishEventsPayload { accepted conflicting userErrors { __typename c: code field message } }"""
BEHIND_ORDINARY = {"cost": True}  # the answer that tells its cost is made by graphql-core alone


async def ask(who: Athlete, query: str, variables: Any, **extensions: Any) -> tuple[int, dict[str, Any]]:
    """The status and the answer, but for what differs each time."""
    body = {"query": query, "variables": variables, "extensions": extensions}
    response = await who.http.post("/graphql", json=body)
    answer: dict[str, Any] = response.json()
    answer.pop("extensions", None)
    for error in answer.get("errors", ()):
        error["extensions"].pop("requestId")
    return response.status_code, answer


def stored(app: Starlette, query: str) -> StoredOperation:
    """What the engine keeps of the operation."""
    prepared: StoredOperation = app.state.engine.prepare(GraphQLRequest(query=query)).stored
    return prepared


SENT = {
    "fit": events(3),
    "a repeat within": [*events(2), an_event("e1")],
    "a conflict within": [an_event("e1"), an_event("e1", source="other")],
    "another zone": [an_event(occurredAt="2026-11-01T10:00:00.123456+01:00")],
    "no zone": [an_event(), an_event("e2", occurredAt="2026-11-01T10:00:00")],
    "no time": [an_event(occurredAt="yesterday")],
    "a time as a number": [an_event(occurredAt=1_793_523_600)],
    "a time that is far ahead": [an_event(occurredAt="2999-01-01T00:00:00Z")],
    "no id": [{name: value for name, value in an_event().items() if name != "eventId"}],
    "an id that is a number": [an_event(7)],  # type: ignore[arg-type]
    "an empty id": [an_event("")],
    "a null payload": [an_event(payload=None)],
    "a payload that is text": [an_event(payload="text")],
    "a payload that is false": [an_event(payload=False)],
    "a payload of lists": [an_event(payload=[[1, 2], {"a": [None, 1.5, "é"]}])],
    "a deep payload": [an_event(payload=[[[[{"a": [{}] * 3}]]]] * 2)],
    "a payload that is too deep": [an_event(payload=orjson.loads("[" * 40 + "]" * 40))],
    "an unknown field": [an_event(speed=3)],
    "a null": [None],
    "a list in the list": [[an_event()]],
    "one alone": an_event(),
    "none": [],
    "null": None,
    "text": "events",
    "too many": [an_event(f"e{number}") for number in range(1001)],
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
@pytest.mark.parametrize("query", [PUBLISH, ALIASED], ids=["plain", "aliased"])
async def test_events_are_answered_alike(ada: Athlete, query: str, sent: object) -> None:
    one, other = await a_topic(ada), await a_topic(ada)

    at_once = await ask(ada, query, {"input": {"topic": one, "events": sent}})
    ordinary = await ask(ada, query, {"input": {"topic": other, "events": sent}}, **BEHIND_ORDINARY)

    assert at_once == ordinary


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"input": None},
        {"input": []},
        {"input": {}},
        {"input": {"topic": None, "events": []}},
        {"input": {"topic": 5, "events": [an_event()]}},
        {"input": {"topic": "nobody-made-this", "events": [an_event()]}},
        {"input": {"topic": "nobody-made-this", "events": [an_event()], "other": 1}},
        {"input": {"topic": "nobody-made-this", "events": [an_event()], "idempotencyKey": ""}},
        {"input": {"topic": "nobody-made-this", "events": [an_event()]}, "unused": 1},
    ],
)
async def test_requests_are_answered_alike(ada: Athlete, variables: dict[str, Any]) -> None:
    assert await ask(ada, BARE, variables) == await ask(ada, BARE, variables, **BEHIND_ORDINARY)


async def test_an_idempotency_key_names_the_same_request_either_way(ada: Athlete) -> None:
    topic = await a_topic(ada)
    variables = {"input": {"topic": topic, "events": events(3), "idempotencyKey": "k"}}

    at_once = await ask(ada, PUBLISH, variables)
    again = await ask(ada, PUBLISH, variables, **BEHIND_ORDINARY)

    assert at_once == again
    assert at_once[1]["data"]["publishEvents"]["accepted"] == 3


async def test_a_key_that_named_other_events_is_refused(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await ask(ada, PUBLISH, {"input": {"topic": topic, "events": events(3), "idempotencyKey": "k"}})

    _, answer = await ask(ada, PUBLISH, {"input": {"topic": topic, "events": events(2), "idempotencyKey": "k"}})

    assert [error["code"] for error in answer["data"]["publishEvents"]["userErrors"]] == ["CONFLICT"]


async def test_who_may_not_publish_is_told_so_either_way(ada: Athlete, bob: Athlete) -> None:
    variables = {"input": {"topic": await a_topic(ada), "events": events(1)}}

    at_once = await ask(bob, PUBLISH, variables)

    assert at_once == await ask(bob, PUBLISH, variables, **BEHIND_ORDINARY)
    assert at_once[1]["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_events_that_are_fit_are_read_at_once(app: Starlette) -> None:
    at_once = stored(app, PUBLISH).at_once

    assert at_once is not None
    assert at_once.read({"input": {"topic": "a", "events": events(3)}}) is not None
    assert at_once.read({"input": {"topic": "a", "events": events(3), "idempotencyKey": "k"}}) is not None
