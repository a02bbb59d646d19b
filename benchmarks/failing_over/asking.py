"""A client who asks any of the APIs in turn, waits for ten seconds at most, and knows what the answer stands for."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from benchmarks.failing_over.history import Outcome

DEADLINE_S = 10.0
KEPT_S = 3.0  # an API closes a connection that was not used for five seconds


@dataclass(frozen=True)
class Answer:
    """How one request ended."""

    began_s: float
    ended_s: float
    outcome: Outcome
    said: str
    payload: dict[str, Any]  # of the one root field; empty unless it was acknowledged


class Asking:
    """Requests of one client over its own connections, to one API after the other."""

    def __init__(self, urls: Sequence[str], token: str, turn: int) -> None:
        self._urls, self._turn = urls, turn
        self._http = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"},
            limits=httpx.Limits(keepalive_expiry=KEPT_S),
            timeout=None,
            trust_env=False,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def ask(self, query: str, **variables: object) -> Answer:
        """Send one operation of one root field, once."""
        url = self._urls[self._turn % len(self._urls)]
        self._turn += 1
        began_s = time.monotonic()
        outcome, said, payload = await self._told(url, {"query": query, "variables": variables})
        return Answer(began_s, time.monotonic(), outcome, said, payload)

    async def _told(self, url: str, body: dict[str, object]) -> tuple[Outcome, str, dict[str, Any]]:
        try:
            async with asyncio.timeout(DEADLINE_S):
                response = await self._http.post(f"{url}/graphql", json=body)
        except TimeoutError:
            return Outcome.UNKNOWN, f"no answer within {DEADLINE_S:.0f} s", {}
        except httpx.TransportError as trouble:
            return Outcome.UNKNOWN, type(trouble).__name__, {}
        return told_by(response.status_code, response.content)


def told_by(status: int, content: bytes) -> tuple[Outcome, str, dict[str, Any]]:
    """What an answer stands for. An error says nothing of whether it was done; `userErrors` say that it was not."""
    try:
        answer = orjson.loads(content)
    except orjson.JSONDecodeError:
        return Outcome.UNKNOWN, f"status {status}", {}
    if errors := answer.get("errors"):
        codes = sorted({error.get("extensions", {}).get("code", "no code") for error in errors})
        return Outcome.UNKNOWN, " ".join(codes), {}
    (payload,) = answer["data"].values()
    if refusals := payload.get("userErrors"):
        return Outcome.REFUSED, refusals[0]["message"], {}
    return Outcome.ACKNOWLEDGED, "", payload
