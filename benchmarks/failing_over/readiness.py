"""Somebody who looks again and again whether each API says that it is ready."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

PAUSE_S = 0.1
PATIENCE_S = 5.0


@dataclass
class Readiness:
    """What the pages of readiness said, each time that they were asked."""

    urls: Sequence[str]
    unready: list[tuple[float, float]] = field(
        default_factory=list
    )  # when an answer came, and the first good one after

    async def watch(self) -> None:
        """Look until cancelled."""
        async with asyncio.TaskGroup() as group:
            for url in self.urls:
                group.create_task(self._watch(url))

    def took_s(self, began_s: float, until_s: float) -> float:
        """How long after the begin of a time the last API was ready for good; 0 when each was all the time."""
        return max((ready_s - began_s for said_s, ready_s in self.unready if began_s <= said_s <= until_s), default=0.0)

    async def _watch(self, url: str) -> None:
        waiting: list[float] = []
        async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as http:
            while True:
                ready = await _is_ready(http, url)
                if ready:
                    self.unready += [(said_s, time.monotonic()) for said_s in waiting]
                waiting = [] if ready else [*waiting, time.monotonic()]
                await asyncio.sleep(PAUSE_S)


async def _is_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        answer = await http.get(f"{url}/health/ready")
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and answer.json()["status"] == "ready"
