"""What an OpenID provider's token may say, and what of it is believed."""

from typing import Any

import pytest

from domain.shared.errors import Unauthenticated
from domain.shared.viewer import Scope
from infrastructure.auth.claims import TokenExpired, TokenNotYetValid
from infrastructure.auth.oidc import OidcTokens
from tests.factories.tokens import AUDIENCE, NOON, Provider, StoppedClock, a_token, an_ec_key, an_rsa_key, the_claims


@pytest.mark.parametrize("algorithm", ["RS256", "RS512", "PS256"])
async def test_a_token_signed_with_rsa_is_believed(provider: Provider, tokens: OidcTokens, algorithm: str) -> None:
    key = an_rsa_key("rsa", algorithm)
    provider.keys = [key.published()]
    assert (await tokens.verify(a_token(key, the_claims(provider.url)))).subject == "runner-7"


async def test_a_token_signed_with_an_elliptic_curve_is_believed(provider: Provider, tokens: OidcTokens) -> None:
    assert (await tokens.verify(a_token(an_ec_key(), the_claims(provider.url)))).subject == "runner-7"


async def test_what_a_token_says_comes_out_as_claims(provider: Provider, tokens: OidcTokens) -> None:
    said = the_claims(provider.url, name="Ana Trail", email="ana@example.org")
    claims = await tokens.verify(a_token(an_rsa_key(), said))
    assert (claims.issuer, claims.name, claims.email) == (provider.url, "Ana Trail", "ana@example.org")
    assert claims.expires_at.timestamp() == NOON.timestamp() + 300


async def test_the_user_name_stands_in_for_a_missing_name(provider: Provider, tokens: OidcTokens) -> None:
    claims = await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, name=" ", preferred_username="ana")))
    assert claims.name == "ana"


@pytest.mark.parametrize(
    "said",
    [
        {"scope": "openid training:read events:read"},
        {"scope": ["openid", "training:read", "events:read"]},
        {"scope": None, "scp": ["training:read", "events:read"]},
        {"scope": None, "scp": "training:read events:read"},
        {"scope": None, "realm_access": {"roles": ["offline_access", "training:read", "events:read"]}},
        {"scope": "training:read", "resource_access": {AUDIENCE: {"roles": ["events:read"]}}},
    ],
)
async def test_scopes_are_found_wherever_a_provider_puts_them(
    provider: Provider, tokens: OidcTokens, said: dict[str, Any]
) -> None:
    claims = await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, **said)))
    assert claims.scopes == {Scope.TRAINING_READ, Scope.EVENTS_READ}


@pytest.mark.parametrize(
    "said",
    [
        {"scope": None},
        {"scope": 7},
        {"scope": {"training:read": True}},
        {"scope": [["training:read"], {"a": 1}, None]},
        {"scope": "TRAINING:READ training:*"},
        {"scope": None, "realm_access": ["training:read"]},
        {"scope": None, "realm_access": {"roles": {"training:read": {"roles": ["training:read"]}}}},
        {"scope": None, "realm_access": {"roles": [[["training:read"]], 1e308, {"roles": "training:read"}]}},
        {"scope": None, "resource_access": {"another-api": {"roles": ["operations"]}}},
        {"scope": None, "resource_access": {AUDIENCE: "operations"}},
    ],
)
async def test_junk_in_place_of_scopes_grants_nothing(
    provider: Provider, tokens: OidcTokens, said: dict[str, Any]
) -> None:
    claims = await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, **said)))
    assert claims.scopes == frozenset()


@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], ["account", AUDIENCE]])
async def test_one_audience_of_several_is_enough(provider: Provider, tokens: OidcTokens, audience: Any) -> None:
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, aud=audience)))


@pytest.mark.parametrize(
    "audience", [None, "", "another-api", ["account"], [[AUDIENCE]], {AUDIENCE: 1}, AUDIENCE + "2"]
)
async def test_a_foreign_audience_is_refused(provider: Provider, tokens: OidcTokens, audience: Any) -> None:
    with pytest.raises(Unauthenticated, match="another service"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, aud=audience)))


@pytest.mark.parametrize("tail", ["/", "x", "/realms/other"])
async def test_a_foreign_issuer_is_refused(provider: Provider, tokens: OidcTokens, tail: str) -> None:
    with pytest.raises(Unauthenticated, match="another issuer"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url + tail)))


@pytest.mark.parametrize("subject", [None, "", 7, ["runner-7"], "x" * 256, "a\x00b", "a\nb"])
async def test_a_token_for_nobody_is_refused(provider: Provider, tokens: OidcTokens, subject: Any) -> None:
    with pytest.raises(Unauthenticated, match="for whom"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, sub=subject)))


async def test_a_token_works_up_to_half_a_minute_past_its_end(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    clock.forward(seconds=300 + 29)
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_an_expired_token_is_refused(provider: Provider, tokens: OidcTokens, clock: StoppedClock) -> None:
    clock.forward(seconds=300 + 30)
    with pytest.raises(TokenExpired):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_a_token_works_half_a_minute_before_its_beginning(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    clock.forward(seconds=-30)
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_a_token_that_is_not_yet_valid_is_refused(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    clock.forward(seconds=-31)
    with pytest.raises(TokenNotYetValid):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_a_token_without_a_beginning_is_believed(provider: Provider, tokens: OidcTokens) -> None:
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, nbf=None)))


@pytest.mark.parametrize("claim", ["exp", "nbf"])
@pytest.mark.parametrize("time", ["1e10", "soon", True, [1], {}, float("nan"), float("inf"), -1, 1e300, 10**30, "ten"])
async def test_a_time_that_is_none_is_refused(provider: Provider, tokens: OidcTokens, claim: str, time: Any) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, **{claim: time})))


async def test_a_token_that_never_expires_is_refused(provider: Provider, tokens: OidcTokens) -> None:
    with pytest.raises(Unauthenticated, match="never expires"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, exp=None)))


@pytest.mark.parametrize("email", ["not an address", 7, "a@" + "b" * 254, "a\x00@b.org"])
async def test_an_address_that_is_none_is_left_out(provider: Provider, tokens: OidcTokens, email: Any) -> None:
    assert (await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, email=email)))).email is None
