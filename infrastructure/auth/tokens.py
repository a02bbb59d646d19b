"""A bearer token taken apart before anything in it is believed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from jose.utils import base64url_decode

from domain.shared.errors import Unauthenticated

MAX_TOKEN_LENGTH = 8192
MAX_KID_LENGTH = 256

# Asymmetric ones only. With HS256 in this list, whoever knows the public key could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")

# Tokens made for another purpose (logout, DPoP proofs, security events) carry a `typ` of their own and are signed with
# the same keys: RFC 8725, section 3.11.
_TYPES = ("jwt", "at+jwt", "application/at+jwt")
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)")


class BadToken(Unauthenticated):
    """The token is not one to believe; the text names the problem and never repeats the token."""


@dataclass(frozen=True, slots=True)
class SignedToken:
    """The parts of a token. `claims` are hearsay until `signature` has been checked over `signing_input`."""

    algorithm: str
    kid: str | None
    claims: Mapping[str, Any]
    signing_input: bytes
    signature: bytes


def read_token(token: str) -> SignedToken:
    """Take a compact JWS apart and check its header. Raises BadToken."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise BadToken(f"The token is too long: at most {MAX_TOKEN_LENGTH} characters are read.")
    parts = _COMPACT.fullmatch(token)
    if parts is None:
        raise BadToken("This is not a bearer token: a signed JWT has three parts with dots between them.")
    header = _json_object(parts[1])
    return SignedToken(
        algorithm=_algorithm(header),
        kid=_kid(header),
        claims=_json_object(parts[2]),
        signing_input=token.rpartition(".")[0].encode("ascii"),
        signature=_bytes(parts[3]),
    )


def _algorithm(header: Mapping[str, Any]) -> str:
    if "crit" in header:
        raise BadToken("The token's header demands extensions that are not understood here.")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise BadToken("The token was made for another purpose: its type is not that of an access token.")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadToken(f"The token is not signed in a way that is accepted here: {', '.join(ALGORITHMS)}.")
    return algorithm


def _kid(header: Mapping[str, Any]) -> str | None:
    kid = header.get("kid")
    if kid is None:
        return None
    if not isinstance(kid, str) or not 1 <= len(kid) <= MAX_KID_LENGTH or not kid.isprintable():
        raise BadToken("The token's key id is not one that a provider would give.")
    return kid


def _json_object(part: str) -> Mapping[str, Any]:
    # orjson and not json: it refuses NaN, lone surrogates and deep nesting with a ValueError, never a RecursionError.
    try:
        value = orjson.loads(_bytes(part))
    except ValueError:
        raise BadToken("The token is damaged: a part of it is not JSON.") from None
    if not isinstance(value, dict):
        raise BadToken("The token is damaged: its parts are not JSON objects.")
    return value


def _bytes(part: str) -> bytes:
    try:
        return base64url_decode(part.encode("ascii"))
    except ValueError:
        raise BadToken("The token is damaged: it seems to have been cut off.") from None
