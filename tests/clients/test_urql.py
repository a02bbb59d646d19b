"""The client of npm @urql/core on a live server: over HTTP, with persisted operations and uploads, and both streams."""

import pytest

from tests.clients.trials import Outcomes, outcomes_of, was_watched
from tests.conftest import LiveServer

RENAMED = {"viewer": {"displayName": "Rosa"}, "userErrors": []}


@pytest.fixture(scope="module")
def urql(live_server: LiveServer) -> Outcomes:
    return outcomes_of("urql.mjs", live_server, live_server.token("Rosa by urql"))


def test_urql_asks_a_query(urql: Outcomes) -> None:
    assert urql["query"] == {"viewer": {"displayName": "Rosa by urql"}}


def test_urql_sends_a_mutation(urql: Outcomes) -> None:
    assert urql["mutation"] == RENAMED


def test_urql_may_ask_queries_by_get(urql: Outcomes) -> None:
    assert urql["get"] == {"data": {"viewer": {"displayName": "Rosa"}}, "methods": ["GET"]}


def test_urql_watches_a_job_over_a_socket(urql: Outcomes) -> None:
    assert was_watched(urql["subscriptionOverSocket"])


def test_urql_watches_a_job_over_the_endpoint_itself(urql: Outcomes) -> None:
    assert was_watched(urql["subscriptionOverHttp"])


def test_urql_asks_for_a_stream_when_it_subscribes_over_http(urql: Outcomes) -> None:
    assert urql["subscriptionAccepts"].startswith("text/event-stream")  # else the trial above says nothing of streams


def test_urql_sends_the_text_of_a_query_once_and_then_its_hash_alone(urql: Outcomes) -> None:
    assert urql["persisted"]["sent"] == [["GET", "hash"], ["GET", "text"], ["GET", "hash"]]


def test_urql_gets_the_same_answer_by_text_and_by_hash(urql: Outcomes) -> None:
    assert urql["persisted"]["names"] == ["Rosa", "Rosa"]


def test_urql_may_persist_mutations_too(urql: Outcomes) -> None:
    assert urql["persistedMutation"] == RENAMED


def test_urql_uploads_files(urql: Outcomes) -> None:
    assert urql["upload"]["userErrors"] == []
    assert urql["upload"]["job"]["id"]


def test_urql_finds_the_code_of_who_is_not_signed_in(urql: Outcomes) -> None:
    assert urql["stranger"] == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("trial", ["invalid", "invalidSubscription"])
def test_urql_finds_the_code_of_an_invalid_document(urql: Outcomes, trial: str) -> None:
    assert urql[trial] == ["BAD_USER_INPUT"]
