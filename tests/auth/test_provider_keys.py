"""Which of a provider's keys are used, and which key may have signed which token."""

from typing import Any

import pytest

from infrastructure.auth.oidc import OidcTokens, UnknownKey
from tests.factories.tokens import KeyPair, Provider, a_token, an_ec_key, an_rsa_key, the_claims


@pytest.mark.parametrize(
    "members",
    [
        {"use": "enc"},
        {"use": 7},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"alg": "RSA-OAEP"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"kty": "oct"},
        {"kty": "EC"},
        {"n": "AQAB"},
        {"n": 7},
        {"n": "A" * 5000},
        {"e": "AA"},
        {"e": None},
        {"e": "A" * 200},
        {"kid": 7},
    ],
)
async def test_a_key_that_cannot_or_may_not_check_signatures_is_not_used(
    provider: Provider, tokens: OidcTokens, members: dict[str, Any]
) -> None:
    provider.keys = [an_rsa_key().published(**members), an_ec_key().published()]
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


@pytest.mark.parametrize("members", [{"x": "AQAB"}, {"y": None}, {"crv": "P-521"}, {"crv": "secp256k1"}, {"crv": []}])
async def test_a_point_that_is_not_on_its_curve_is_no_key(
    provider: Provider, tokens: OidcTokens, members: dict[str, Any]
) -> None:
    provider.keys = [an_ec_key().published(**members), an_rsa_key().published()]
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(an_ec_key(), the_claims(provider.url)))


async def test_an_rsa_key_below_2048_bits_is_not_used(provider: Provider, tokens: OidcTokens) -> None:
    short = an_rsa_key("short", bits=1024)
    provider.keys = [short.published(), an_ec_key().published()]
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(short, the_claims(provider.url)))


async def test_a_key_longer_than_any_real_one_is_not_used(provider: Provider, tokens: OidcTokens) -> None:
    swollen = "A" * 2000 + an_rsa_key().published()["n"]
    provider.keys = [an_rsa_key().published(n=swollen), an_ec_key().published()]
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_junk_among_the_keys_does_not_hide_the_good_ones(provider: Provider, tokens: OidcTokens) -> None:
    provider.keys = [7, None, [], {}, {"kty": "RSA"}, {"kty": ["RSA"]}, an_rsa_key().published()]  # type: ignore[list-item]
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_of_two_keys_with_one_id_either_may_have_signed(provider: Provider, tokens: OidcTokens) -> None:
    twins = [KeyPair("twin", "RS256", an_rsa_key(name).private) for name in ("first", "second")]
    provider.keys = [twin.published() for twin in twins]
    for twin in twins:
        assert await tokens.verify(a_token(twin, the_claims(provider.url)))


async def test_two_kinds_of_keys_may_share_an_id(provider: Provider, tokens: OidcTokens) -> None:
    pair = [KeyPair("one", "RS256", an_rsa_key().private), KeyPair("one", "ES256", an_ec_key().private)]
    provider.keys = [key.published() for key in pair]
    for key in pair:
        assert await tokens.verify(a_token(key, the_claims(provider.url)))


async def test_a_key_without_an_algorithm_checks_all_of_its_kind(provider: Provider, tokens: OidcTokens) -> None:
    provider.keys = [an_rsa_key().published(alg=None)]
    wider = KeyPair("rsa-1", "RS384", an_rsa_key().private)
    assert await tokens.verify(a_token(wider, the_claims(provider.url)))


async def test_a_token_may_leave_out_its_key_id_where_one_key_suits(provider: Provider, tokens: OidcTokens) -> None:
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url), kid=None))


async def test_a_token_must_name_its_key_where_several_suit(provider: Provider, tokens: OidcTokens) -> None:
    provider.keys = [an_rsa_key().published(), an_rsa_key("second").published()]
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url), kid=None))
