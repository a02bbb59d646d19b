"""Tokens that must not be believed, by what is wrong with each. All of them can stand in a header."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk
from jose.utils import base64url_encode

from tests.factories.tokens import KeyPair, a_token, an_ec_key, an_rsa_key, forged, rs256, the_claims

Forge = Callable[[str], str]
SECRET = "secret-runner"  # stands in every token, and in no answer
NONE = ("none", "None", "NONE", "nOnE", " none", "none ", "none\u0000")
HOSTILE_KIDS: tuple[Any, ...] = (
    "../../../../etc/passwd",
    "/dev/null",
    "' or 1=1 --",
    "rsa-1'; drop table athlete; --",
    "$(id)",
    "http://127.0.0.1:1/key",
    "k" * 257,
    "k" * 10_000,
    "rsa-1\u0000",
    "rsa-1\n",
    "ŕsa-1",
    "\u202ersa-1",
    "",
    0,
    True,
    ["rsa-1"],
    {"kid": "rsa-1"},
)
BAD_TIMES = (
    '"9999999999"',
    "9e999",
    "1e400",
    "-1",
    "NaN",
    "Infinity",
    "true",
    "[9999999999]",
    "null",
    "99999999999999",
)
BAD_SUBJECTS = (None, "", " \n", "a\u0000b", "x" * 256, 7, ["ada"], {"id": "ada"}, True)


def good_claims(issuer: str, **changes: Any) -> dict[str, Any]:
    """Claims of this very moment that would be believed."""
    now = int(time.time())
    return the_claims(issuer, **{"sub": SECRET, "iat": now - 10, "nbf": now - 10, "exp": now + 300, **changes})


def good_token(issuer: str, key: KeyPair | None = None, **changes: Any) -> str:
    """A token that would be believed, but for `changes`."""
    return a_token(key or an_rsa_key(), good_claims(issuer, **changes))


def signed_text(issuer: str, name: str, value: str) -> str:
    """A genuine token in which one claim stands as no JSON library would write it."""
    rest = json.dumps(good_claims(issuer, **{name: None}))
    return _signed({}, f'{rest[:-1]}, "{name}": {value}}}'.encode())


def _signed(header: dict[str, Any], claims: Any = None, *, issuer: str = "") -> str:
    """Truly signed with the provider's RSA key, whatever the header says."""
    return forged(
        {"alg": "RS256", "kid": "rsa-1"} | header,
        good_claims(issuer) if claims is None else claims,
        sign=lambda text: rs256(an_rsa_key(), text),
    )


def _with_secret(secret: bytes, algorithm: str = "HS256") -> Forge:
    def forge(issuer: str) -> str:
        header = {"alg": algorithm, "kid": "rsa-1"}
        return forged(header, good_claims(issuer), sign=lambda text: hmac.digest(secret, text, hashlib.sha256))

    return forge


def _elliptic(sign: Callable[[bytes], bytes]) -> Forge:
    return lambda issuer: forged({"alg": "ES256", "kid": "ec-1"}, good_claims(issuer), sign=sign)


def _header(**header: Any) -> Forge:
    return lambda issuer: _signed(header, issuer=issuer)


def _claims(**changes: Any) -> Forge:
    return lambda issuer: good_token(issuer, **changes)


def _text(name: str, value: str) -> Forge:
    return lambda issuer: signed_text(issuer, name, value)


def _altered(alter: Callable[[str], str]) -> Forge:
    return lambda issuer: alter(good_token(issuer))


def _in_another(issuer: str) -> str:
    return _signed({"cty": "JWT"}, good_token(issuer).encode())


def _raw_header(header: bytes) -> Forge:
    return lambda issuer: forged(header, good_claims(issuer), sign=lambda text: rs256(an_rsa_key(), text))


def _der(text: bytes) -> bytes:
    signature: bytes = an_ec_key().private.sign(text, ec.ECDSA(hashes.SHA256()))
    return signature


def _raw(text: bytes) -> bytes:
    signature: bytes = jwk.construct(an_ec_key().pem, "ES256").sign(text)
    return signature


def _jwk_text() -> bytes:
    return json.dumps(an_rsa_key().published()).encode()


# What the forgeries below are but for their flaw: if these were refused too, the others would show nothing.
GENUINE: dict[str, Forge] = {
    "RSA": _header(),
    "a curve": _elliptic(_raw),
    "exp in the year 9999": _text("exp", "253402300799"),
    "exp as a fraction": _text("exp", "9999999999.5"),
    "nbf zero": _text("nbf", "0"),
    "audiences in a list": _claims(aud=["another", "cairn-api"]),
    "nearly 8 kB": _claims(padding="x" * 5000),
}

STRANGER = an_rsa_key("stranger")
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256

