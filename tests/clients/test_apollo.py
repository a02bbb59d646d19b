"""Apollo Client 4 on a live server: over HTTP, with persisted queries and uploads, and over a socket."""

import pytest

from tests.clients.trials import Outcomes, outcomes_of, was_watched
from tests.conftest import LiveServer

VIEWER = {"__typename": "Viewer", "displayName": "Rosa"}


@pytest.fixture(scope="module")
def apollo(live_server: LiveServer) -> Outcomes:
    return outcomes_of("apollo.mjs", live_server, live_server.token("Rosa by Apollo"))


def test_apollo_asks_a_query(apollo: Outcomes) -> None:
    assert apollo["query"]["viewer"] == VIEWER | {"displayName": "Rosa by Apollo"}


def test_apollo_sends_a_mutation(apollo: Outcomes) -> None:
    assert (apollo["mutation"]["viewer"], apollo["mutation"]["userErrors"]) == (VIEWER, [])


def test_apollo_may_ask_queries_by_get(apollo: Outcomes) -> None:
    assert apollo["get"]["viewer"] == VIEWER


def test_apollo_watches_a_job_over_a_socket(apollo: Outcomes) -> None:
    assert was_watched(apollo["subscription"])


def test_apollo_sends_the_text_of_a_query_once_and_then_its_hash_alone(apollo: Outcomes) -> None:
    assert apollo["persisted"]["sent"] == [["GET", "hash"], ["POST", "text"], ["GET", "hash"]]


def test_apollo_gets_the_same_answer_by_text_and_by_hash(apollo: Outcomes) -> None:
    assert apollo["persisted"]["data"] == ["Rosa", "Rosa"]


def test_apollo_posts_mutations_even_by_their_hash(apollo: Outcomes) -> None:
    assert apollo["persistedMutation"] == {"data": [], "methods": ["POST"]}


def test_apollo_uploads_files(apollo: Outcomes) -> None:
    assert apollo["upload"]["userErrors"] == []
    assert apollo["upload"]["job"]["id"]


@pytest.mark.parametrize("trial", ["stranger", "badToken", "strangerOnSocket"])
def test_apollo_finds_the_code_of_who_is_not_signed_in(apollo: Outcomes, trial: str) -> None:
    assert apollo[trial] == ["UNAUTHENTICATED"]


def test_apollo_may_take_errors_beside_data(apollo: Outcomes) -> None:
    assert apollo["errorPolicyAll"]["codes"] == ["UNAUTHENTICATED"]


def test_apollo_finds_the_code_of_an_invalid_document(apollo: Outcomes) -> None:
    assert apollo["invalid"] == ["BAD_USER_INPUT"]
