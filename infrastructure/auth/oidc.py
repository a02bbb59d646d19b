"""Tokens of an OpenID provider, believed on the word of the keys that it publishes."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from domain.accounts.ports import Claims
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock
from infrastructure.auth.claims import read_claims, require_issuer
from infrastructure.auth.discovery import ProviderError, published_keys
from infrastructure.auth.keys import VerifyingKey
from infrastructure.auth.tokens import BadToken, read_token

KEYS_FRESH_FOR = timedelta(minutes=10)
PAUSE = timedelta(seconds=10)

_log = structlog.get_logger(__name__)


class UnknownKey(BadToken):
    """Signed with a key that the provider does not publish, or the signature is not of the key it names."""

    def __init__(self) -> None:
        super().__init__("The token is not signed with a key that the identity provider publishes. Sign in again.")


class KeysUnavailable(Unavailable):
    """The provider does not give its keys now, and none that is known here suits."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(
            "The identity provider does not answer, so the token cannot be checked now. Try again in a moment.",
            retry_after_ms=max(1000, round(wait.total_seconds() * 1000)),
        )


class OidcTokens:
    """The TokenVerifier of OIDC mode. Nothing is fetched before the first token comes."""

    def __init__(self, issuer: str, audience: str, clock: Clock) -> None:
        self._issuer = issuer
        self._audience = audience
        self._clock = clock
        self._keys = ProviderKeys(issuer, clock)

    async def verify(self, token: str) -> Claims:
        """See TokenVerifier."""
        signed = read_token(token)
        require_issuer(signed.claims, self._issuer)
        keys = await self._keys.suiting(signed.kid, signed.algorithm)
        if not any(key.signed(signed.algorithm, signed.signing_input, signed.signature) for key in keys):
            raise UnknownKey
        return read_claims(signed.claims, issuer=self._issuer, audience=self._audience, now=self._clock.now())

    async def close(self) -> None:
        """Give up a fetch that is under way."""
        await self._keys.close()


class ProviderKeys:
    """The keys of one provider: looked up again when a token names a new one or they grow old, never in a storm.

    However many tokens ask at once, one fetch is under way at a time; it outlives the request that began it, so that
    callers who hang up cannot start one after the other. After a failure, and after a fetch for a key that was not
    known, there is a pause of 10 s. While the provider is down the keys last seen go on working.
    """

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._keys: tuple[VerifyingKey, ...] = ()
        self._fetched_at: datetime | None = None
        self._paused_at: datetime | None = None
        self._failed = False
        self._fetching: asyncio.Task[None] | None = None

    async def suiting(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        """The keys that may have signed a token with this header, at least one. Raises UnknownKey, KeysUnavailable."""
        asked = not self._fresh()
        if asked:
            await self._fetch(wait=not (self._keys and self._failed))
        if keys := self._find(kid, algorithm):
            return keys
        if self._keys and kid is not None and not asked:
            await self._fetch(wait=True)
            if keys := self._find(kid, algorithm):
                return keys
        if self._failed or not self._keys:
            raise KeysUnavailable(self._pause_left())
        raise UnknownKey

    async def close(self) -> None:
        """Give up a fetch that is under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    def _fresh(self) -> bool:
        return self._fetched_at is not None and self._within(KEYS_FRESH_FOR, self._fetched_at)

    def _find(self, kid: str | None, algorithm: str) -> Sequence[VerifyingKey]:
        suiting = [key for key in self._keys if algorithm in key.by_algorithm]
        if kid is None:
            # A token may leave out its kid only where there is no choice (OpenID Connect Core 1.0, section 10.1).
            return suiting if len(suiting) == 1 else []
        return [key for key in suiting if key.kid == kid]

    async def _fetch(self, *, wait: bool) -> None:
        """Begin a fetch unless one is under way or it is too soon; with `wait`, see it through."""
        if self._fetching is None or self._fetching.done():
            if self._pause_left() > timedelta(0):
                return
            self._fetching = asyncio.create_task(self._refresh())
        if wait:
            await asyncio.shield(self._fetching)

    def _pause_left(self) -> timedelta:
        if self._paused_at is None or not self._within(PAUSE, self._paused_at):
            return timedelta(0)
        return self._paused_at + PAUSE - self._clock.now()

    def _within(self, span: timedelta, since: datetime) -> bool:
        # Below zero when the clock was set back: that must make neither the keys' life nor the pause longer.
        return timedelta(0) <= self._clock.now() - since < span

    async def _refresh(self) -> None:
        first = not self._keys
        try:
            self._keys = await published_keys(self._issuer)
        except ProviderError as problem:
            self._failed = True
            _log.warning("identity provider's keys not read", issuer=self._issuer, reason=str(problem))
        else:
            self._failed = False
            self._fetched_at = self._clock.now()
        if self._failed or not first:
            self._paused_at = self._clock.now()
