"""Tokens made to be believed that must not be."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.shared.errors import Unauthenticated, Unavailable
from domain.shared.viewer import Scope
from infrastructure.auth.claims import LEEWAY
from infrastructure.auth.oidc import OidcTokens, UnknownKey
from infrastructure.auth.tokens import BadToken
from tests.factories.tokens import NOON, KeyPair, Provider, a_token, an_rsa_key, forged, rs256, the_claims

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("name", ["none", "None", "NONE", "", None, 0, ["RS256"], "HS256", "HS512", "dir", "RSA-OAEP"])
async def test_an_algorithm_outside_of_the_list_is_refused(provider: Provider, tokens: OidcTokens, name: Any) -> None:
    with pytest.raises(BadToken, match="not signed in a way"):
        await tokens.verify(forged({"alg": name, "kid": "rsa-1"}, the_claims(provider.url)))


@pytest.mark.parametrize("secret", [an_rsa_key().public_pem, an_rsa_key().public_pem.strip(), b""])
async def test_the_public_key_is_no_secret_to_sign_with(provider: Provider, tokens: OidcTokens, secret: bytes) -> None:
    token = forged(
        {"alg": "HS256", "kid": "rsa-1"},
        the_claims(provider.url),
        sign=lambda text: hmac.digest(secret, text, hashlib.sha256),
    )
    with pytest.raises(BadToken, match="not signed in a way"):
        await tokens.verify(token)


async def test_a_key_that_signed_nothing_here_is_refused(provider: Provider, tokens: OidcTokens) -> None:
    stranger = KeyPair("rsa-1", "RS256", an_rsa_key("stranger").private)
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(stranger, the_claims(provider.url)))


async def test_a_key_that_comes_with_the_token_is_not_used(provider: Provider, tokens: OidcTokens) -> None:
    stranger = an_rsa_key("stranger")
    own = {"jwk": stranger.published(), "jku": f"{provider.url}/elsewhere", "x5u": f"{provider.url}/elsewhere"}
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(stranger, the_claims(provider.url), **own))


@pytest.mark.parametrize(("kid", "algorithm"), [("rsa-1", "ES256"), ("ec-1", "RS256"), ("rsa-1", "PS256")])
async def test_a_key_is_not_taken_for_another_kind(
    provider: Provider, tokens: OidcTokens, kid: str, algorithm: str
) -> None:
    with pytest.raises(UnknownKey):
        await tokens.verify(
            forged({"alg": algorithm, "kid": kid}, the_claims(provider.url), sign=lambda text: b"x" * 64)
        )


async def test_an_rsa_key_under_the_kid_of_a_curve_does_not_sign_for_it(provider: Provider, tokens: OidcTokens) -> None:
    crossed = KeyPair("ec-1", "RS256", an_rsa_key().private)
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(crossed, the_claims(provider.url)))


async def test_claims_changed_after_signing_are_refused(provider: Provider, tokens: OidcTokens) -> None:
    good = a_token(an_rsa_key(), the_claims(provider.url)).split(".")
    other = forged({}, the_claims(provider.url, scope="operations")).split(".")
    with pytest.raises(UnknownKey):
        await tokens.verify(".".join([good[0], other[1], good[2]]))


@pytest.mark.parametrize("signature", [b"", b"\x00" * 64, b"\x00" * 256, b"\xff" * 4000])
@pytest.mark.parametrize(("kid", "algorithm"), [("rsa-1", "RS256"), ("pss-1", "PS256"), ("ec-1", "ES256")])
async def test_an_empty_or_made_up_signature_is_refused(
    provider: Provider, tokens: OidcTokens, kid: str, algorithm: str, signature: bytes
) -> None:
    provider.keys.append(an_rsa_key("pss-1", "PS256").published())
    token = forged({"alg": algorithm, "kid": kid}, the_claims(provider.url), sign=lambda text: signature)
    with pytest.raises(UnknownKey):
        await tokens.verify(token)


@pytest.mark.parametrize("kid", ["k" * 5000, "", 7, ["rsa-1"], {"kid": "rsa-1"}, True, "a\x00b", "a\nb"])
async def test_a_hostile_key_id_is_refused_without_asking_the_provider(
    provider: Provider, tokens: OidcTokens, kid: Any
) -> None:
    with pytest.raises(BadToken, match="key id"):
        await tokens.verify(forged({"alg": "RS256", "kid": kid}, the_claims(provider.url)))
    assert provider.fetches == 0


@pytest.mark.parametrize("kid", ["../../../etc/passwd", "/dev/null", "http://127.0.0.1/keys", "' OR 1=1 --", "none"])
async def test_a_key_id_is_only_ever_compared(provider: Provider, tokens: OidcTokens, kid: str) -> None:
    with pytest.raises(UnknownKey):
        await tokens.verify(
            forged({"alg": "RS256", "kid": kid}, the_claims(provider.url), sign=lambda text: b"x" * 256)
        )


async def test_a_token_past_8_kb_is_refused_before_it_is_read(provider: Provider, tokens: OidcTokens) -> None:
    with pytest.raises(BadToken, match="too long"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, padding="x" * 8192)))


@pytest.mark.parametrize("extensions", [["exp"], [], ["b64"], "exp", None])
async def test_a_header_that_demands_extensions_is_refused(
    provider: Provider, tokens: OidcTokens, extensions: Any
) -> None:
    with pytest.raises(BadToken, match="extensions"):
        await tokens.verify(forged({"alg": "RS256", "kid": "rsa-1", "crit": extensions}, the_claims(provider.url)))


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "secevent+jwt", 7, {}, ""])
async def test_a_token_made_for_another_purpose_is_refused(provider: Provider, tokens: OidcTokens, kind: Any) -> None:
    with pytest.raises(BadToken, match="another purpose"):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url), typ=kind))


@pytest.mark.parametrize("kind", ["JWT", "jwt", "at+jwt", "application/at+jwt"])
async def test_the_types_of_access_tokens_are_taken(provider: Provider, tokens: OidcTokens, kind: str) -> None:
    assert await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url), typ=kind))


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d.e",
        "Bearer a.b.c",
        "a b.c.d",
        "é.é.é",
        "\ud800.a.b",
        "a.a.a\n",
        "a.b.c=",
        forged([], {}),
        forged(b"null", {}),
        forged(b"\xff\xfe", {}),
        forged({"alg": "RS256"}, b"not json"),
        forged({"alg": "RS256"}, []),
        forged(b"[" * 5000, {}),
        forged({"alg": "RS256"}, b'{"a":' * 900 + b"1" + b"}" * 900),
        forged({"alg": "RS256"}, b"[" * 5000 + b"]" * 500),
    ],
)
async def test_what_is_no_token_is_refused(provider: Provider, tokens: OidcTokens, token: str) -> None:
    with pytest.raises(BadToken):
        await tokens.verify(token)
    assert provider.fetches == 0


@pytest.mark.parametrize("time", [b"NaN", b"Infinity", b"1e400", b"-1e400", b"9" * 400, b"0x10", b'"1e3"', b"true"])
async def test_a_number_that_json_cannot_hold_is_no_time(provider: Provider, tokens: OidcTokens, time: bytes) -> None:
    claims = json.dumps(the_claims(provider.url, exp=None)).encode()[:-1] + b', "exp": ' + time + b"}"
    signer = an_rsa_key()
    token = forged({"alg": "RS256", "kid": signer.kid}, claims, sign=lambda text: rs256(signer, text))
    with pytest.raises(BadToken):
        await tokens.verify(token)


async def test_a_refusal_repeats_nothing_of_the_token(provider: Provider, tokens: OidcTokens) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url, aud="secret-service", sub="secret-runner")))
    assert "secret" not in str(refused.value)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*", fullmatch=True))
async def test_any_string_at_all_is_refused_in_words(tokens: OidcTokens, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await tokens.verify(token)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    header=st.dictionaries(st.sampled_from(["alg", "kid", "typ", "jwk"]), JSON),
    claims=st.dictionaries(st.sampled_from(["iss", "aud", "sub", "exp", "nbf", "scope"]), JSON),
)
async def test_no_unsigned_token_gets_past(
    provider: Provider, tokens: OidcTokens, header: dict[str, Any], claims: dict[str, Any]
) -> None:
    usual = {"alg": "RS256", "kid": "rsa-1"}
    with pytest.raises((Unauthenticated, Unavailable)):
        await tokens.verify(forged(usual | header, the_claims(provider.url) | claims, sign=lambda text: b"x" * 256))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(
    said=st.dictionaries(
        st.sampled_from(
            ["aud", "sub", "exp", "nbf", "scope", "scp", "name", "email", "realm_access", "resource_access"]
        ),
        JSON,
    )
)
async def test_whatever_a_genuine_token_says_it_is_claims_or_a_refusal(
    provider: Provider, tokens: OidcTokens, said: dict[str, Any]
) -> None:
    text = json.dumps(the_claims(provider.url) | said).encode()
    token = forged({"alg": "RS256", "kid": "rsa-1"}, text, sign=lambda part: rs256(an_rsa_key(), part))
    try:
        claims = await tokens.verify(token)
    except Unauthenticated:
        return
    assert claims.scopes <= frozenset(Scope)
    assert claims.expires_at > NOON - LEEWAY
