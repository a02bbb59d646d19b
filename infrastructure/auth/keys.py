"""The public keys of a provider, each only for the algorithms that suit it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JWKError

MAX_KEYS = 100
_RSA_BITS = range(2048, 8192 + 1)
_EC_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}

# The longest members that may come: an RSA modulus of 8192 bits, an exponent of 48 bits, a coordinate of P-521.
# A larger exponent would make every check of a signature slow.
_LONGEST = {"n": 1366, "e": 8, "x": 88, "y": 88}
_NUMBER = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class VerifyingKey:
    """One public key; `by_algorithm` holds nothing that its type, curve and `alg` do not allow."""

    kid: str | None
    by_algorithm: Mapping[str, Key]

    def signed(self, algorithm: str, signing_input: bytes, signature: bytes) -> bool:
        """Whether this key made the signature, with that very algorithm."""
        key = self.by_algorithm.get(algorithm)
        return key is not None and key.verify(signing_input, signature)


class PssKey(Key):
    """RSA-PSS (RFC 7518, section 3.5: salt as long as the hash), which python-jose lacks."""

    def __init__(self, public: rsa.RSAPublicKey, algorithm: str) -> None:
        super().__init__(public, algorithm)
        self._public = public
        self._hash = _HASHES[algorithm[-3:]]

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Whether `sig` is this key's signature of `msg`."""
        salted = padding.PSS(mgf=padding.MGF1(self._hash), salt_length=self._hash.digest_size)
        try:
            self._public.verify(sig, msg, salted, self._hash)
        except InvalidSignature:
            return False
        return True


def read_keys(key_set: Mapping[str, Any]) -> tuple[VerifyingKey, ...]:
    """The keys of a JSON Web Key Set (RFC 7517) that can check signatures; all others are passed over."""
    listed = key_set.get("keys")
    if not isinstance(listed, list):
        return ()
    keys = (_read_key(entry) for entry in listed[:MAX_KEYS] if isinstance(entry, dict))
    return tuple(key for key in keys if key is not None)


def _read_key(entry: Mapping[str, Any]) -> VerifyingKey | None:
    kid, operations, purpose = entry.get("kid"), entry.get("key_ops"), entry.get("use", "sig")
    if purpose != "sig" or not isinstance(kid, str | None):
        return None
    if operations is not None and not (isinstance(operations, list) and "verify" in operations):
        return None
    try:
        found = dict(_rsa(entry) if entry.get("kty") == "RSA" else _elliptic(entry))
    except (JWKError, ValueError):
        return None
    allowed = {name: key for name, key in found.items() if entry.get("alg", name) == name}
    return VerifyingKey(kid, allowed) if allowed else None


def _rsa(entry: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    numbers = {"kty": "RSA", "n": _number(entry, "n"), "e": _number(entry, "e")}
    plain = {f"RS{size}": jwk.construct(numbers, f"RS{size}") for size in _HASHES}
    public = load_pem_public_key(plain["RS256"].to_pem())
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size not in _RSA_BITS:
        return
    yield from plain.items()
    yield from ((f"PS{size}", PssKey(public, f"PS{size}")) for size in _HASHES)


def _elliptic(entry: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
    curve = entry.get("crv")
    if entry.get("kty") != "EC" or not isinstance(curve, str) or curve not in _EC_ALGORITHMS:
        return
    # Only the public members are handed on: a provider that publishes a private key by mistake is not worth using it.
    numbers = {"kty": "EC", "crv": curve, "x": _number(entry, "x"), "y": _number(entry, "y")}
    yield _EC_ALGORITHMS[curve], jwk.construct(numbers, _EC_ALGORITHMS[curve])


def _number(entry: Mapping[str, Any], name: str) -> str:
    text = entry.get(name)
    if not isinstance(text, str) or len(text) > _LONGEST[name] or not _NUMBER.fullmatch(text):
        raise ValueError(f"{name} of a key is not a number")
    return text
