"""The checks of graphql-cop, written out, against Cairn as it is set up in production: none of them finds anything.

They come as the tool's do: over HTTP, from nobody in particular (https://github.com/dolevf/graphql-cop).
"""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from configuration.settings import Settings
from tests.factories.production import as_in_production


@pytest.fixture(scope="module")
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with as_in_production(settings) as client:
        yield client


async def post(http: httpx.AsyncClient, query: str) -> dict[str, Any]:
    response = await http.post("/graphql", json={"query": query})
    answer: dict[str, Any] = response.json()
    return answer


def code_of(answer: dict[str, Any]) -> str:
    assert answer.get("data") is None
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def test_the_endpoint_is_there_at_all(http: httpx.AsyncClient) -> None:
    assert await post(http, "query { __typename }") == {"data": {"__typename": "Query"}}


async def test_alias_overloading(http: httpx.AsyncClient) -> None:
    answer = await post(http, "query { " + " ".join(f"alias{n}:__typename" for n in range(101)) + " }")

    assert code_of(answer) == "LIMIT_EXCEEDED"


async def test_batch_queries(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json=[{"query": "query { __typename }"}] * 11)

    assert response.status_code == 400
    assert code_of(response.json()) == "BAD_USER_INPUT"


async def test_directive_overloading(http: httpx.AsyncClient) -> None:
    answer = await post(http, "query { __typename " + "@aa" * 10 + " }")

    assert code_of(answer) == "BAD_USER_INPUT"
    assert len(answer["errors"]) <= 5


async def test_circular_query_by_introspection(http: httpx.AsyncClient) -> None:
    deep = "fields { type { " * 4 + "name" + " } }" * 4

    assert code_of(await post(http, f"query {{ __schema {{ types {{ {deep} }} }} }}")) == "BAD_USER_INPUT"


async def test_circular_fragments(http: httpx.AsyncClient) -> None:
    fragments = "fragment A on __Schema { __typename ...B } fragment B on __Schema { ...A }"

    assert code_of(await post(http, f"query {{ __schema {{ ...A }} }} {fragments}")) == "BAD_USER_INPUT"


async def test_field_duplication(http: httpx.AsyncClient) -> None:
    assert code_of(await post(http, "query { " + "__typename \n" * 500 + "}")) == "LIMIT_EXCEEDED"


@pytest.mark.parametrize("query", ["query { __schema { directive } }", "{ vieweR { id } }", "{ viewer { emai } }"])
async def test_field_suggestions(http: httpx.AsyncClient, query: str) -> None:
    answer = await post(http, query)

    assert code_of(answer) == "BAD_USER_INPUT"
    assert "Did you mean" not in str(answer)


async def test_mutations_by_get(http: httpx.AsyncClient) -> None:
    response = await http.get("/graphql", params={"query": "mutation {__typename}"})

    assert response.status_code >= 400
    assert "data" not in response.json()


async def test_queries_by_get_that_any_page_could_send(http: httpx.AsyncClient) -> None:
    response = await http.get("/graphql", params={"query": "{__typename}"})

    assert response.status_code >= 400
    assert "data" not in response.json()


@pytest.mark.parametrize("query", ["query {__typename}", "mutation {__typename}"])
@pytest.mark.parametrize("where", ["data", "params"])
async def test_url_encoded_posts(http: httpx.AsyncClient, where: str, query: str) -> None:
    response = await http.request("POST", "/graphql", **{where: {"query": query}})  # type: ignore[arg-type]

    assert response.status_code >= 400
    assert "data" not in response.json()


@pytest.mark.parametrize("path", ["/graphiql", "/playground", "/console", "/graphql", "/graphiql/start.js", "/"])
async def test_graphiql(http: httpx.AsyncClient, path: str) -> None:
    response = await http.get(path, headers={"accept": "text/html"})

    assert response.status_code >= 400
    assert not any(word in response.text.lower() for word in ("graphiql", "playground", "<html"))


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name fields { name } } } }", '{ __type(name: "Run") { fields { name } } }']
)
async def test_introspection(http: httpx.AsyncClient, query: str) -> None:
    assert code_of(await post(http, query)) == "BAD_USER_INPUT"


@pytest.mark.parametrize("query", ["query { __typename }", "query { viewer { id } }", "query { nothing }", "{"])
async def test_trace_mode(http: httpx.AsyncClient, query: str) -> None:
    answer = str(await post(http, query)).lower()

    assert not any(word in answer for word in ("tracing", "stacktrace", "traceback", "exception", ".py"))


async def test_unhandled_errors(http: httpx.AsyncClient) -> None:
    answer = await post(http, "qwerty cop { abc }")

    assert code_of(answer) == "BAD_USER_INPUT"
    assert set(answer["errors"][0]["extensions"]) <= {"code", "requestId"}
