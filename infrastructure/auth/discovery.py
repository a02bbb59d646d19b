"""Asking an OpenID provider for its keys: a short, bounded errand that trusts no answer."""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson

from infrastructure.auth.keys import VerifyingKey, read_keys

TIMEOUT_S = 5
MAX_ANSWER_BYTES = 1_000_000
WELL_KNOWN = "/.well-known/openid-configuration"

# Uncompressed, so that the bound on what is read is also the bound on what is held.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class ProviderError(Exception):
    """The provider's keys could not be had; the text is for the operator's log."""


async def published_keys(issuer: str) -> tuple[VerifyingKey, ...]:
    """The signing keys that `issuer` publishes now, at least one. Raises ProviderError.

    Source: OpenID Connect Discovery 1.0, section 4.
    """
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, headers=_HEADERS) as client:
            document = await _json_object(client, issuer.rstrip("/") + WELL_KNOWN)
            keys = read_keys(await _json_object(client, keys_address(document, issuer)))
    except TimeoutError:
        raise ProviderError(f"the provider did not answer within {TIMEOUT_S} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as problem:
        raise ProviderError(f"the provider cannot be asked: {type(problem).__name__}") from problem
    if not keys:
        raise ProviderError("the provider publishes no key that could sign a token")
    return keys


def keys_address(document: Mapping[str, Any], issuer: str) -> str:
    """Where a provider's discovery document says its keys are. Raises ProviderError."""
    if document.get("issuer") != issuer:
        raise ProviderError("the provider calls itself another issuer than CAIRN_OIDC_ISSUER says, to the letter")
    uri = document.get("jwks_uri")
    if not isinstance(uri, str) or urlsplit(uri).scheme not in ("https", urlsplit(issuer).scheme):
        raise ProviderError("the provider names no place for its keys (jwks_uri) that is as safe as itself")
    return uri


async def _json_object(client: httpx.AsyncClient, url: str) -> Mapping[str, Any]:
    # httpx's own timeout begins anew with every byte that trickles in.
    async with asyncio.timeout(TIMEOUT_S), client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise ProviderError(f"the provider answered {response.status_code}")
        answer = bytearray()
        async for chunk in response.aiter_raw():
            answer += chunk
            if len(answer) > MAX_ANSWER_BYTES:
                raise ProviderError(f"the provider's answer is longer than {MAX_ANSWER_BYTES} bytes")
    value = orjson.loads(answer)
    if not isinstance(value, dict):
        raise ProviderError("the provider's answer is not a JSON object")
    return value
