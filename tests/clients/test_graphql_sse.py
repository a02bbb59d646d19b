"""The client of npm graphql-sse in both of its modes: a stream for each operation, or one stream for all."""

import pytest

from tests.clients.trials import Outcomes, outcomes_of, was_watched
from tests.conftest import LiveServer

MODES = pytest.mark.parametrize("mode", ["distinct", "single"])
RENAMED = {"data": {"updateViewer": {"viewer": {"displayName": "Rosa"}, "userErrors": []}}}


@pytest.fixture(scope="module")
def sse(live_server: LiveServer) -> Outcomes:
    return outcomes_of("graphql_sse.mjs", live_server, live_server.token("Rosa over streams"))


@MODES
def test_a_stream_answers_a_query(sse: Outcomes, mode: str) -> None:
    (result,) = sse[f"{mode}_query"]
    assert result["data"]["viewer"]["displayName"] in ("Rosa over streams", "Rosa")  # before and after its mutation


@MODES
def test_a_stream_answers_a_mutation(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_mutation"] == [RENAMED]


@MODES
def test_a_job_is_watched_to_its_end_over_a_stream(sse: Outcomes, mode: str) -> None:
    assert was_watched(sse[f"{mode}_subscription"])


@MODES
def test_several_operations_go_on_at_once(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_several"] == {"names": 1, "last": ["SUCCEEDED", "SUCCEEDED"]}


@MODES
def test_an_invalid_document_is_told_of(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_invalid"] == ["BAD_USER_INPUT"]


@MODES
def test_a_stranger_to_streams_is_told_to_sign_in(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_stranger"] == ["UNAUTHENTICATED"]


@MODES
def test_a_bad_token_opens_no_stream(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_badToken"] == ["UNAUTHENTICATED"]


@MODES
def test_whoever_looks_away_is_not_told_how_it_ended(sse: Outcomes, mode: str) -> None:
    assert "SUCCEEDED" not in sse[f"{mode}_unsubscribe"]["seen"]


@MODES
def test_a_job_may_be_watched_again_over_a_stream(sse: Outcomes, mode: str) -> None:
    assert sse[f"{mode}_unsubscribe"]["last"] == "SUCCEEDED"


@MODES
def test_a_client_that_is_disposed_of_is_not_told_how_it_ended(sse: Outcomes, mode: str) -> None:
    assert "SUCCEEDED" not in sse[f"{mode}_dispose"]


def test_the_endpoint_itself_streams_to_whoever_accepts_it(sse: Outcomes) -> None:
    assert was_watched(sse["endpoint"])


def test_one_stream_carries_every_operation_of_the_single_mode(sse: Outcomes) -> None:
    assert sse["requests"] == ["PUT", "GET", "POST", "POST"]
