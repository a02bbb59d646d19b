"""Requests of every wrong shape get a JSON answer with a code and an id, and never a 500; right ones what they ask."""

import asyncio

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from app.edge.http.negotiation import GRAPHQL_JSON, JSON
from app.edge.http.plain_refusals import plain_refusal
from app.events.routes import EVENT_ROUTES
from tests.conftest import Athlete, eventually
from tests.factories.edge_world import ALLOWED, World, an_edge

TYPENAME = b'{"query": "{ __typename }"}'
AS_JSON = {"content-type": "application/json"}
PROOF = {"x-cairn-csrf": "1"}
EVENTS = {"accept": "text/event-stream"}


def code_of(response: httpx.Response) -> str:
    """The code of the one error, which has a sentence and an id and stands beside no data."""
    answer = response.json()
    (error,) = answer["errors"]
    assert "data" not in answer
    assert error["message"]
    assert error["extensions"]["requestId"]
    return error["extensions"]["code"]


async def ask(http: httpx.AsyncClient, body: object, **headers: str) -> httpx.Response:
    return await http.post("/graphql", json=body, headers=headers)


async def test_a_query_by_post_is_answered(http: httpx.AsyncClient) -> None:
    response = await ask(http, {"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": "Kilian"}})

    assert response.json() == {"data": {"hello": "hello Kilian"}}
    assert response.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_body_may_come_in_many_pieces(http: httpx.AsyncClient) -> None:
    async def pieces():  # type: ignore[no-untyped-def]
        for at in range(len(TYPENAME)):
            yield TYPENAME[at : at + 1]

    response = await http.post("/graphql", content=pieces(), headers=AS_JSON)

    assert response.json() == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "body",
    [
        *(b'"x"', b"5", b"null", b"true", b"[]", b"[1, 2]", b'[{"query": "{ __typename }"}]', b"", b"{nope"),
        *(b"\xff\xfe", b"{}", b'{"query": 5}', b'{"query": "{ __typename }", "variables": [1]}', b"[" * 100_000),
        *(b'{"query": "{hello}", "variables": NaN}', b'{"query": "\\ud800"}'),
        *(b'{"query": "{hello}", "extensions": "x"}', b'{"query": "{hello}", "operationName": {}}'),
        b'{"query": "query A { hello } query B { hello }"}',
        b'{"query": "{ hello }", "operationName": "A"}',
        b'{"query": "{ nothing }"}',
        b'{"query": "{"}',
        b'{"query": "query($n: String!) { hello(name: $n) }"}',
    ],
    ids=lambda body: repr(body[:40]),
)
async def test_a_body_that_is_no_request_is_refused_with_a_sentence(http: httpx.AsyncClient, body: bytes) -> None:
    response = await http.post("/graphql", content=body, headers=AS_JSON)

    assert response.status_code == 400
    assert code_of(response) == "BAD_USER_INPUT"


async def test_a_fault_of_the_document_is_no_fault_of_http_to_who_names_the_old_type(http: httpx.AsyncClient) -> None:
    response = await ask(http, {"query": "{ nothing }"}, accept=JSON)

    assert response.status_code == 200
    assert code_of(response) == "BAD_USER_INPUT"


async def test_a_body_that_is_no_json_is_one_to_them_too(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", content=b"{", headers=AS_JSON | {"accept": JSON})

    assert response.status_code == 400


@pytest.mark.parametrize(("query", "status"), [("{ hello }", 200), ("{ nothing }", 400)])
async def test_the_newer_type_is_answered_in_kind(http: httpx.AsyncClient, query: str, status: int) -> None:
    response = await ask(http, {"query": query}, accept=GRAPHQL_JSON)

    assert response.status_code == status
    assert response.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"


async def test_what_a_field_refuses_stands_beside_the_data(http: httpx.AsyncClient) -> None:
    response = await ask(http, {"query": "{ hello missing }"})

    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "hello you", "missing": None}
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("accept", ["image/png", "text/plain", "application/json;q=0"])
async def test_who_takes_no_answer_that_there_is_gets_406_and_runs_nothing(
    http: httpx.AsyncClient, world: World, accept: str
) -> None:
    response = await ask(http, {"query": 'mutation { shout(text: "a") }'}, accept=accept)

    assert (response.status_code, code_of(response), world.shouted) == (406, "BAD_USER_INPUT", [])


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"])
async def test_a_post_that_any_page_could_send_runs_nothing_without_a_proof(http: httpx.AsyncClient, kind: str) -> None:
    response = await http.post("/graphql", content=TYPENAME, headers={"content-type": kind})

    assert (response.status_code, code_of(response)) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "kind",
    [
        *("application/x-www-form-urlencoded", "text/plain", "application/graphql", "application/xml", ""),
        *("application/json; charset=utf-16", 'application/json;charset="latin-1"', "application/json, text/plain"),
        "multipart/form-data; boundary=x; charset=base64",
    ],
)
async def test_another_content_type_is_not_taken(http: httpx.AsyncClient, kind: str) -> None:
    response = await http.post("/graphql", content=TYPENAME, headers=PROOF | {"content-type": kind})

    assert (response.status_code, code_of(response)) == (415, "BAD_USER_INPUT")


