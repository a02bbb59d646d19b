"""The Python client gql on a live server: by httpx, and by websockets with both subprotocols."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from gql import Client, FileVar, GraphQLRequest
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosedError

from tests.clients.trials import was_watched
from tests.conftest import LiveServer
from tests.factories.imports import FIRST_START
from tests.factories.recordings import a_hilly_course, fit_bytes

NAME = "query Name { viewer { displayName } }"
RENAME = """mutation($input: UpdateViewerInput!) { updateViewer(input: $input) {
    viewer { displayName } userErrors { message } } }"""
IMPORT = "mutation($input: ImportRunsInput!) { importRuns(input: $input) { job { id } userErrors { message } } }"
WATCH = "subscription($id: ID!) { job(id: $id) { status } }"
NONSENSE = "query { viewer { shoeSize } }"
PROTOCOLS = [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL, WebsocketsTransport.APOLLO_SUBPROTOCOL]
FILES = 30


def over_http(url: str, token: str) -> Client:
    headers = {"Authorization": f"Bearer {token}", "x-cairn-csrf": "1"}  # the second for uploads
    return Client(transport=HTTPXAsyncTransport(url=f"{url}/graphql", headers=headers))


def over_socket(url: str, token: str, *protocols: str) -> Client:
    transport = WebsocketsTransport(
        url=f"{url.replace('http', 'ws', 1)}/graphql",
        init_payload={"Authorization": f"Bearer {token}"},
        subprotocols=list(protocols) or [WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
    )
    return Client(transport=transport)


def asking(document: str, **variables: Any) -> GraphQLRequest:
    return GraphQLRequest(document, variable_values=variables)


async def import_runs(client: Client, *files: tuple[str, bytes]) -> dict[str, Any]:
    """What importRuns answers to these files."""
    sent = [FileVar(io.BytesIO(content), filename=name) for name, content in files]
    async with client as session:
        answer = await session.execute(asking(IMPORT, input={"files": sent}), upload_files=True)
    payload: dict[str, Any] = answer["importRuns"]
    return payload


async def statuses(client: Client, job_id: str) -> list[str]:
    """What was told of a job, to its end."""
    async with client as session:
        return [event["job"]["status"] async for event in session.subscribe(asking(WATCH, id=job_id))]


@pytest.fixture(scope="module")
def token(live_server: LiveServer) -> str:
    return live_server.token("Rosa by gql")


@pytest.fixture(params=["httpx", *PROTOCOLS])
async def session(live_server: LiveServer, token: str, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A session over each way that gql has to a server."""
    way, url = request.param, live_server.url
    async with over_http(url, token) if way == "httpx" else over_socket(url, token, way) as session:
        yield session


async def test_gql_asks_a_query(session: Any) -> None:
    answer = await session.execute(asking(NAME))
    assert answer == {"viewer": {"displayName": "Rosa by gql"}}


async def test_gql_sends_a_mutation(session: Any) -> None:
    answer = await session.execute(asking(RENAME, input={"displayName": "Rosa by gql"}))
    assert answer["updateViewer"] == {"viewer": {"displayName": "Rosa by gql"}, "userErrors": []}


async def test_gql_is_told_what_is_wrong_with_a_document(session: Any) -> None:
    with pytest.raises(TransportQueryError) as told:
        await session.execute(asking(NONSENSE))
    assert told.value.errors is not None
    assert [error["extensions"]["code"] for error in told.value.errors] == ["BAD_USER_INPUT"]


async def test_gql_uploads_files(live_server: LiveServer, token: str) -> None:
    payload = await import_runs(over_http(live_server.url, token), ("no.gpx", b"no"))
    assert payload["userErrors"] == []
    assert payload["job"]["id"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_gql_watches_a_job_to_its_end(live_server: LiveServer, token: str, protocol: str) -> None:
    first = FIRST_START + timedelta(days=100 * (1 + PROTOCOLS.index(protocol)))  # else they would be the same runs
    starts = [first + timedelta(hours=nth) for nth in range(FILES)]
    files = [(f"{start:%j-%H}.fit", fit_bytes(a_hilly_course(600, start))) for start in starts]
    job = (await import_runs(over_http(live_server.url, token), *files))["job"]
    assert was_watched(await statuses(over_socket(live_server.url, token, protocol), job["id"]))


async def test_gql_is_turned_away_with_a_bad_token(live_server: LiveServer) -> None:
    with pytest.raises(TransportError) as told:
        async with over_socket(live_server.url, "nonsense", WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL):
            pass
    closed = told.value.__cause__
    assert isinstance(closed, ConnectionClosedError)
    assert closed.rcvd is not None
    assert closed.rcvd.code == 4403


async def test_gql_is_told_what_is_wrong_with_its_token_over_the_older_protocol(live_server: LiveServer) -> None:
    with pytest.raises(TransportError, match="token"):
        async with over_socket(live_server.url, "nonsense", WebsocketsTransport.APOLLO_SUBPROTOCOL):
            pass


async def test_gql_finds_the_code_of_who_is_not_signed_in(live_server: LiveServer) -> None:
    with pytest.raises(TransportQueryError) as told:
        async with over_http(live_server.url, "nonsense") as session:
            await session.execute(asking(NAME))
    assert told.value.errors is not None
    assert told.value.errors[0]["extensions"]["code"] == "UNAUTHENTICATED"
