"""What schemathesis is told of Cairn: its scalars, ids of things that are there, and what it must never answer."""

import json
import os
from datetime import UTC

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

IDS = json.loads(os.environ["STORED_IDS"])
DAYS = st.one_of(st.dates().map(str), st.sampled_from(["2026-02-30", "0000-01-01", "infinity", ""]))
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda instant: instant.isoformat())

schemathesis.graphql.scalar("Date", DAYS.map(nodes.String))
schemathesis.graphql.scalar("DateTime", INSTANTS.map(nodes.String))
schemathesis.graphql.scalar("Upload", st.just(nodes.String("no file")))
schemathesis.graphql.scalar("ID", st.one_of(st.sampled_from(IDS), st.text(max_size=50)).map(nodes.String))
schemathesis.graphql.scalar("BigInt", st.integers(-(2**70), 2**70).map(str).map(nodes.String))
schemathesis.graphql.scalar(
    "JSON",
    st.recursive(
        st.one_of(st.text().map(nodes.String), st.integers().map(nodes.Int), st.just(nodes.Null)),
        lambda inner: st.lists(inner, max_size=3).map(nodes.List),
        max_leaves=8,
    ),
)
schemathesis.graphql.scalar("Int", st.one_of(st.integers(0, 101), st.integers(-(2**31), 2**31)).map(nodes.Int))


@schemathesis.check
def answers_without_a_fault(ctx: object, response: schemathesis.Response, case: schemathesis.Case) -> None:
    """GraphQL in JSON, whose errors each have a code and the request's id, and are no fault of ours."""
    answer = response.json()
    assert response.status_code < 500, answer
    assert set(answer) <= {"data", "errors", "extensions"}, answer
    for error in answer.get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL", error
        assert error["extensions"]["requestId"], error
