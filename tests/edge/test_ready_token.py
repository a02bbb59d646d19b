"""GraphiQL's ready token goes to a browser on this very machine, and to nobody else."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import LiveServer, a_data_folder, a_live_server

HTML = {"accept": "text/html"}


def token_in(page: httpx.Response) -> str | None:
    assert page.status_code == 200
    found = re.search(r'"token": (null|"([\w.-]+)")', page.text)
    assert found is not None
    return found.group(2)


def test_a_browser_here_gets_a_token_that_works_and_is_not_stored(live_server: LiveServer) -> None:
    page = httpx.get(f"{live_server.url}/graphql", headers=HTML)

    token = token_in(page)
    answer = httpx.post(
        f"{live_server.url}/graphql",
        json={"query": "{ viewer { displayName scopes } }"},
        headers={"authorization": f"Bearer {token}"},
    ).json()
    assert page.headers["cache-control"] == "no-store"
    assert answer["data"]["viewer"]["displayName"] == "runner"
    assert "operations" not in answer["data"]["viewer"]["scopes"]


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example:8080"},
        {"host": "127.0.0.1.evil.example"},
        {"forwarded": "for=203.0.113.9"},
        {"x-forwarded-for": "203.0.113.9"},
        {"x-forwarded-host": "cairn.example"},
        {"x-real-ip": "203.0.113.9"},
        {"via": "1.1 proxy"},
        {"origin": "https://evil.example"},
    ],
    ids=str,
)
def test_whoever_may_sit_elsewhere_gets_the_page_without_it(live_server: LiveServer, headers: dict[str, str]) -> None:
    assert token_in(httpx.get(f"{live_server.url}/graphql", headers=HTML | headers)) is None


@pytest.fixture(scope="module")
def open_server() -> Iterator[LiveServer]:
    with a_data_folder() as folder, a_live_server(folder, "--host", "0.0.0.0", "--no-worker") as server:
        yield server


def test_a_server_open_to_the_network_gives_it_to_nobody(open_server: LiveServer) -> None:
    address = open_server.url.replace("0.0.0.0", "127.0.0.1")

    assert token_in(httpx.get(f"{address}/graphql", headers=HTML)) is None
