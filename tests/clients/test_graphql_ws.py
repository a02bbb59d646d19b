"""The client of npm graphql-ws, and the one of the older protocol, npm subscriptions-transport-ws, on a live server."""

import pytest

from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.machine.clock import SystemClock
from tests.clients.trials import Outcomes, outcomes_of, was_watched
from tests.conftest import LiveServer

NAME = {"data": {"viewer": {"displayName": "Rosa"}}}
RENAMED = {"data": {"updateViewer": {"viewer": {"displayName": "Rosa"}, "userErrors": []}}}
SHORT_H = 4 / 3600  # long enough for the program to start and use it


@pytest.fixture(scope="module")
def ws(live_server: LiveServer) -> Outcomes:
    token = live_server.token("Rosa over graphql-ws")
    tokens = LocalTokens(live_server.data_folder, SystemClock())
    return outcomes_of("graphql_ws.mjs", live_server, token, SHORT_LIVED_TOKEN=tokens.issue("brief", hours=SHORT_H))


@pytest.fixture(scope="module")
def legacy(live_server: LiveServer) -> Outcomes:
    return outcomes_of("legacy.mjs", live_server, live_server.token("Rosa over the older protocol"))


def test_graphql_ws_asks_a_query(ws: Outcomes) -> None:
    assert ws["query"] == [{"data": {"viewer": {"displayName": "Rosa over graphql-ws"}}}]


def test_graphql_ws_sends_a_mutation(ws: Outcomes) -> None:
    assert ws["mutation"] == [RENAMED]


def test_graphql_ws_watches_a_job_to_its_end(ws: Outcomes) -> None:
    assert was_watched(ws["subscription"])


def test_graphql_ws_carries_several_operations_on_one_socket(ws: Outcomes) -> None:
    assert ws["several"] == {"names": 1, "last": ["SUCCEEDED", "SUCCEEDED"]}


def test_graphql_ws_is_told_what_is_wrong_with_a_document(ws: Outcomes) -> None:
    assert ws["invalid"]["codes"] == ["BAD_USER_INPUT"]


def test_graphql_ws_goes_on_after_an_invalid_document(ws: Outcomes) -> None:
    assert ws["invalid"]["after"] == [NAME]


def test_graphql_ws_without_a_token_is_told_to_sign_in(ws: Outcomes) -> None:
    ((error,),) = [result["errors"] for result in ws["stranger"]]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


def test_graphql_ws_is_turned_away_with_a_bad_token(ws: Outcomes) -> None:
    assert ws["badToken"].startswith("closed 4403 ")


def test_graphql_ws_loses_its_socket_with_its_token(ws: Outcomes) -> None:
    assert ws["expiry"]["closed"] == [4403]


def test_graphql_ws_comes_back_with_a_fresh_token(ws: Outcomes) -> None:
    assert ws["expiry"]["name"] == [NAME]


def test_a_lazy_graphql_ws_has_a_socket_only_while_it_asks(ws: Outcomes) -> None:
    assert ws["lazy"] == ["made", "connecting", "closed"]


def test_an_eager_graphql_ws_has_its_socket_before_it_asks(ws: Outcomes) -> None:
    assert ws["notLazy"] == {"name": [NAME], "closed": 1000}


def test_a_ping_of_graphql_ws_is_answered(ws: Outcomes) -> None:
    assert ws["ping"] is True


def test_graphql_ws_hears_no_more_of_what_it_no_longer_watches(ws: Outcomes) -> None:
    assert ws["unsubscribe"]["events"] == 1


def test_graphql_ws_may_watch_again_what_it_has_left(ws: Outcomes) -> None:
    assert ws["unsubscribe"]["last"] == "SUCCEEDED"


def test_a_graphql_ws_that_is_disposed_of_closes_in_good_order(ws: Outcomes) -> None:
    assert ws["dispose"] == 1000


def test_the_older_protocol_asks_a_query(legacy: Outcomes) -> None:
    assert legacy["query"] == [{"data": {"viewer": {"displayName": "Rosa over the older protocol"}}}]


def test_the_older_protocol_sends_a_mutation(legacy: Outcomes) -> None:
    assert legacy["mutation"] == [RENAMED]


def test_the_older_protocol_watches_a_job_to_its_end(legacy: Outcomes) -> None:
    assert was_watched(legacy["subscription"])


def test_the_older_protocol_may_connect_at_its_first_operation(legacy: Outcomes) -> None:
    assert legacy["lazy"] == [NAME]


def test_the_older_protocol_is_told_what_is_wrong_with_a_document(legacy: Outcomes) -> None:
    assert "BAD_USER_INPUT" in legacy["invalid"]


def test_the_older_protocol_is_turned_away_with_a_bad_token(legacy: Outcomes) -> None:
    assert "token" in legacy["badToken"]


def test_the_older_protocol_is_kept_alive(legacy: Outcomes) -> None:
    assert legacy["keepAlive"] == "ka"


def test_the_older_protocol_goes_on_after_it_has_looked_away(legacy: Outcomes) -> None:
    assert legacy["unsubscribe"] == 1
