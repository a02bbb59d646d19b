"""The server under load, as those who load it see it, and what they note."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count

import httpx
import orjson
from websockets.exceptions import WebSocketException

LONGEST_S = 90.0
HOST = "127.0.0.1"


class WrongAnswer(Exception):
    """The server said something that it must not say; this fails the soak."""


@dataclass
class Target:
    """A Cairn, an athlete's token for it, and the notes that are taken."""

    port: int
    token: str
    run_id: str
    job_id: str
    http: httpx.AsyncClient
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)
    troubles: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    acknowledged: dict[str, str] = field(default_factory=dict)  # the id of the run that a key was answered with
    attempted: set[str] = field(default_factory=set)

    async def post(self, body: object, **headers: str) -> httpx.Response:
        """One request over a connection that is kept."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return await self.http.post("/graphql", content=content, headers=headers)

    def raw(self, body: bytes, *, accept: str = "application/json", path: str = "/graphql", **more: str) -> bytes:
        """A request as it goes over the wire, for those who do not wait for its answer."""
        headers = {
            "Host": f"{HOST}:{self.port}",
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": accept,
            "Content-Length": str(len(body)),
        } | more
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + body

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A bare connection."""
        return await asyncio.open_connection(HOST, self.port)


Act = Callable[[Target, int], Awaitable[None]]


async def keep_doing(target: Target, act: Act, *, place: int, places: int, every_s: float) -> None:
    """Do something over and over until the soak ends; `place` of `places` who do the same take turns at its numbers."""
    name = act.__name__.replace("_", " ")
    for number in count(place, places):
        if target.stop.is_set():
            return
        try:
            async with asyncio.timeout(LONGEST_S):
                await act(target, number)
            target.done[name] += 1
        except WrongAnswer as wrong:
            target.wrong[name].append(str(wrong))
        except (OSError, EOFError, httpx.HTTPError, WebSocketException) as trouble:
            target.troubles[f"{name}: {type(trouble).__name__} {trouble}"[:140]] += 1
        await asyncio.sleep(every_s)
