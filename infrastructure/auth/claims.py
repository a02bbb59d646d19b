"""What a genuine token says: for whom, until when, and with which scopes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.accounts.ports import Claims
from domain.shared.viewer import Scope
from infrastructure.auth.tokens import BadToken

# How far a provider's clock may be off.
LEEWAY = timedelta(seconds=30)
MAX_SUBJECT_LENGTH = 255
MAX_EMAIL_LENGTH = 254

# Year 9999: later instants are not dates any more.
_LAST_SECOND = 253_402_300_799


class TokenExpired(BadToken):
    """Its time is over."""

    def __init__(self) -> None:
        super().__init__("The token has expired. Sign in again, or make a new token.")


class TokenNotYetValid(BadToken):
    """Its time has not come."""

    def __init__(self) -> None:
        super().__init__("The token is not valid yet. If it is new, a clock is wrong: the provider's or this server's.")


def require_issuer(claims: Mapping[str, Any], issuer: str) -> None:
    """Raise BadToken unless `issuer` is named. Worth asking before the signature: it saves the search for a key."""
    if claims.get("iss") != issuer:
        raise BadToken("The token comes from another issuer than the one this server trusts.")


def read_claims(claims: Mapping[str, Any], *, issuer: str, audience: str, now: datetime) -> Claims:
    """Check the claims of a token whose signature is good. Raises BadToken."""
    require_issuer(claims, issuer)
    named = claims.get("aud")
    if audience not in (named if isinstance(named, list) else [named]):
        raise BadToken("The token was made for another service: its audience does not name this one.")
    expires_at = _instant(claims, "exp")
    if expires_at is None:
        raise BadToken("The token never expires (it has no exp), which is not accepted.")
    if is_over(expires_at, now):
        raise TokenExpired
    starts_at = _instant(claims, "nbf")
    if starts_at is not None and now < starts_at - LEEWAY:
        raise TokenNotYetValid
    return Claims(
        issuer=issuer,
        subject=_subject(claims),
        scopes=frozenset(_granted(claims, audience)) & frozenset(Scope),
        name=_text(claims.get("name")) or _text(claims.get("preferred_username")),
        email=_email(claims.get("email")),
        expires_at=expires_at,
    )


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Whether a token's time has passed, the leeway too."""
    return now - LEEWAY >= expires_at  # not `expires_at + LEEWAY`, which the year 9999 does not have room for


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    # bool is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadToken(f"The token's {name} is not a time.")
    if not 0 <= value <= _LAST_SECOND:
        raise BadToken(f"The token's {name} is not a time within reason.")
    return datetime.fromtimestamp(value, UTC)


def _subject(claims: Mapping[str, Any]) -> str:
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= MAX_SUBJECT_LENGTH or not subject.isprintable():
        raise BadToken(f"The token does not say for whom it is: sub must be text of 1 to {MAX_SUBJECT_LENGTH} letters.")
    return subject


def _granted(claims: Mapping[str, Any], audience: str) -> Iterator[str]:
    """Scopes as OAuth says them (`scope`), as Okta and Entra do (`scp`), and as roles of Keycloak."""
    yield from _words(claims.get("scope"))
    yield from _words(claims.get("scp"))
    yield from _words(_member(claims.get("realm_access"), "roles"))
    yield from _words(_member(_member(claims.get("resource_access"), audience), "roles"))


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _words(value: object) -> list[str]:
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _email(value: object) -> str | None:
    text = _text(value)
    return text if text and "@" in text and len(text) <= MAX_EMAIL_LENGTH and text.isprintable() else None
