"""The page on which the API is tried: who gets a token with it, what it may load, and that its files are sound."""

import gzip
import hashlib
import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from app.edge.example_operations import example_operations
from app.edge.graphiql_page import FOLDER, graphiql_routes, may_have_token, page


def a_request(*, peer: str | None = "127.0.0.1", **headers: str) -> Request:
    sent = {"host": "127.0.0.1:8080"} | {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/graphql",
            "query_string": b"",
            "client": (peer, 50_000) if peer else None,
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }
    )


def allowed(request: Request, *, bound_to_loopback: bool = True, local_mode: bool = True) -> bool:
    return may_have_token(request, bound_to_loopback=bound_to_loopback, local_mode=local_mode)


def body(token: str | None = None) -> str:
    return bytes(page(a_request(), token=token).body).decode()


def data_of(html: str) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="page-data">(.*?)</script>', html, re.DOTALL)
    assert found
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=Starlette(routes=graphiql_routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:8080"])
def test_a_browser_on_this_machine_gets_a_token(host: str) -> None:
    assert allowed(a_request(host=host))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_every_spelling_of_loopback_is_this_machine(peer: str) -> None:
    assert allowed(a_request(peer=peer))


def test_no_token_when_the_server_listens_beyond_loopback() -> None:
    assert not allowed(a_request(), bound_to_loopback=False)


def test_no_token_when_tokens_come_from_an_identity_provider() -> None:
    assert not allowed(a_request(), local_mode=False)


@pytest.mark.parametrize("peer", ["192.168.1.20", "::ffff:192.168.1.20", "2001:db8::1", "testclient", "", None])
def test_no_token_for_a_peer_elsewhere(peer: str | None) -> None:
    assert not allowed(a_request(peer=peer))


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:8080",
        "evil.example:8080@localhost",
        "user@localhost",
        "localhost:8080, evil.example",
        "localhost:",
        "localhost.",
        "192.168.1.20:8080",
        "localhost\n",
    ],
)
def test_no_token_under_a_foreign_name(host: str) -> None:
    assert not allowed(a_request(host=host))


@pytest.mark.parametrize(
    "header",
    ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Anything", "X-Real-IP"],
)
def test_no_token_through_a_proxy(header: str) -> None:
    assert not allowed(a_request(**{header: "203.0.113.7"}))


def test_no_token_for_a_script_that_fetches_the_page() -> None:
    assert not allowed(a_request(Origin="http://localhost:3000"))


def test_the_token_stands_in_the_page() -> None:
    assert data_of(body("a.b.c"))["token"] == "a.b.c"


def test_without_a_token_the_page_says_so() -> None:
    assert data_of(body())["token"] is None


def test_the_examples_stand_in_the_page() -> None:
    examples = data_of(body())["examples"]
    assert examples == [{"query": e.query, "variables": e.variables} for e in example_operations()]


def test_a_token_cannot_break_out_of_its_block() -> None:
    token = "</script><script>alert(1)</script>"
    html = body(token)
    assert token not in html
    assert data_of(html)["token"] == token


def test_the_page_is_never_stored() -> None:
    assert page(a_request(), token="t").headers["cache-control"] == "no-store"


def test_the_page_cannot_be_framed() -> None:
    headers = page(a_request(), token=None).headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_the_page_tells_no_other_site_where_it_is() -> None:
    assert page(a_request(), token=None).headers["referrer-policy"] == "no-referrer"


def test_the_page_may_load_and_reach_its_own_server_only() -> None:
    policy = page(a_request(host="localhost:8080"), token=None).headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "connect-src 'self' ws://localhost:8080 wss://localhost:8080" in policy


def test_a_host_cannot_widen_the_policy() -> None:
    policy = page(a_request(host="x; script-src *"), token=None).headers["content-security-policy"]
    assert "connect-src 'self';" in policy
    assert "*" not in policy


def test_the_page_holds_no_script_of_its_own() -> None:
    scripts = re.findall(r"<script([^>]*)>([^<]*)</script>", body("t"))
    assert [text for attributes, text in scripts if "application/json" not in attributes and text.strip()] == []


def test_the_page_names_no_other_host() -> None:
    addresses = re.findall(r'(?:src|href)="([^"]*)"', body("t"))
    assert addresses
    assert all(address.startswith(("/graphiql/", "data:image/svg+xml,")) for address in addresses)


async def test_all_that_the_page_asks_for_is_there_and_keeps(client: httpx.AsyncClient) -> None:
    for address in re.findall(r'"(/graphiql/[^"]*)"', body()):
        answer = await client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", address
        assert answer.headers["x-content-type-options"] == "nosniff", address
        assert answer.headers["content-type"].startswith("text/javascript" if ".js?" in address else "text/css")


async def test_an_address_of_another_version_is_not_kept(client: httpx.AsyncClient) -> None:
    for address in ("/graphiql/start.js", "/graphiql/start.js?v=old"):
        assert (await client.get(address)).headers["cache-control"] == "no-cache"


async def test_a_file_comes_compressed_to_who_can_read_it(client: httpx.AsyncClient) -> None:
    plain = (FOLDER / "start.js").read_bytes()
    async with client.stream("GET", "/graphiql/start.js", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join([part async for part in answer.aiter_raw()])) == plain


async def test_a_file_comes_as_it_is_to_who_cannot(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphiql/start.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (FOLDER / "start.js").read_bytes()


@pytest.mark.parametrize("name", ["page.html", "README.txt", "..%2Fgraphiql_page.py", "vendored%2Freact.LICENSE.txt"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/graphiql/{name}")).status_code == 404


def test_every_vendored_file_is_the_one_that_was_published() -> None:
    folder = FOLDER / "vendored"
    sums = re.findall(r"^(\S+)\n.*\n.*\n  sha256   ([0-9a-f]{64})$", (folder / "README.txt").read_text(), re.MULTILINE)
    assert {name for name, _ in sums} == {path.name for path in folder.iterdir() if path.suffix in (".js", ".css")}
    for name, expected in sums:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name


def test_every_vendored_file_has_its_licence_beside_it() -> None:
    folder = FOLDER / "vendored"
    for line in re.findall(r"^  licence  MIT \((.*)\)$", (folder / "README.txt").read_text(), re.MULTILINE):
        for licence in line.split(", "):
            assert "Permission is hereby granted" in (folder / licence).read_text(), licence
