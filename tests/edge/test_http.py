"""Requests of every wrong shape get a JSON answer with a code, and never a 500."""

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from tests.conftest import Athlete

TYPENAME = b'{"query": "{ __typename }"}'
JSON = {"content-type": "application/json"}


@pytest.fixture
def http(ada: Athlete) -> httpx.AsyncClient:
    return ada.http


def code_of(response: httpx.Response) -> str:
    return response.json()["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize(
    "body",
    [
        *(
            b'"x"',
            b"5",
            b"null",
            b"true",
            b"[]",
            b"[1, 2]",
            b'[{"query": "{ __typename }"}]',
            b"",
            b"{nope",
            b"\xff\xfe",
        ),
        *(b"{}", b'{"query": 5}', b'{"query": "{ __typename }", "variables": [1]}', b"[" * 100_000),
    ],
    ids=lambda body: repr(body[:24]),
)
async def test_a_body_that_is_no_request_is_refused_with_a_sentence(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post("/graphql", content=body, headers=JSON)

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"
    assert response.json()["errors"][0]["message"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
async def test_a_post_that_any_page_could_send_runs_nothing_without_a_proof(http: httpx.AsyncClient, kind: str) -> None:
    response = await http.post("/graphql", content=TYPENAME, headers={"content-type": kind})

    assert response.status_code == 403
    assert code_of(response) == "FORBIDDEN"


@pytest.mark.parametrize("proof", ["x-cairn-csrf", "apollo-require-preflight"])
async def test_either_header_proves_a_form_post(http: httpx.AsyncClient, proof: str) -> None:
    form = {"operations": (None, TYPENAME), "map": (None, b"{}")}

    response = await http.post("/graphql", files=form, headers={proof: "1"})

    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    ("operations", "places"),
    [
        (TYPENAME, b"[1]"),
        (TYPENAME, b'{"0": ["variables.a.b"]}'),
        (TYPENAME, b'{"0": [1]}'),
        (TYPENAME, b'{"0": 5}'),
        (TYPENAME, b'{"1": ["variables.files.0"]}'),
        (b'{"query": "{ __typename }", "variables": {"files": []}}', b'{"0": ["variables.files.7"]}'),
        (b"nonsense", b"{}"),
        (b"[]", b"{}"),
    ],
)
async def test_a_form_whose_parts_do_not_fit_is_refused(
    http: httpx.AsyncClient, operations: bytes, places: bytes
) -> None:
    form = {"operations": (None, operations), "map": (None, places), "0": ("a.gpx", b"x")}

    response = await http.post("/graphql", files=form, headers={"x-cairn-csrf": "1"})

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"


async def test_mutations_do_not_run_by_get(http: httpx.AsyncClient) -> None:
    mutation = 'mutation { updateViewer(input: {displayName: "Got"}) { viewer { displayName } } }'

    response = await http.get("/graphql", params={"query": mutation})

    assert response.status_code == 400
    assert (await http.get("/graphql", params={"query": "{ viewer { displayName } }"})).json()["data"]["viewer"][
        "displayName"
    ] != "Got"


async def test_a_body_past_the_bound_is_refused_announced_or_not(http: httpx.AsyncClient) -> None:
    large = orjson.dumps({"query": "{ __typename }", "padding": "x" * 1_000_001})

    async def in_chunks():  # type: ignore[no-untyped-def]
        for at in range(0, len(large), 65_536):
            yield large[at : at + 65_536]

    announced = await http.post("/graphql", content=large, headers=JSON)
    unannounced = await http.post("/graphql", content=in_chunks(), headers=JSON)

    assert (announced.status_code, unannounced.status_code) == (413, 413)
    assert (code_of(announced), code_of(unannounced)) == ("TOO_LARGE", "TOO_LARGE")


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/graphql", 405)])
async def test_other_addresses_and_methods_answer_json_too(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await http.request(method, path)

    assert response.status_code == status
    assert response.json()["errors"][0]["message"]


async def test_a_page_of_another_origin_reads_nothing_unless_it_is_named(app: Starlette, ada: Athlete) -> None:
    response = await ada.http.post(
        "/graphql", content=TYPENAME, headers={**JSON, "origin": "https://elsewhere.example"}
    )

    assert "access-control-allow-origin" not in response.headers


async def test_a_document_nested_past_all_sense_is_refused_and_not_a_fault(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", content=orjson.dumps({"query": "{a" * 5_000}), headers=JSON)

    assert code_of(response) == "BAD_USER_INPUT"


async def test_a_strangers_files_are_not_even_taken_in(http: httpx.AsyncClient) -> None:
    form = {"operations": (None, TYPENAME), "map": (None, b"{}")}

    response = await http.post("/graphql", files=form, headers={"x-cairn-csrf": "1", "authorization": ""})

    assert response.status_code == 401
    assert code_of(response) == "UNAUTHENTICATED"


async def test_a_document_of_endless_aliases_is_refused_before_it_is_validated(http: httpx.AsyncClient) -> None:
    document = "{" + " ".join(f'a{n}: node(id: "x") {{ id }}' for n in range(20_000)) + "}"

    response = await http.post("/graphql", content=orjson.dumps({"query": document}), headers=JSON)

    assert code_of(response) == "BAD_USER_INPUT"
    assert "5000" in response.json()["errors"][0]["message"]
