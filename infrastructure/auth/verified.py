"""Tokens found genuine a moment ago: whoever asks often has their signature checked once a minute."""

from collections import OrderedDict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol

from domain.accounts.ports import Claims
from domain.shared.ports import Clock
from infrastructure.auth.claims import is_over
from infrastructure.auth.tokens import MAX_TOKEN_LENGTH

REMEMBERED_TOKENS = 10_000

# A key that the provider withdraws goes on working for so long after the keys have been read again.
REMEMBERED_FOR = timedelta(minutes=1)


class TokenCheck(Protocol):
    """Checks a token from end to end, signature and all."""

    async def verify(self, token: str) -> Claims:
        """See TokenVerifier.verify."""
        ...


class VerifiedTokens:
    """The TokenVerifier that asks `check` and remembers what was good; refusals are not remembered.

    Tokens are known by their SHA-256: a dump of this process's memory holds none that could be used, and ten thousand
    of them take little room however long they are. Those not used for longest are forgotten first.
    """

    def __init__(self, check: TokenCheck, clock: Clock) -> None:
        self._check, self._clock = check, clock
        self._known: OrderedDict[bytes, tuple[Claims, datetime]] = OrderedDict()

    def remembered(self, token: str) -> Claims | None:
        """See TokenVerifier.remembered."""
        if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            return None
        name = _name(token)
        known = self._known.get(name)
        if known is None:
            return None
        claims, since = known
        now = self._clock.now()
        # Before `since` (a clock set back) its time may not have come yet, so it is checked anew.
        if not since <= now < since + REMEMBERED_FOR or is_over(claims.expires_at, now):
            del self._known[name]
            return None
        self._known.move_to_end(name)
        return claims

    async def verify(self, token: str) -> Claims:
        """See TokenVerifier.verify."""
        known = self.remembered(token)
        if known is not None:
            return known
        claims = await self._check.verify(token)
        self._known[_name(token)] = claims, self._clock.now()
        if len(self._known) > REMEMBERED_TOKENS:
            self._known.popitem(last=False)
        return claims


def _name(token: str) -> bytes:
    return sha256(token.encode("ascii")).digest()
