"""A real OpenID provider (npm oidc-provider) whose tokens look like Keycloak's: taken, mapped, rotated, and down."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from configuration.settings import Settings
from infrastructure.machine.clock import SystemClock
from tests.auth.listening import Cairn, a_cairn
from tests.auth.node_provider import CAIRN, CAIRN_BY_RSA, OPAQUE, WEATHER, NodeProvider, a_node_provider
from tests.conftest import a_data_folder, a_live_server
from tests.factories.tokens import AUDIENCE, an_ec_key

TRY_AGAIN_LATER = 1013  # RFC 6455 has it from IANA's registry

WHO = "{ viewer { displayName scopes } }"
FIRST, SECOND = an_ec_key("first"), an_ec_key("second")


@dataclass
class ClockAhead:
    """The machine's clock, ahead by as much as a test says: the provider's tokens are of this very hour."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead

    def forward(self, **span: float) -> None:
        self.ahead += timedelta(**span)


@pytest.fixture(scope="module")
def standing() -> Iterator[NodeProvider]:
    with a_node_provider(FIRST) as provider:
        yield provider


@pytest.fixture(scope="module")
async def cairn(settings: Settings, standing: NodeProvider) -> AsyncIterator[Cairn]:
    async with a_cairn(settings, standing.url) as cairn:
        yield cairn


@pytest.fixture
def restarting() -> Iterator[NodeProvider]:
    """A provider for one test, which may stop it."""
    with a_node_provider(FIRST) as provider:
        yield provider


@pytest.fixture
def clock() -> ClockAhead:
    return ClockAhead()


@pytest.fixture
async def dependent(settings: Settings, restarting: NodeProvider, clock: ClockAhead) -> AsyncIterator[Cairn]:
    """A Cairn that believes the provider of one test, by a clock that the test can put forward."""
    async with a_cairn(settings, restarting.url, clock) as cairn:
        yield cairn


def code(response: httpx.Response) -> tuple[int, str]:
    """How a request was refused."""
    answer: dict[str, Any] = response.json()
    assert not (answer.get("data") or {}).get("viewer")
    return response.status_code, answer["errors"][0]["extensions"]["code"]


@pytest.mark.parametrize("resource", [CAIRN, CAIRN_BY_RSA])
async def test_a_provider_s_token_makes_an_athlete(cairn: Cairn, standing: NodeProvider, resource: str) -> None:
    answer = await cairn.ask(standing.token("ben", resource=resource), WHO)

    assert answer == {"data": {"viewer": {"displayName": "Ben Road", "scopes": ["training:read"]}}}


async def test_keycloak_s_roles_are_scopes_and_those_of_other_services_are_not(
    cairn: Cairn, standing: NodeProvider
) -> None:
    answer = await cairn.ask(standing.token("ada", scope="openid training:read weather:read"), WHO)

    scopes = ["events:read", "training:read", "training:write"]
    assert answer == {"data": {"viewer": {"displayName": "ada.trail", "scopes": scopes}}}


@pytest.mark.parametrize("name", ["Authorization", "token"])
async def test_a_socket_takes_the_provider_s_token(cairn: Cairn, standing: NodeProvider, name: str) -> None:
    token = standing.token("ben")

    told = await cairn.ask_by_socket({name: token if name == "token" else f"Bearer {token}"}, WHO)

    assert told["payload"]["data"]["viewer"]["displayName"] == "Ben Road"


async def test_tokens_of_one_client_are_one_athlete(cairn: Cairn, standing: NodeProvider) -> None:
    tokens = standing.token("ben"), standing.token("ben"), standing.token("ada")

    same, again, other = [(await cairn.ask(token))["data"]["viewer"]["id"] for token in tokens]

    assert same == again != other


@pytest.mark.parametrize("resource", [WEATHER, OPAQUE])
async def test_a_token_for_another_service_or_use_is_refused(
    cairn: Cairn, standing: NodeProvider, resource: str
) -> None:
    token = standing.token("ada", resource=resource)

    assert code(await cairn.post(f"Bearer {token}")) == (200, "UNAUTHENTICATED")
    assert (await cairn.ask_by_socket({"token": token}))["closed"] == 4403


