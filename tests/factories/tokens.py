"""Keys, tokens good and bad, and an OpenID provider on loopback that can be told how to misbehave."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import uvicorn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jose import jwk, jws
from jose.utils import base64url_encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

NOON = datetime(2026, 5, 2, 12, tzinfo=UTC)
AUDIENCE = "cairn-api"


@dataclass
class StoppedClock:
    """A clock that moves when a test says so."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass(frozen=True)
class KeyPair:
    kid: str | None
    algorithm: str
    private: Any

    @property
    def pem(self) -> bytes:
        pem: bytes = self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return pem

    @property
    def public_pem(self) -> bytes:
        pem: bytes = self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return pem

    def published(self, **members: Any) -> dict[str, Any]:
        """The public JWK; a member given as None is left out."""
        family = "RS256" if self.algorithm.startswith("PS") else self.algorithm
        public = jwk.construct(self.public_pem, family).to_dict()
        entry = public | {"alg": self.algorithm, "kid": self.kid, "use": "sig"} | members
        return {name: value for name, value in entry.items() if value is not None}


@cache
def an_rsa_key(kid: str | None = "rsa-1", algorithm: str = "RS256", bits: int = 2048) -> KeyPair:
    return KeyPair(kid, algorithm, rsa.generate_private_key(65537, bits))


@cache
def an_ec_key(kid: str | None = "ec-1") -> KeyPair:
    return KeyPair(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


def the_claims(issuer: str, **changes: Any) -> dict[str, Any]:
    """What a good token says at NOON; a claim given as None is left out."""
    good = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": "runner-7",
        "exp": int(NOON.timestamp()) + 300,
        "nbf": int(NOON.timestamp()),
        "scope": "openid training:read",
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def a_token(key: KeyPair, claims: Mapping[str, Any], **header: Any) -> str:
    """A token that `key` really signed; a header member given as None is left out."""
    if key.algorithm.startswith("PS"):
        return forged({"alg": key.algorithm, "kid": key.kid} | header, claims, sign=lambda text: _pss(key, text))
    members = {"kid": key.kid} | header
    kept = {name: value for name, value in members.items() if value is not None}
    return jws.sign(json.dumps(claims).encode(), key.pem.decode(), headers=kept, algorithm=key.algorithm)


def forged(header: Any, claims: Any, *, sign: Callable[[bytes], bytes] = lambda text: b"") -> str:
    """Whatever parts are given (bytes as they are, the rest as JSON), with a signature of the forger's making."""
    parts = (part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims))
    text = b".".join(base64url_encode(part) for part in parts)
    return (text + b"." + base64url_encode(sign(text))).decode()


def rs256(key: KeyPair, text: bytes) -> bytes:
    """The signature alone, for claims that no JSON library would write."""
    signature: bytes = key.private.sign(text, padding.PKCS1v15(), hashes.SHA256())
    return signature


def _pss(key: KeyPair, text: bytes) -> bytes:
    signature: bytes = key.private.sign(text, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    return signature


@dataclass
class Provider:
    """An OpenID provider. A test sets what it publishes and how it answers, and reads how often it was asked."""

    url: str
    keys: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False
    junk: bytes | None = None
    moved_to: str | None = None
    discovery: dict[str, Any] = field(default_factory=dict)
    hold: threading.Event | None = None
    fetches: int = 0
    asked: threading.Event = field(default_factory=threading.Event)

    def reset(self) -> None:
        self.__init__(self.url)  # type: ignore[misc]

    async def configuration(self, request: Request) -> Response:
        return self._answer({"issuer": self.url, "jwks_uri": f"{self.url}/jwks"} | self.discovery)

    async def jwks(self, request: Request) -> Response:
        self.fetches += 1
        self.asked.set()
        if self.hold is not None:
            await asyncio.to_thread(self.hold.wait, 5)
        if self.moved_to is not None:
            return RedirectResponse(self.moved_to)
        return self._answer({"keys": self.keys})

    async def elsewhere(self, request: Request) -> Response:
        return self._answer({"keys": self.keys})

    def _answer(self, document: Mapping[str, Any]) -> Response:
        if self.down:
            return Response(json.dumps(document), status_code=503)
        return Response(json.dumps(document) if self.junk is None else self.junk, media_type="application/json")


@contextmanager
def an_openid_provider() -> Iterator[Provider]:
    """A provider that listens on loopback until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{listener.getsockname()[1]}")
    routes = [
        Route("/.well-known/openid-configuration", provider.configuration),
        Route("/jwks", provider.jwks),
        Route("/elsewhere", provider.elsewhere),
    ]
    settings = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off", ws="none", http="h11")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield provider
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
