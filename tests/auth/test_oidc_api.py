"""The application in OIDC mode: tokens of a real provider on loopback, mapped to athletes and scopes."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any
from uuid import uuid1

import httpx
import pytest
from starlette.applications import Starlette

from app.main import create_app
from configuration.settings import AuthMode, Settings
from tests.factories.tokens import AUDIENCE, KeyPair, Provider, a_token, an_rsa_key, the_claims

CREATE = 'mutation { createPlan(input: {name: "P", startDate: "2026-01-05", endDate: "2026-03-01"}) { plan { id } } }'


@pytest.fixture
async def oidc_app(settings: Settings, provider: Provider) -> AsyncIterator[Starlette]:
    oidc = replace(settings, auth_mode=AuthMode.OIDC, oidc_issuer=provider.url, oidc_audience=AUDIENCE)
    application = create_app(oidc)
    async with application.router.lifespan_context(application):
        yield application


Ask = Callable[..., Any]


@pytest.fixture
async def ask(oidc_app: Starlette, provider: Provider) -> AsyncIterator[Ask]:
    """Sends a query with a token made of today's claims and those given."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(oidc_app), base_url="http://test") as http:

        async def send(query: str, *, key: KeyPair | None = None, **claims: Any) -> dict[str, Any]:
            now = int(time.time())
            lifetime = {"iat": now - 10, "nbf": now - 10, "exp": now + 300}
            token = a_token(key or an_rsa_key(), the_claims(provider.url, **{**lifetime, **claims}))
            response = await http.post("/graphql", json={"query": query}, headers={"authorization": f"Bearer {token}"})
            answer: dict[str, Any] = response.json()
            return answer

        yield send


async def test_keycloak_s_realm_roles_become_scopes(ask: Ask) -> None:
    roles = {"realm_access": {"roles": ["training:read", "training:write", "offline_access"]}, "scope": "openid email"}

    answer = await ask("{ viewer { scopes } }", **roles)

    assert answer["data"]["viewer"]["scopes"] == ["training:read", "training:write"]


async def test_the_same_subject_is_the_same_athlete_and_another_is_not(ask: Ask) -> None:
    ann, ben = f"ann-{uuid1()}", f"ben-{uuid1()}"

    first = await ask("{ viewer { id displayName } }", sub=ann, name="Ann Arbor")
    again = await ask("{ viewer { id displayName } }", sub=ann, name="Ann Elsewhere")
    other = await ask("{ viewer { id } }", sub=ben)

    assert first["data"]["viewer"]["displayName"] == "Ann Arbor"
    assert first == again
    assert other["data"]["viewer"]["id"] != first["data"]["viewer"]["id"]


async def test_a_token_without_the_scope_may_not_write(ask: Ask) -> None:
    answer = await ask(CREATE, scope="training:read")

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("claims", "told"),
    [({"exp": 1}, "expired"), ({"aud": "another"}, "audience"), ({"iss": "https://elsewhere.example"}, "issue")],
)
async def test_a_token_that_is_not_good_is_told_why(ask: Ask, claims: dict[str, Any], told: str) -> None:
    answer = await ask("{ viewer { id } }", **claims)

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert told in answer["errors"][0]["message"]


async def test_a_rotated_key_is_fetched_when_its_first_token_comes(ask: Ask, provider: Provider) -> None:
    await ask("{ viewer { id } }")
    fresh = an_rsa_key("rsa-2")
    provider.keys = [fresh.published()]

    answer = await ask("{ viewer { id } }", key=fresh)

    assert "errors" not in answer


async def test_graphiql_holds_no_token_when_a_provider_makes_them(oidc_app: Starlette) -> None:
    transport = httpx.ASGITransport(oidc_app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as http:
        page = await http.get("/graphql", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert '"token": null' in page.text