FORGED: dict[str, Forge] = {
    **{f"alg {name!r}": _header(alg=name) for name in NONE},
    "alg none, unsigned": lambda issuer: forged({"alg": "none"}, good_claims(issuer)),
    "alg as a list": _header(alg=["none", "RS256"]),
    "alg missing": _header(alg=None),
    "HS256 with the public PEM": _with_secret(an_rsa_key().public_pem),
    "HS256 with the public PEM, stripped": _with_secret(an_rsa_key().public_pem.strip()),
    "HS256 with the public JWK": _with_secret(_jwk_text()),
    "HS256 with nothing": _with_secret(b""),
    "hs256 in small letters": _with_secret(an_rsa_key().public_pem, "hs256"),
    "a stranger's key": lambda issuer: good_token(issuer, STRANGER),
    "a stranger's key by our name": lambda issuer: good_token(issuer, KeyPair("rsa-1", "RS256", STRANGER.private)),
    "another's issuer": _claims(iss="https://elsewhere.example"),
    "an issuer but for a slash": lambda issuer: good_token(issuer, iss=f"{issuer}/"),
    "issuers in a list": lambda issuer: good_token(issuer, iss=[issuer]),
    "no issuer": _claims(iss=None),
    "another's audience": _claims(aud="another"),
    "an audience that begins like ours": _claims(aud="cairn-api-admin"),
    "an audience around ours": _claims(aud="x cairn-api x"),
    "an audience as an object": _claims(aud={"cairn-api": True}),
    "an audience in a list in a list": _claims(aud=[["cairn-api"]]),
    "no audience": _claims(aud=None),
    "expired": lambda issuer: good_token(issuer, exp=int(time.time()) - 31),
    "not yet valid": lambda issuer: good_token(issuer, nbf=int(time.time()) + 90),
    **{f"exp {value}": _text("exp", value) for value in BAD_TIMES},
    **{f"nbf {value}": _text("nbf", value) for value in BAD_TIMES if value not in ("null", "-1")},
    "exp twice, the last one over": _text("exp", '9999999999, "exp": 1'),
    "aud twice, the last one another's": _text("aud", '"cairn-api", "aud": "another"'),
    **{f"sub {str(value)[:20]!r}": _claims(sub=value) for value in BAD_SUBJECTS},
    **{f"kid {str(kid)[:30]!r}": _header(kid=kid) for kid in HOSTILE_KIDS},
    "an unknown kid": _header(kid="rsa-2"),
    "a kid of the other family": _header(kid="ec-1"),
    "crit": _header(crit=["exp"]),
    "crit, b64": _header(crit=["b64"], b64=False),
    "alg twice, the last one none": _raw_header(b'{"alg":"RS256","kid":"rsa-1","alg":"none"}'),
    "a token for logging out": _header(typ="logout+jwt"),
    "no signature": _altered(lambda token: token.rpartition(".")[0] + "."),
    "no third part": _altered(lambda token: token.rpartition(".")[0]),
    "a part too many": _altered(lambda token: token + ".e30"),
    "the signature of another": _altered(lambda token: token.rpartition(".")[0] + "." + _signed({}).rpartition(".")[2]),
    "a signature cut off": _altered(lambda token: token[:-8]),
    "zero for a signature": _elliptic(lambda _: bytes(64)),
    "r alone": _elliptic(lambda text: _raw(text)[:32]),
    "r without s": _elliptic(lambda text: _raw(text)[:32] + bytes(32)),
    "s past the order": _elliptic(lambda text: _raw(text)[:32] + ORDER.to_bytes(32, "big")),
    "one byte more": _elliptic(lambda text: _raw(text) + b"\0"),
    "a signature in DER": _elliptic(_der),
    "RSA's signature under a curve's name": _elliptic(lambda text: rs256(an_rsa_key(), text)),
    "a token in a token": _in_another,
    "encrypted (JWE)": lambda issuer: ".".join([_part(b'{"alg":"RSA-OAEP","enc":"A256GCM"}'), *["AAAA"] * 4]),
    "padded": _altered(lambda token: token + "="),
    "not base64url": _altered(lambda token: token.replace(".", ".+/", 1)),
    "a space within": _altered(lambda token: token.replace(".", ". ")),
    "a comma after": _altered(lambda token: token + ","),
    "quoted": _altered(lambda token: f'"{token}"'),
    "past 8 kB": _claims(padding="x" * 8192),
    "60 kB": lambda issuer: "A" * 20_000 + "." + "A" * 20_000 + "." + "A" * 20_000,
    "nothing but dots": lambda issuer: "..",
    "the word null": lambda issuer: "null",
    "a header that is no object": _raw_header(b"[]"),
    "a header that is no JSON": _raw_header(b"\xff\xfe"),
    "a header nested deeply": _raw_header(b'{"alg":' + b"[" * 2000 + b"]" * 2000 + b"}"),
}


def _part(content: bytes) -> str:
    return base64url_encode(content).decode()
