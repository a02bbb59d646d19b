"""One contestant, so many sockets: opens them, publishes, and tells how fast everybody had everything."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from benchmarks.feeding.contestants import WATCH, Contestant
from benchmarks.reading.processes import ROOT

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
LONGEST_S = 120
PUBLISHERS = 4
SETTLED_S = 0.5


class WentWrong(Exception):
    """A round that cannot be counted; the text says why."""


@dataclass(frozen=True)
class Measured:
    """What one round came to."""

    per_second: float
    server_us: float  # of the server's CPU for each message
    receiver_busy: float  # 1: the receiver had no time left, so it is what was measured
    bytes_each: float
    delay_ms: tuple[float, float]  # p50 and p99
    since_stored_ms: tuple[float, float]


class Numbers:
    """The numbers of events, each once in the life of the benchmark."""

    def __init__(self) -> None:
        self._next = 1

    def take(self, count: int) -> list[int]:
        """The next ones."""
        begin, self._next = self._next, self._next + count
        return list(range(begin, self._next))


async def throughput(one: Contestant, numbers: Numbers, *, sockets: int, events: int) -> Measured:
    """Publish events as fast as they are taken, one with each request."""
    async with _subscribed(one, numbers, sockets) as receiver:
        await _ask(receiver, events, delays=False)
        cpu, began_ns = _cpu_s(one.process), time.monotonic_ns()
        waiting = numbers.take(events)

        async def publish() -> None:
            async with _connected(one) as post:
                while waiting:
                    await post(one.body([(waiting.pop(0), time.monotonic_ns())]))

        await asyncio.gather(*(publish() for _ in range(PUBLISHERS)))
        told = await _heard(receiver)
        seconds = (told["last_ns"] - began_ns) / 1e9
        server_us = (_cpu_s(one.process) - cpu) * 1e6 / told["messages"]
    return _measured(told, seconds, server_us)


async def latency(one: Contestant, numbers: Numbers, *, sockets: int, events: int, per_second: float) -> Measured:
    """Publish events at a moderate rate; delays are counted from when the publisher begins to send."""
    async with _subscribed(one, numbers, sockets) as receiver:
        await _ask(receiver, events, delays=True)
        cpu, began_ns = _cpu_s(one.process), time.monotonic_ns()
        async with _connected(one) as post:
            for turn, number in enumerate(numbers.take(events)):
                late_s = began_ns / 1e9 + turn / per_second - time.monotonic()
                await asyncio.sleep(max(0.0, late_s))
                await post(one.body([(number, time.monotonic_ns())]))
        told = await _heard(receiver)
        server_us = (_cpu_s(one.process) - cpu) * 1e6 / told["messages"]
    return _measured(told, (told["last_ns"] - began_ns) / 1e9, server_us)


def _measured(told: dict[str, Any], seconds: float, server_us: float) -> Measured:
    messages, each = told["messages"], told["bytes"] / told["messages"]
    delays = tuple(told["delay_ms"]), tuple(told["since_stored_ms"])
    return Measured(messages / seconds, server_us, told["cpu_s"] / seconds, each, *delays)


@asynccontextmanager
async def _subscribed(one: Contestant, numbers: Numbers, sockets: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of sockets, each of which has got an event."""
    command = [sys.executable, "-m", "benchmarks.feeding.receiver", "--port", one.port, "--path", one.path]
    command += ["--sockets", sockets, "--init", orjson.dumps(one.init).decode()]
    command += ["--subscribe", orjson.dumps({"query": WATCH}).decode()]
    receiver = await asyncio.create_subprocess_exec(
        *map(str, command), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        await _heard(receiver)
        here = asyncio.create_task(_heard(receiver))
        async with asyncio.timeout(LONGEST_S), _connected(one) as post:
            while not here.done():
                await post(one.body([(numbers.take(1)[0], 0)]))
                await asyncio.wait({here}, timeout=SETTLED_S)
            await asyncio.sleep(SETTLED_S)  # what is on its way yet is not counted
        yield receiver
    finally:
        with suppress(ProcessLookupError):  # it may have given up
            receiver.kill()
        await receiver.wait()
        await asyncio.sleep(SETTLED_S)


async def _ask(receiver: asyncio.subprocess.Process, each: int, *, delays: bool) -> None:
    assert receiver.stdin is not None
    receiver.stdin.write(orjson.dumps({"each": each, "delays": delays, "within_s": LONGEST_S}) + b"\n")
    await _heard(receiver)


async def _heard(receiver: asyncio.subprocess.Process) -> dict[str, Any]:
    assert receiver.stdout is not None
    line = await receiver.stdout.readline()
    if not line:
        raise WentWrong("the receiver ended: a socket was refused, or messages were missing")
    told: dict[str, Any] = orjson.loads(line)
    return told


@asynccontextmanager
async def _connected(one: Contestant) -> AsyncIterator[Any]:
    """A connection that posts one body after the other."""
    reader, writer = await asyncio.open_connection("127.0.0.1", one.publish_port)
    head = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items())
    head = f"POST {one.publish_path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}Content-Length: "

    async def post(body: bytes) -> None:
        writer.write(f"{head}{len(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        status = int(answer[9:12])
        length = next(
            (line[15:] for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:")), b"0"
        )
        said = b"" if b"chunked" in answer.lower() else await reader.readexactly(int(length))
        if status != 200 or b'"errors"' in said or b'"message"' in said:
            raise WentWrong(f"{one.name} did not take an event: {status} {said[:300]!r}")

    try:
        yield post
    finally:
        writer.close()


def _cpu_s(process: int) -> float:
    """The CPU time that a process has taken."""
    told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / TICKS_PER_S


def pin(processes: Sequence[int], cores: set[int]) -> None:
    """Let processes and all their threads run on these cores only."""
    for process in processes:
        for thread in Path(f"/proc/{process}/task").iterdir():
            os.sched_setaffinity(int(thread.name), cores)
