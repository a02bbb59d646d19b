"""One provider for all tests of tokens, made anew in its manners for each."""

from collections.abc import AsyncIterator, Iterator

import pytest

from infrastructure.auth.oidc import OidcTokens
from tests.factories.tokens import AUDIENCE, Provider, StoppedClock, an_ec_key, an_openid_provider, an_rsa_key


@pytest.fixture(scope="session")
def listening_provider() -> Iterator[Provider]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NO_PROXY", "127.0.0.1")
        with an_openid_provider() as provider:
            yield provider


@pytest.fixture
def provider(listening_provider: Provider) -> Provider:
    listening_provider.reset()
    listening_provider.keys = [an_rsa_key().published(), an_ec_key().published()]
    return listening_provider


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
async def tokens(provider: Provider, clock: StoppedClock) -> AsyncIterator[OidcTokens]:
    verifier = OidcTokens(provider.url, AUDIENCE, clock)
    yield verifier
    await verifier.close()
