"""Requests over a connection that is kept, with as little work as can be: the load takes from the same cores."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

HOST = "127.0.0.1"
PIECE_BYTES = 262_144
LONGEST_S = 120.0


class WrongAnswer(Exception):
    """A request was not answered as it must be: the figures would say nothing."""


class Connection:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> Self:
        """Connect."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def post(self, path: str, body: bytes, **headers: str) -> dict[str, Any]:
        """The JSON that a request is answered with; raises WrongAnswer for anything but success."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        head = [f"POST {path} HTTP/1.1", f"host: {HOST}", f"content-length: {len(body)}", *lines, "", ""]
        self._writer.write("\r\n".join(head).encode())
        for start in range(0, len(body), PIECE_BYTES):
            self._writer.write(body[start : start + PIECE_BYTES])
            await self._writer.drain()
        status, length = await self._head()
        answer = await self._reader.readexactly(length)
        if status != 200:
            raise WrongAnswer(f"{status} {answer[:300].decode(errors='replace')}")
        told: dict[str, Any] = orjson.loads(answer)
        return told

    async def _head(self) -> tuple[int, int]:
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        _, _, after = head.partition(b"content-length:")
        return int(head.split(b" ", 2)[1]), int(after.split(b"\r\n", 1)[0])

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()


@dataclass
class Told:
    """What the answers of one spell said, together."""

    accepted: int = 0
    duplicates: int = 0
    latencies_s: list[float] = field(default_factory=list)

    def add(self, counts: dict[str, Any], began: float) -> None:
        """One answer; raises WrongAnswer for one that refuses something."""
        if counts["conflicting"] or counts.get("userErrors") or counts.get("errors"):
            raise WrongAnswer(str(counts)[:300])
        self.accepted += counts["accepted"]
        self.duplicates += counts["duplicates"]
        self.latencies_s.append(time.perf_counter() - began)


async def publish(port: int, token: str, bodies: Iterator[bytes], connections: int) -> Told:
    """Send mutations over several connections at once, each as soon as it has its answer."""
    told, headers = Told(), {"authorization": f"Bearer {token}", "content_type": "application/json"}

    async def one() -> None:
        connection = await Connection.open(port)
        for body in bodies:
            began = time.perf_counter()
            answer = await connection.post("/graphql", body, **headers)
            if "errors" in answer:
                raise WrongAnswer(str(answer)[:300])
            told.add(answer["data"]["publishEvents"], began)
        await connection.close()

    await _all(one() for _ in range(connections))
    return told


async def pour(port: int, token: str, topic: str, bodies: list[bytes], *, gzipped: bool) -> Told:
    """Send each body as one bulk request, all at once."""
    told, headers = Told(), {"authorization": f"Bearer {token}", "content_type": "application/x-ndjson"}
    if gzipped:
        headers["content_encoding"] = "gzip"

    async def one(body: bytes) -> None:
        connection = await Connection.open(port)
        began = time.perf_counter()
        told.add(await connection.post(f"/topics/{topic}/events", body, **headers), began)
        await connection.close()

    await _all(one(body) for body in bodies)
    return told


async def _all(work: Any) -> None:
    async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)
