"""What stands in a JSON scalar is one value; everything else in variables is counted."""

from typing import Any

import pytest

from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.refusals import RequestRefused
from app.edge.request import GraphQLRequest
from app.schema import build_schema

STORE = OperationStore(build_schema()._schema, limits=Limits(values=100))
PUBLISH = "mutation($input: PublishEventsInput!) { publishEvents(input: $input) { accepted } }"
ONE_BY_ONE = 'mutation($one: EventInput!) { publishEvents(input: {topic: "x", events: [$one]}) { accepted } }'
PAYLOAD = """mutation($payload: JSON!) { publishEvents(input: {topic: "x", events: [
    {eventId: "1", occurredAt: "2026-01-01T00:00:00Z", source: "s", payload: $payload}]}) { accepted } }"""
SOURCES = """query($names: [String!]) { topic(name: "x") { events(filter: {sources: $names}) { totalCount } } }"""
LARGE: Any = {"values": list(range(1_000)), "more": [[0] * 500, {"deep": {"list": [0] * 500}}]}


def event(payload: Any) -> dict[str, Any]:
    return {"eventId": "1", "occurredAt": "2026-01-01T00:00:00Z", "source": "s", "payload": payload}


def find(query: str, **variables: Any) -> None:
    STORE.find(GraphQLRequest(query, variables=variables))


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (PUBLISH, {"input": {"topic": "x", "events": [event(LARGE)] * 15}}),
        (ONE_BY_ONE, {"one": event(LARGE)}),
        (PAYLOAD, {"payload": LARGE}),
    ],
)
def test_what_stands_in_a_json_scalar_is_not_counted(query: str, variables: dict[str, Any]) -> None:
    find(query, **variables)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (PUBLISH, {"input": {"topic": "x", "events": [event(1)] * 20}}),
        (PUBLISH, {"input": {"topic": "x", "events": [event(1) | {"unknown": LARGE}]}}),
        (PUBLISH, {"input": {"topic": LARGE, "events": []}}),
        (PUBLISH, {"input": {"topic": "x", "events": [[[event(1)] * 101]]}}),
        (PUBLISH, {"input": [LARGE]}),
        (PUBLISH, {"input": {"topic": "x", "events": []}, "needless": LARGE}),
        (SOURCES, {"names": ["x"] * 101}),
    ],
)
def test_what_stands_elsewhere_is_counted(query: str, variables: dict[str, Any]) -> None:
    with pytest.raises(RequestRefused, match="more than 100 values"):
        find(query, **variables)
