"""The OpenID provider of npm, in a process of its own: started, stopped, and started again with other keys."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from jose import jwk

from tests.conftest import clean_environment
from tests.factories.node import a_node_project
from tests.factories.tokens import AUDIENCE, KeyPair, an_rsa_key

FOLDER = Path(__file__).parent / "provider"
CAIRN, WEATHER, OPAQUE, CAIRN_BY_RSA = "urn:cairn", "urn:weather", "urn:opaque", "urn:cairn:rsa"

# What Keycloak puts into its tokens for people with roles in the realm, at Cairn and elsewhere.
CLIENTS: dict[str, dict[str, Any]] = {
    "ada": {
        "preferred_username": "ada.trail",
        "realm_access": {"roles": ["offline_access", "training:write", "uma_authorization"]},
        "resource_access": {AUDIENCE: {"roles": ["events:read", "coach"]}, "account": {"roles": ["operations"]}},
    },
    "ben": {"name": "Ben Road", "realm_access": {"roles": []}},
}
RESOURCES = {
    CAIRN: {"audience": AUDIENCE, "format": "jwt", "alg": "ES256"},
    CAIRN_BY_RSA: {"audience": AUDIENCE, "format": "jwt", "alg": "RS256"},
    WEATHER: {"audience": "weather-api", "format": "jwt", "alg": "ES256"},
    OPAQUE: {"audience": AUDIENCE, "format": "opaque", "alg": "ES256"},
}


class NodeProvider:
    """A provider that has one key for ES256 at a time, and one for RS256. It keeps its port, and so its name."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._process: subprocess.Popen[str] | None = None
        self.port, self.url = 0, ""

    def start(self, key: KeyPair) -> None:
        """Start, signing with `key`; waits until it listens."""
        process = subprocess.Popen(
            ["node", "provider.mjs"],
            cwd=self._project,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it warns that it is not meant for production
            text=True,
        )
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        keys = [_private(key), _private(an_rsa_key())]
        told = {"port": self.port, "keys": keys, "clients": CLIENTS, "resources": RESOURCES}
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        self.url = process.stdout.readline().strip()
        assert self.url, "the provider did not start"
        self.port = int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End it, if it runs; its port answers no more."""
        process, self._process = self._process, None
        if process is not None:
            process.communicate()  # closes its input, at which it ends

    def token(self, client: str = "ada", *, resource: str = CAIRN, scope: str = "training:read") -> str:
        """An access token, as a client gets it."""
        answer = httpx.post(
            f"{self.url}/token",
            auth=(client, quote(f"{client}'s secret")),
            data={"grant_type": "client_credentials", "resource": resource, "scope": scope},
            trust_env=False,
        )
        token: str = answer.raise_for_status().json()["access_token"]
        return token


@contextmanager
def a_node_provider(key: KeyPair) -> Iterator[NodeProvider]:
    """A provider that signs with `key`; the test is skipped where there is no Node.js."""
    provider = NodeProvider(a_node_project(FOLDER))
    try:
        provider.start(key)
        yield provider
    finally:
        provider.stop()


def _private(key: KeyPair) -> dict[str, Any]:
    members = jwk.construct(key.pem.decode(), key.algorithm).to_dict()
    text = {name: value.decode() if isinstance(value, bytes) else value for name, value in members.items()}
    return text | {"kid": key.kid, "alg": key.algorithm, "use": "sig"}