async def test_a_body_without_a_content_type_is_not_taken(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", content=TYPENAME)

    assert (response.status_code, code_of(response)) == (415, "BAD_USER_INPUT")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"])
async def test_json_is_taken_however_its_type_is_spelt(http: httpx.AsyncClient, kind: str) -> None:
    response = await http.post("/graphql", content=TYPENAME, headers={"content-type": kind})

    assert response.json() == {"data": {"__typename": "Query"}}


async def test_a_get_reads_with_variables(http: httpx.AsyncClient) -> None:
    params = {"query": "query A($n: String!) { hello(name: $n) }", "operationName": "A", "variables": '{"n": "é&+"}'}

    response = await http.get("/graphql", params=params, headers=PROOF)

    assert response.json() == {"data": {"hello": "hello é&+"}}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        *("", "?nothing=1", "?query=", "?query={hello}&query={hello}", "?query={hello}&variables=[1]"),
        *(
            "?query={hello}&variables={",
            "?query={hello}&extensions=5",
            "?query=%ff",
            "?query={hello}&variables=%22x%22",
        ),
        "?query={hello}" + "".join(f"&a{n}=1" for n in range(30)),
    ],
    ids=lambda address: address[:40],
)
async def test_a_get_that_is_no_request_is_refused(http: httpx.AsyncClient, address: str) -> None:
    response = await http.get(f"/graphql{address}", headers=PROOF)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


async def test_mutations_do_not_run_by_get(http: httpx.AsyncClient, world: World) -> None:
    response = await http.get("/graphql", params={"query": 'mutation { shout(text: "a") }'}, headers=PROOF)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert (code_of(response), world.shouted) == ("BAD_USER_INPUT", [])


async def test_mutations_do_not_run_by_get_as_events_either(http: httpx.AsyncClient, world: World) -> None:
    query = {"query": 'mutation { shout(text: "a") }'}

    response = await http.get("/graphql", params=query, headers=PROOF | EVENTS)

    assert (response.status_code, world.shouted) == (405, [])


SIMPLE = [
    {"accept": "image/avif,image/webp,*/*;q=0.8"},  # <img>, by plain HTTP
    {"accept": "*/*"},  # <script>, or fetch with no-cors
    {"accept": GRAPHQL_JSON},  # any page may say so
    {"sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site"},
    {"sec-fetch-mode": "cors", "sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-mode": "cors", "sec-fetch-site": "same-site", "origin": "https://evil.example"},
    {"sec-fetch-mode": "cors", "origin": "https://evil.example"},
    {"sec-fetch-mode": "navigate", "sec-fetch-site": "none"},
    {"content-type": "text/plain"},
    {"authorization": "Basic cnVubmVyOmE="},  # which browsers add by themselves
]