async def test_a_token_without_the_role_may_not_write(cairn: Cairn, standing: NodeProvider) -> None:
    plan = 'createPlan(input: {name: "P", startDate: "2026-01-05", endDate: "2026-03-01"}) { plan { name } }'

    ben = await cairn.ask(standing.token("ben"), f"mutation {{ {plan} }}")
    ada = await cairn.ask(standing.token("ada"), f"mutation {{ {plan} }}")

    assert ben["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert ada["data"]["createPlan"]["plan"]["name"] == "P"


async def test_known_keys_outlive_the_provider(dependent: Cairn, restarting: NodeProvider, clock: ClockAhead) -> None:
    seen, unseen = restarting.token("ada"), restarting.token("ben")
    await dependent.ask(seen)
    restarting.stop()

    for minutes in (0, 2, 20):
        clock.forward(minutes=minutes)
        assert (await dependent.ask(seen))["data"]["viewer"]
        assert (await dependent.ask(unseen))["data"]["viewer"]


async def test_a_new_key_has_to_wait_for_a_provider_that_is_down(
    dependent: Cairn, restarting: NodeProvider, clock: ClockAhead
) -> None:
    await dependent.ask(restarting.token())
    restarting.stop()
    restarting.start(SECOND)
    token = restarting.token()
    restarting.stop()

    while_down = await dependent.post(f"Bearer {token}")
    by_socket = await dependent.ask_by_socket({"token": token})
    restarting.start(SECOND)
    clock.forward(milliseconds=while_down.json()["errors"][0]["extensions"]["retryAfterMs"])
    back = await dependent.ask(token)

    assert code(while_down) == (503, "UNAVAILABLE")
    assert int(while_down.headers["retry-after"]) >= 1
    assert by_socket["closed"] == TRY_AGAIN_LATER
    assert back["data"]["viewer"]


async def test_rotated_keys_are_taken_at_once(dependent: Cairn, restarting: NodeProvider) -> None:
    await dependent.ask(restarting.token())
    restarting.stop()
    restarting.start(SECOND)

    assert (await dependent.ask(restarting.token()))["data"]["viewer"]


async def test_a_withdrawn_key_ends_within_eleven_minutes(
    dependent: Cairn, restarting: NodeProvider, clock: ClockAhead
) -> None:
    old = restarting.token()
    await dependent.ask(old)
    clock.forward(minutes=9, seconds=50)
    await dependent.ask(old)
    restarting.stop()
    restarting.start(SECOND)
    clock.forward(minutes=1, seconds=10)

    assert code(await dependent.post(f"Bearer {old}")) == (200, "UNAUTHENTICATED")


async def test_a_token_ends_when_it_expires(dependent: Cairn, restarting: NodeProvider, clock: ClockAhead) -> None:
    token = restarting.token()
    await dependent.ask(token)
    clock.forward(hours=1, seconds=31)

    assert code(await dependent.post(f"Bearer {token}")) == (200, "UNAUTHENTICATED")


async def test_cairn_serve_believes_the_provider_that_its_settings_name(standing: NodeProvider) -> None:
    oidc = {"CAIRN_AUTH_MODE": "oidc", "CAIRN_OIDC_ISSUER": standing.url, "CAIRN_OIDC_AUDIENCE": AUDIENCE}
    with a_data_folder() as folder, a_live_server(folder, **oidc) as server:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=20) as http:
            live = Cairn(server.url.removeprefix("http://"), http)
            good, bad = standing.token("ben"), standing.token("ben", resource=WEATHER)

            assert (await live.ask(good, WHO))["data"]["viewer"]["displayName"] == "Ben Road"
            assert (await live.ask_by_socket({"token": good}, WHO))["payload"]["data"]["viewer"]
            assert code(await live.post(f"Bearer {bad}")) == (200, "UNAUTHENTICATED")
            assert (await live.ask_by_socket({"token": bad}))["closed"] == 4403
