"""When a provider's keys are asked for, how long they are kept, and what happens when it is down."""

import asyncio
import threading
from typing import Any

import pytest

from domain.shared.errors import Unavailable
from infrastructure.auth.discovery import ProviderError, keys_address
from infrastructure.auth.oidc import KeysUnavailable, OidcTokens, UnknownKey
from tests.factories.tokens import (
    AUDIENCE,
    Provider,
    StoppedClock,
    a_token,
    an_ec_key,
    an_openid_provider,
    an_rsa_key,
    the_claims,
)


def test_nothing_is_asked_before_the_first_token(provider: Provider, clock: StoppedClock) -> None:
    OidcTokens(provider.url, AUDIENCE, clock)
    assert provider.fetches == 0


async def test_keys_are_asked_for_once(provider: Provider, tokens: OidcTokens) -> None:
    for _ in range(5):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    assert provider.fetches == 1


async def test_tokens_that_come_together_ask_once(provider: Provider, tokens: OidcTokens) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url))
    await asyncio.gather(*(tokens.verify(token) for _ in range(50)))
    assert provider.fetches == 1


async def test_a_new_key_is_found_at_once(provider: Provider, tokens: OidcTokens) -> None:
    await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    provider.keys.append(an_rsa_key("rotated").published())
    assert await tokens.verify(a_token(an_rsa_key("rotated"), the_claims(provider.url)))


async def test_unknown_keys_make_one_fetch_in_ten_seconds(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    for number in range(20):
        with pytest.raises(UnknownKey):
            await tokens.verify(a_token(an_ec_key(f"unknown-{number}"), the_claims(provider.url)))
        clock.forward(seconds=0.49)
    assert provider.fetches == 2


async def test_unknown_keys_that_come_together_make_one_fetch(provider: Provider, tokens: OidcTokens) -> None:
    await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    unknown = (a_token(an_ec_key(f"unknown-{n}"), the_claims(provider.url)) for n in range(20))
    answers = await asyncio.gather(*(tokens.verify(token) for token in unknown), return_exceptions=True)
    assert {type(answer) for answer in answers} == {UnknownKey}
    assert provider.fetches == 2


async def test_an_unknown_key_is_not_asked_for_twice_on_the_first_token(provider: Provider, tokens: OidcTokens) -> None:
    with pytest.raises(UnknownKey):
        await tokens.verify(a_token(an_ec_key("unknown"), the_claims(provider.url)))
    assert provider.fetches == 1


async def test_callers_who_hang_up_do_not_make_more_fetches(provider: Provider, tokens: OidcTokens) -> None:
    provider.hold = threading.Event()
    token = a_token(an_rsa_key(), the_claims(provider.url))
    caller = asyncio.create_task(tokens.verify(token))
    assert await asyncio.to_thread(provider.asked.wait, 5)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    provider.hold.set()
    assert await tokens.verify(token)
    assert provider.fetches == 1


async def test_a_key_is_looked_up_again_ten_seconds_later(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    late = a_token(an_rsa_key("late"), the_claims(provider.url))
    await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    with pytest.raises(UnknownKey):
        await tokens.verify(late)
    provider.keys.append(an_rsa_key("late").published())
    with pytest.raises(UnknownKey):
        await tokens.verify(late)
    clock.forward(seconds=10)
    assert await tokens.verify(late)


async def test_a_key_that_is_withdrawn_is_forgotten_within_ten_minutes(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=the_claims("")["exp"] + 3600))
    await tokens.verify(token)
    provider.keys = [an_ec_key().published()]
    clock.forward(minutes=10)
    with pytest.raises(UnknownKey):
        await tokens.verify(token)


@pytest.mark.parametrize("trouble", [{"down": True}, {"junk": b"<html>"}, {"junk": b"[]"}, {"keys": []}])
async def test_known_keys_go_on_working_while_the_provider_is_in_trouble(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock, trouble: dict[str, Any]
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=the_claims("")["exp"] + 360_000))
    await tokens.verify(token)
    vars(provider).update(trouble)
    for _ in range(5):
        clock.forward(hours=1)
        assert await tokens.verify(token)