@pytest.mark.parametrize("headers", SIMPLE, ids=str)
async def test_a_get_that_any_page_could_send_runs_nothing(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await http.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert (response.status_code, code_of(response)) == (403, "FORBIDDEN")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-cairn-csrf": ""},
        {"apollo-require-preflight": "true"},
        {"authorization": "Bearer ada"},
        {"content-type": "application/json"},
        {"sec-fetch-mode": "cors"},  # Node.js
        {"sec-fetch-mode": "cors", "sec-fetch-site": "same-origin"},
    ],
    ids=str,
)
async def test_a_get_that_no_other_page_could_send_is_answered(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await http.get("/graphql", params={"query": "{ hello }"}, headers=headers)

    assert response.json() == {"data": {"hello": "hello you"}}


async def test_a_browser_gets_the_page(http: httpx.AsyncClient) -> None:
    response = await http.get("/graphql", headers={"accept": "text/html,*/*;q=0.8"})

    assert response.text == "<h1>a page</h1>"


async def test_without_a_page_a_browser_gets_406(world: World) -> None:
    transport = httpx.ASGITransport(an_edge(world, page=None))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        response = await http.get("/graphql", headers={"accept": "text/html"})

    assert (response.status_code, code_of(response)) == (406, "BAD_USER_INPUT")


@pytest.mark.parametrize("send", ["get", "post"])
async def test_a_subscription_that_is_not_asked_for_as_events_is_told_how(http: httpx.AsyncClient, send: str) -> None:
    if send == "get":
        response = await http.get("/graphql", params={"query": "subscription { count(to: 1) }"}, headers=PROOF)
    else:
        response = await ask(http, {"query": "subscription { count(to: 1) }"}, accept=JSON)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")
    assert "text/event-stream" in response.json()["errors"][0]["message"]


async def test_a_body_past_the_bound_is_refused_announced_or_not(http: httpx.AsyncClient) -> None:
    large = orjson.dumps({"query": "{ __typename }", "padding": "x" * 1_000_001})

    async def in_chunks():  # type: ignore[no-untyped-def]
        for at in range(0, len(large), 65_536):
            yield large[at : at + 65_536]

    announced = await http.post("/graphql", content=large, headers=AS_JSON)
    unannounced = await http.post("/graphql", content=in_chunks(), headers=AS_JSON)

    assert (announced.status_code, unannounced.status_code) == (413, 413)
    assert (code_of(announced), code_of(unannounced)) == ("TOO_LARGE", "TOO_LARGE")


@pytest.mark.parametrize("length", ["nonsense", "-1", "9" * 5_000])
async def test_a_length_that_makes_no_sense_is_past_the_bound(http: httpx.AsyncClient, length: str) -> None:
    response = await http.post("/graphql", content=TYPENAME, headers=AS_JSON | {"content-length": length})

    assert (response.status_code, code_of(response)) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("PUT", "/graphql", 405), ("DELETE", "/graphql", 405), ("OPTIONS", "/graphql", 405)],
)
async def test_other_addresses_and_methods_answer_json_too(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    response = await http.request(method, path)

    assert response.status_code == status
    assert code_of(response) == ("NOT_FOUND" if status == 404 else "BAD_USER_INPUT")
    assert response.headers.get("allow") == ("GET, POST" if status == 405 else None)


@pytest.mark.parametrize("method", ["DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/trackers/key/owntracks", "POST"),
        ("/trackers/key/osmand", "GET, POST"),
        ("/topics/name/owntracks", "POST"),
        ("/topics/name/osmand", "GET, POST"),
    ],
)
async def test_an_address_that_is_not_graphql_tells_what_it_takes(method: str, path: str, allowed: str) -> None:
    app = Starlette(routes=EVENT_ROUTES, exception_handlers={405: plain_refusal})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        response = await http.request(method, path)

    assert (response.status_code, response.headers["allow"]) == (405, allowed)
    told = response.json()["errors"][0]["message"]
    assert told == f"This address takes {allowed.replace(', ', ' and ')}, and no other method."


async def test_a_page_of_another_origin_reads_nothing_unless_it_is_named(http: httpx.AsyncClient) -> None:
    foreign = await ask(http, {"query": "{ hello }"}, origin="https://elsewhere.example")
    named = await ask(http, {"query": "{ hello }"}, origin=ALLOWED)

    assert "access-control-allow-origin" not in foreign.headers
    assert named.headers["access-control-allow-origin"] == ALLOWED


async def test_a_preflight_of_another_origin_is_refused_in_json(http: httpx.AsyncClient) -> None:
    asking = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}

    foreign = await http.options("/graphql", headers=asking | {"origin": "https://elsewhere.example"})
    named = await http.options("/graphql", headers=asking | {"origin": ALLOWED})

    assert (foreign.status_code, code_of(foreign)) == (400, "FORBIDDEN")
    assert "access-control-allow-origin" not in foreign.headers
    assert (named.status_code, named.headers["access-control-allow-headers"]) == (200, "content-type")


async def test_an_operation_ends_when_its_client_hangs_up(online: httpx.AsyncClient, world: World) -> None:
    asking = asyncio.create_task(ask(online, {"query": "{ endless }"}))
    await world.began.wait()
    asking.cancel()

    async with asyncio.timeout(10):
        await world.ended.wait()


async def test_a_mutation_of_a_client_that_stays_runs_to_its_end(online: httpx.AsyncClient, world: World) -> None:
    response = await ask(online, {"query": 'mutation { shout(text: "on") }'})

    assert (response.json(), world.shouted) == ({"data": {"shout": "ON"}}, ["on"])


async def test_nothing_is_left_of_an_operation_that_took_its_time(online: httpx.AsyncClient, world: World) -> None:
    before = len(asyncio.all_tasks())
    asking = asyncio.create_task(ask(online, {"query": "{ endless }"}))
    await world.began.wait()
    asking.cancel()
    await world.ended.wait()
    await ask(online, {"query": "{ hello }"})

    async def gone() -> bool:
        return len(asyncio.all_tasks()) <= before + 1  # one for the connection that is kept

    await eventually(gone)


async def test_the_application_answers_the_same_way(ada: Athlete) -> None:
    response = await ada.http.post("/graphql", content=b"[]", headers=AS_JSON)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")
