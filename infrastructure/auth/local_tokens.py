"""Tokens that Cairn signs itself, for a runner on their own machine."""

import math
import secrets
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from jose import jwt

from domain.accounts.ports import Claims
from domain.shared.errors import Invalid
from domain.shared.ports import Clock
from domain.shared.viewer import Scope
from infrastructure.auth.claims import read_claims, require_issuer
from infrastructure.auth.local_keys import ALGORITHM, local_key
from infrastructure.auth.tokens import BadToken, read_token

ISSUER = "cairn-local"
AUDIENCE = "cairn"
DEFAULT_SCOPES = frozenset(Scope) - {Scope.OPERATIONS}
MAX_NAME_LENGTH = 100
MAX_HOURS = 24 * 365


class NotOurToken(BadToken):
    """Another data folder's key signed it, or nobody's."""

    def __init__(self) -> None:
        super().__init__("The token was not signed with this server's key. Make a new one with `cairn token`.")


class BadTokenName(Invalid):
    """A token must name an athlete."""

    def __init__(self) -> None:
        super().__init__(f"The name a token is for has 1 to {MAX_NAME_LENGTH} printable characters.", field=("name",))


class UnknownScope(Invalid):
    """Asked for a scope there is none of."""

    def __init__(self, names: Iterable[str]) -> None:
        unknown = ", ".join(repr(name) for name in sorted(names))
        super().__init__(f"There is no scope {unknown}. Scopes: {', '.join(Scope)}.", field=("scopes",))


class BadLifetime(Invalid):
    """Asked for a token that never lived, or lives too long."""

    def __init__(self) -> None:
        super().__init__(f"A token lives for more than 0 and at most {MAX_HOURS} hours (a year).", field=("hours",))


class LocalTokens:
    """The TokenVerifier of local mode, and the one who makes its tokens. Raises KeyFileError on construction."""

    def __init__(self, data_folder: Path, clock: Clock, *, new_jti: Callable[[], str] = secrets.token_urlsafe) -> None:
        self._key = local_key(data_folder)
        self._public = self._key.public_key()
        self._clock = clock
        self._new_jti = new_jti

    def issue(self, name: str, *, scopes: Iterable[str] | None = None, hours: float = 24) -> str:
        """A token for the athlete `name`; without `scopes` (None or none) it allows all but operations.

        The same name in other capitals or with other spaces is the same athlete. Raises BadTokenName, UnknownScope,
        BadLifetime.
        """
        granted = frozenset(scopes or ()) or DEFAULT_SCOPES
        if unknown := granted - frozenset(Scope):
            raise UnknownScope(unknown)
        if not 0 < hours <= MAX_HOURS:
            raise BadLifetime
        shown, issued_at = name.strip(), int(self._clock.now().timestamp())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": _subject(shown),
            "name": shown,
            "scope": " ".join(scope for scope in Scope if scope in granted),
            "iat": issued_at,
            "nbf": issued_at,
            "exp": issued_at + math.ceil(hours * 3600),
            "jti": self._new_jti(),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)

    async def verify(self, token: str) -> Claims:
        """See TokenVerifier."""
        signed = read_token(token)
        require_issuer(signed.claims, ISSUER)
        if signed.algorithm != ALGORITHM or not self._public.verify(signed.signing_input, signed.signature):
            raise NotOurToken
        return read_claims(signed.claims, issuer=ISSUER, audience=AUDIENCE, now=self._clock.now())


def _subject(name: str) -> str:
    subject = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    if not name.isprintable() or not 1 <= len(name) <= MAX_NAME_LENGTH or len(subject) > MAX_NAME_LENGTH:
        raise BadTokenName
    return subject