async def test_nobody_waits_for_a_provider_that_was_in_trouble_while_keys_are_known(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=the_claims("")["exp"] + 3600))
    await tokens.verify(token)
    provider.down = True
    clock.forward(minutes=10)
    await tokens.verify(token)
    asked = provider.fetches
    provider.down = False
    clock.forward(seconds=10)
    assert await tokens.verify(token)
    assert provider.fetches == asked


async def test_known_keys_go_on_working_when_nobody_listens_any_more(clock: StoppedClock) -> None:
    with an_openid_provider() as provider:
        provider.keys = [an_rsa_key().published()]
        tokens = OidcTokens(provider.url, AUDIENCE, clock)
        token = a_token(an_rsa_key(), the_claims(provider.url, exp=the_claims("")["exp"] + 3600))
        await tokens.verify(token)
    clock.forward(minutes=11)
    assert await tokens.verify(token)
    await tokens.close()


async def test_a_new_key_cannot_be_told_while_the_provider_is_down(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    provider.down = True
    clock.forward(seconds=1)
    with pytest.raises(KeysUnavailable):
        await tokens.verify(a_token(an_rsa_key("rotated"), the_claims(provider.url)))


async def test_without_any_keys_the_caller_is_told_when_to_try_again(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    provider.down = True
    token = a_token(an_rsa_key(), the_claims(provider.url))
    with pytest.raises(Unavailable):
        await tokens.verify(token)
    clock.forward(seconds=4)
    with pytest.raises(Unavailable) as refused:
        await tokens.verify(token)
    assert refused.value.retry_after_ms == 6000


async def test_a_provider_that_comes_back_is_found_again(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url))
    provider.down = True
    with pytest.raises(Unavailable):
        await tokens.verify(token)
    provider.down = False
    clock.forward(seconds=10)
    assert await tokens.verify(token)


async def test_a_clock_set_back_does_not_lengthen_the_pause(
    provider: Provider, tokens: OidcTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, nbf=None))
    provider.down = True
    with pytest.raises(Unavailable):
        await tokens.verify(token)
    provider.down = False
    clock.forward(hours=-5)
    assert await tokens.verify(token)


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"jwks_uri": None},
        {"jwks_uri": 7},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "http://[::1"},
        {"jwks_uri": "http://"},
        {"jwks_uri": "http://a b/"},
    ],
)
async def test_a_provider_that_describes_itself_wrongly_is_not_asked_for_keys(
    provider: Provider, tokens: OidcTokens, discovery: dict[str, Any]
) -> None:
    provider.discovery = discovery
    with pytest.raises(KeysUnavailable):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
    assert provider.fetches == 0


@pytest.mark.parametrize("junk", [b"", b"{", b"null", b"\xff", b"[" * 5000, b'{"keys": {}}', b" " * 1_000_001 + b"{}"])
async def test_junk_from_a_provider_is_no_answer(provider: Provider, tokens: OidcTokens, junk: bytes) -> None:
    provider.junk = junk
    with pytest.raises(KeysUnavailable):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


async def test_an_answer_past_a_megabyte_is_not_read(provider: Provider, tokens: OidcTokens) -> None:
    provider.discovery = {"padding": "x" * 1_000_000}
    with pytest.raises(KeysUnavailable):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))


def test_a_provider_on_https_may_not_keep_its_keys_on_http() -> None:
    with pytest.raises(ProviderError, match="as safe as itself"):
        keys_address({"issuer": "https://id.example", "jwks_uri": "http://id.example/jwks"}, "https://id.example")


async def test_a_provider_that_sends_elsewhere_is_not_followed(provider: Provider, tokens: OidcTokens) -> None:
    provider.moved_to = "/elsewhere"
    with pytest.raises(KeysUnavailable):
        await tokens.verify(a_token(an_rsa_key(), the_claims(provider.url)))
