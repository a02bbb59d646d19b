"""How long a token that was found good needs no second look, and what ends that at once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.accounts.ports import Claims
from domain.shared.errors import Unavailable
from infrastructure.auth.claims import LEEWAY, TokenExpired, TokenNotYetValid
from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.auth.oidc import OidcTokens, UnknownKey
from infrastructure.auth.tokens import BadToken
from infrastructure.auth.verified import REMEMBERED_FOR, REMEMBERED_TOKENS, VerifiedTokens
from tests.factories.tokens import NOON, Provider, StoppedClock, a_token, an_ec_key, an_rsa_key, the_claims

FOR_EVER = the_claims("")["exp"] + 360_000


class CountingCheck:
    """Finds every token good until `expires_at`, or as bad as it is told, and counts how often it was asked."""

    def __init__(self, expires_at: datetime = NOON + timedelta(days=1)) -> None:
        self.expires_at, self.asked = expires_at, 0
        self.refusal: Exception | None = None

    async def verify(self, token: str) -> Claims:
        self.asked += 1
        if self.refusal:
            raise self.refusal
        return Claims("issuer", token, frozenset(), None, None, self.expires_at)


@pytest.fixture
def check() -> CountingCheck:
    return CountingCheck()


@pytest.fixture
def verified(check: CountingCheck, clock: StoppedClock) -> VerifiedTokens:
    return VerifiedTokens(check, clock)


@pytest.fixture
def believed(tokens: OidcTokens, clock: StoppedClock) -> VerifiedTokens:
    """A provider's tokens, remembered."""
    return VerifiedTokens(tokens, clock)


async def test_a_token_that_was_good_is_not_checked_again(verified: VerifiedTokens, check: CountingCheck) -> None:
    first = await verified.verify("a.b.c")

    assert (await verified.verify("a.b.c"), check.asked) == (first, 1)


async def test_a_token_is_remembered_without_waiting(verified: VerifiedTokens) -> None:
    assert verified.remembered("a.b.c") is None
    claims = await verified.verify("a.b.c")

    assert verified.remembered("a.b.c") is claims


@pytest.mark.parametrize("other", ["a.b.", "a.b.C", "a.b.c ", "a.b.c.d", "", "é.b.c", "\ud800", "a" * 1_000_000])
async def test_another_token_is_another_s(verified: VerifiedTokens, other: str) -> None:
    await verified.verify("a.b.c")

    assert verified.remembered(other) is None


async def test_no_token_is_kept_in_memory(tmp_path: Path, clock: StoppedClock) -> None:
    local = LocalTokens(tmp_path, clock)
    verified, token = VerifiedTokens(local, clock), local.issue("Ana")
    await verified.verify(token)

    assert verified.remembered(token)
    assert not [part for part in token.split(".") if part in repr(vars(verified))]


async def test_a_token_is_checked_again_after_a_minute(
    verified: VerifiedTokens, check: CountingCheck, clock: StoppedClock
) -> None:
    await verified.verify("a.b.c")
    clock.forward(seconds=59.999)
    assert verified.remembered("a.b.c")
    clock.forward(seconds=0.001)

    assert verified.remembered("a.b.c") is None


async def test_being_asked_often_does_not_lengthen_the_minute(
    verified: VerifiedTokens, check: CountingCheck, clock: StoppedClock
) -> None:
    for _ in range(121):
        await verified.verify("a.b.c")
        clock.forward(seconds=1)

    assert check.asked == 3


async def test_a_token_is_forgotten_when_it_expires(
    verified: VerifiedTokens, check: CountingCheck, clock: StoppedClock
) -> None:
    check.expires_at = NOON - LEEWAY + timedelta(seconds=5)
    await verified.verify("a.b.c")
    clock.forward(seconds=5)

    assert verified.remembered("a.b.c") is None


async def test_a_clock_set_back_makes_a_token_be_checked_again(verified: VerifiedTokens, clock: StoppedClock) -> None:
    await verified.verify("a.b.c")
    clock.forward(seconds=-1)

    assert verified.remembered("a.b.c") is None


