"""What attackers send, and what each of it comes to: a refusal with a code and a status, and never a fault."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest

from configuration.settings import Settings
from tests.conftest import Athlete
from tests.edge.attacks import BODIES, DOCUMENTS, FILTER, INPUT, VARIABLES
from tests.factories.production import as_in_production

GRAPHQL_JSON = "application/graphql-response+json"
HEADERS = {"content-type": "application/json", "accept": GRAPHQL_JSON}
PYTHON_WORDS = ("Traceback", "ValueError", "TypeError", "KeyError", "NoneType", "recursion", "digits", ".py", "orjson")


def check(response: httpx.Response, status: int, codes: str) -> None:
    """A refusal by the book: errors without data, each with a code and the request's id, and nothing of our insides."""
    answer: dict[str, Any] = response.json()
    assert response.status_code == status, answer
    assert "data" not in answer
    assert 1 <= len(answer["errors"]) <= 5
    for error in answer["errors"]:
        assert error["extensions"]["code"] in codes.split(), error
        assert error["extensions"]["requestId"]
        assert not [word for word in PYTHON_WORDS if word in error["message"]], error["message"]
        assert len(error["message"]) < 1_000


async def post(ada: Athlete, body: bytes) -> httpx.Response:
    return await ada.http.post("/graphql", content=body, headers=HEADERS)


@pytest.mark.parametrize(("document", "code"), [row[1:] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
async def test_a_hostile_document_is_refused(ada: Athlete, document: str, code: str) -> None:
    check(await post(ada, orjson.dumps({"query": document})), 400, code)


@pytest.mark.parametrize(
    ("document", "variables", "code"), [row[1:] for row in VARIABLES], ids=[row[0] for row in VARIABLES]
)
async def test_hostile_variables_are_refused(ada: Athlete, document: str, variables: str, code: str) -> None:
    body = b'{"query":%b,"variables":%b}' % (orjson.dumps(document), variables.encode())

    check(await post(ada, body), 400, code)


@pytest.mark.parametrize(("body", "status", "code"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
async def test_a_hostile_body_is_refused(ada: Athlete, body: bytes, status: int, code: str) -> None:
    check(await post(ada, body), status, code)


async def test_a_mutation_by_get_is_refused(ada: Athlete) -> None:
    mutation = 'mutation { updateViewer(input: {displayName: "Got"}) { viewer { displayName } } }'

    response = await ada.http.get("/graphql", params={"query": mutation}, headers={"accept": GRAPHQL_JSON})

    check(response, 405, INPUT)
    assert (await ada.get("{ viewer { displayName } }"))["viewer"]["displayName"] != "Got"


@pytest.mark.parametrize(
    ("place", "status"),
    [("variables.__proto__.x", 400), ("__proto__", 400), ("variables.input.files.constructor", 400)],
)
async def test_a_file_cannot_be_put_into_an_objects_insides(ada: Athlete, place: str, status: int) -> None:
    operations = {"query": "{ __typename }", "variables": {"input": {"files": [None]}}}
    form = {"operations": orjson.dumps(operations), "map": orjson.dumps({"0": [place]}), "0": b"x"}

    response = await ada.http.post(
        "/graphql",
        files={name: (name, content) if name == "0" else (None, content) for name, content in form.items()},
        headers={"x-cairn-csrf": "1", "accept": GRAPHQL_JSON},
    )

    check(response, status, INPUT)


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b'{"query":"mutation{nothing}","query":"{__typename}"}', {"__typename": "Query"}),
        (b'{"query":"{__typename}","__proto__":{"query":"{nope}"}}', {"__typename": "Query"}),
        (b'{"query":"{__typename}","variables":{"__proto__":{"a":1},"constructor":1}}', {"__typename": "Query"}),
        (b'{"query":"query($id:ID!){node(id:$id){id}}","variables":{"id":"\\u0000"}}', {"node": None}),
        (b'{"query":"query($id:ID!){node(id:$id){id}}","variables":{"id":"\' or 1=1 --"}}', {"node": None}),
        (b'{"query":"{node(id:\\"' + b"x" * 50_000 + b'\\"){id}}"}', {"node": None}),
        (b'{"query":"{' + b"...F " * 20 + b'} fragment F on Query{__typename}"}', {"__typename": "Query"}),
    ],
    ids=lambda value: value[:40].decode() if isinstance(value, bytes) else None,
)
async def test_what_only_looks_hostile_means_what_it_says(ada: Athlete, body: bytes, data: object) -> None:
    response = await post(ada, body)

    assert (response.status_code, response.json()) == (200, {"data": data})


async def test_a_field_asked_for_over_and_over_is_answered_once(ada: Athlete) -> None:
    response = await post(ada, orjson.dumps({"query": "{ viewer { " + "timezone " * 1_900 + "} }"}))

    assert response.json() == {"data": {"viewer": {"timezone": "UTC"}}}


async def test_after_all_of_it_the_server_goes_on(ada: Athlete) -> None:
    for _, document, _ in DOCUMENTS:
        await post(ada, orjson.dumps({"query": document}))

    assert await ada.get("{ __typename }") == {"__typename": "Query"}


@pytest.fixture(scope="module")
async def production(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with as_in_production(settings) as client:
        yield client


@pytest.mark.parametrize(
    "document",
    [
        "{ __schema { types { name } } }",
        '{ __type(name: "Run") { name } }',
        "{ ...A } fragment A on Query { __schema { types { name } } }",
        "{ vieweR { id } }",
        "{ viewer { timezon } }",
        "{ runs(firs: 1) { totalCount } }",
        "{ runs(orderBy: STARTED_AT) { totalCount } }",
        "{ runs(filter: {minDistance: 1}) { totalCount } }",
        "query($f: RunFilte) { runs(filter: $f) { totalCount } }",
        "{ ... on Quer { __typename } }",
    ],
)
async def test_production_tells_nothing_of_its_schema(production: httpx.AsyncClient, document: str) -> None:
    response = await production.post("/graphql", json={"query": document}, headers={"accept": GRAPHQL_JSON})

    check(response, 400, INPUT)
    assert "Did you mean" not in response.text


async def test_production_takes_wrong_variables_without_a_hint(production: httpx.AsyncClient) -> None:
    body = {"query": FILTER, "variables": {"f": {"minDistance": 1}}}

    response = await production.post("/graphql", json=body, headers={"accept": GRAPHQL_JSON})

    check(response, 400, INPUT)
    assert "Did you mean" not in response.text
