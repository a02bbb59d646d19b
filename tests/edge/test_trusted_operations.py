"""With a manifest, Cairn runs the operations in it, however they are named, and no others."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import httpx
import orjson
import pytest

from app.main import create_app
from configuration.settings import Settings, load_settings
from domain.shared.errors import OperatorError
from tests.factories.production import as_in_production

MINE, OTHER = "query Mine { __typename }", "query Other { __typename }"
HASH = sha256(MINE.encode()).hexdigest()
PERSISTED = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}
UNKNOWN = {"persistedQuery": {"version": 1, "sha256Hash": sha256(OTHER.encode()).hexdigest()}}


@pytest.fixture(scope="module")
async def http(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    manifest = tmp_path_factory.mktemp("trusted") / "manifest.json"
    manifest.write_bytes(orjson.dumps({"mine": MINE}))
    async with as_in_production(settings, trusted_documents=manifest) as client:
        yield client


TRUSTED: list[dict[str, Any]] = [
    {"documentId": "mine"},
    {"documentId": f"sha256:{HASH}"},
    {"documentId": HASH},
    {"extensions": PERSISTED},
    {"query": MINE},
    {"query": MINE, "extensions": PERSISTED},
    {"documentId": "mine", "operationName": "Mine"},
]
STRANGE: list[dict[str, Any]] = [
    {"query": OTHER},
    {"query": MINE + " "},
    {"documentId": "other"},
    {"documentId": ""},
    {"extensions": UNKNOWN},
    {"query": OTHER, "extensions": UNKNOWN},
]


@pytest.mark.parametrize("body", TRUSTED, ids=str)
async def test_a_trusted_document_is_run_by_any_of_its_names(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await http.post("/graphql", json=body)

    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})


@pytest.mark.parametrize("body", STRANGE, ids=str)
async def test_any_other_document_is_forbidden(http: httpx.AsyncClient, body: dict[str, Any]) -> None:
    response = await http.post("/graphql", json=body)

    assert response.status_code == 403
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["FORBIDDEN"]
    assert "data" not in response.json()


async def test_a_document_cannot_be_registered_by_its_hash(http: httpx.AsyncClient) -> None:
    await http.post("/graphql", json={"query": OTHER, "extensions": UNKNOWN})

    assert (await http.post("/graphql", json={"extensions": UNKNOWN})).status_code == 403


async def test_a_get_names_a_trusted_document_too(http: httpx.AsyncClient) -> None:
    response = await http.get("/graphql", params={"documentId": "mine"}, headers={"x-cairn-csrf": "1"})

    assert response.json() == {"data": {"__typename": "Query"}}


async def test_an_event_stream_runs_no_other_document(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": OTHER}, headers={"accept": "text/event-stream"})

    assert "FORBIDDEN" in response.text
    assert '"data"' not in response.text


async def test_a_broken_manifest_stops_the_start(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("trusted") / "nothing.json"

    with pytest.raises(OperatorError, match="CAIRN_TRUSTED_DOCUMENTS: "):
        create_app(load_settings({}, trusted_documents=path))