@pytest.mark.parametrize("refusal", [BadToken("no"), Unavailable("later")])
async def test_a_refusal_is_not_remembered(verified: VerifiedTokens, check: CountingCheck, refusal: Exception) -> None:
    check.refusal = refusal
    with pytest.raises(type(refusal)):
        await verified.verify("a.b.c")
    check.refusal = None

    assert await verified.verify("a.b.c")


async def test_of_too_many_tokens_the_one_unused_for_longest_is_forgotten(verified: VerifiedTokens) -> None:
    await verified.verify("used")
    await verified.verify("unused")
    for number in range(REMEMBERED_TOKENS - 2):
        await verified.verify(f"token {number}")
    assert verified.remembered("used")

    await verified.verify("one too many")

    assert verified.remembered("used")
    assert verified.remembered("unused") is None


async def test_a_token_whose_minute_is_over_leaves_no_trace(verified: VerifiedTokens, clock: StoppedClock) -> None:
    await verified.verify("a.b.c")
    clock.forward(minutes=1)
    verified.remembered("a.b.c")
    clock.forward(minutes=-1)

    assert verified.remembered("a.b.c") is None


@given(lifetime_s=st.integers(-29, 200), steps_s=st.lists(st.integers(-5, 70), max_size=20))
async def test_what_is_remembered_would_be_found_good_now(lifetime_s: int, steps_s: list[int]) -> None:
    clock, check = StoppedClock(), CountingCheck(NOON + timedelta(seconds=lifetime_s))
    verified = VerifiedTokens(check, clock)
    await verified.verify("a.b.c")

    for step_s in steps_s:
        clock.forward(seconds=step_s)
        if verified.remembered("a.b.c"):
            assert clock.now() < check.expires_at + LEEWAY
            assert timedelta(0) <= clock.now() - NOON < REMEMBERED_FOR


async def test_a_withdrawn_key_s_token_is_refused_eleven_minutes_later(
    provider: Provider, believed: VerifiedTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=FOR_EVER))
    await believed.verify(token)
    clock.forward(minutes=9, seconds=59)
    await believed.verify(token)
    provider.keys = [an_ec_key().published()]
    clock.forward(minutes=1, seconds=1)

    with pytest.raises(UnknownKey):
        await believed.verify(token)


async def test_a_withdrawn_key_s_token_is_refused_a_minute_after_another_key_was_looked_up(
    provider: Provider, believed: VerifiedTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=FOR_EVER))
    await believed.verify(token)
    provider.keys = [an_ec_key("rotated").published()]
    await believed.verify(a_token(an_ec_key("rotated"), the_claims(provider.url)))
    clock.forward(minutes=1)

    with pytest.raises(UnknownKey):
        await believed.verify(token)


async def test_a_provider_s_token_is_refused_when_it_expires(
    provider: Provider, believed: VerifiedTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url, exp=int(NOON.timestamp()) + 5))
    await believed.verify(token)
    clock.forward(seconds=35)

    with pytest.raises(TokenExpired):
        await believed.verify(token)


async def test_a_provider_s_token_is_refused_when_the_clock_is_set_back_before_its_time(
    provider: Provider, believed: VerifiedTokens, clock: StoppedClock
) -> None:
    token = a_token(an_rsa_key(), the_claims(provider.url))
    await believed.verify(token)
    clock.forward(seconds=-31)

    with pytest.raises(TokenNotYetValid):
        await believed.verify(token)


async def test_a_local_token_is_remembered_too(tmp_path: Path, clock: StoppedClock) -> None:
    local = LocalTokens(tmp_path, clock)
    verified = VerifiedTokens(local, clock)
    token = local.issue("Ana")

    assert verified.remembered(token) is None
    assert await verified.verify(token) is verified.remembered(token)


Alter = Callable[[str], str]


@pytest.mark.parametrize("alter", [str.upper, lambda token: token[:-1], lambda token: token[::-1]])
async def test_a_token_like_a_remembered_one_is_checked(tmp_path: Path, clock: StoppedClock, alter: Alter) -> None:
    local = LocalTokens(tmp_path, clock)
    verified = VerifiedTokens(local, clock)
    token = local.issue("Ana")
    await verified.verify(token)

    with pytest.raises(BadToken):
        await verified.verify(alter(token))
