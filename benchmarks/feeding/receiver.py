"""Thousands of subscribers in one process, that count what they get: so light that the server is what is measured.

Told of by arguments; speaks with its parent in lines: `all here` once every socket has got an event, then, at each line
that asks for so many messages a socket, a line of JSON about them.
"""

import argparse
import asyncio
import re
import resource
import sys
import time
from base64 import b64encode
from datetime import datetime
from typing import cast

import orjson
import uvloop

LONG = 126  # from this length on, two or eight more bytes tell it
CONTROL_PING, PONG = 0x89, b"\x8a"
WORD_BYTES = 100  # messages of the protocol are shorter, events are longer
SENT_AT = re.compile(rb'"at":(\d+)')
RECEIVED_AT = re.compile(rb'"receivedAt":"([^"]+)"')
OPENED_AT_ONCE = 100
HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class Counts:
    """What all sockets have got together."""

    def __init__(self, sockets: int) -> None:
        self.sockets, self.here = sockets, 0
        self.messages, self.bytes, self.awaited = 0, 0, 0
        self.first_ns = self.last_ns = 0
        self.delays_ms: list[float] | None = None  # from when the publisher began to send
        self.since_stored_ms: list[float] = []  # from `receivedAt`, which is taken just before the commit
        self.all_here, self.all_got = asyncio.Event(), asyncio.Event()

    def begin(self, awaited: int, *, delays: bool) -> None:
        """Count from nothing, until so many have come."""
        self.messages = self.bytes = self.first_ns = 0
        self.awaited, self.delays_ms, self.since_stored_ms = awaited, [] if delays else None, []
        self.all_got.clear()

    def comes(self) -> None:
        """A socket has got something for the first time."""
        self.here += 1
        if self.here == self.sockets:
            self.all_here.set()

    def got(self, messages: int, size: int) -> None:
        """Messages of one socket have come."""
        now = time.monotonic_ns()
        self.first_ns = self.first_ns or now
        self.messages += messages
        self.bytes += size
        if self.awaited and self.messages >= self.awaited:
            self.last_ns = now
            self.all_got.set()


class Subscriber(asyncio.Protocol):
    """One socket: says its part of the protocol, then counts frames without reading them."""

    def __init__(
        self, counts: Counts, handshake: bytes, words: tuple[bytes, bytes], opened: asyncio.Future[None]
    ) -> None:
        self._counts, self._handshake, self._words, self._opened = counts, handshake, words, opened
        self._rest, self._is_open, self._has_got = b"", False, False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._handshake)

    def data_received(self, data: bytes) -> None:
        """Count the frames that are whole."""
        data = self._rest + data if self._rest else data
        if not self._is_open and not (data := self._answered(data)):
            return
        at, messages = 0, 0
        while (frame := _frame(data, at)) is not None:
            begin, end = frame
            if end - begin > WORD_BYTES:
                messages += 1
                if self._counts.delays_ms is not None:
                    self._delay(data, begin, end)
            else:
                self._word(data[at], data[begin:end])
            at = end
        self._rest = data[at:]
        if messages:
            if not self._has_got:
                self._has_got = True
                self._counts.comes()
            self._counts.got(messages, at)

    def connection_lost(self, _exc: Exception | None) -> None:
        """The server has closed it: nothing can be counted."""
        raise SystemExit("The server has closed a socket.")

    def _answered(self, data: bytes) -> bytes:
        """What follows the answer to the handshake, once it is there."""
        head, end, more = data.partition(b"\r\n\r\n")
        if not end:
            self._rest = head
        elif not head.startswith(b"HTTP/1.1 101"):
            self._opened.set_exception(ConnectionError(head.decode()))
        else:
            self._is_open, self._rest = True, b""
            self._transport.write(self._words[0])
        return more

    def _delay(self, data: bytes, begin: int, end: int) -> None:
        found, stored = SENT_AT.search(data, begin, end), RECEIVED_AT.search(data, begin, end)
        if found and stored and self._counts.delays_ms is not None:
            self._counts.delays_ms.append((time.monotonic_ns() - int(found[1])) / 1e6)
            stored_s = datetime.fromisoformat(stored[1].decode()).timestamp()
            self._counts.since_stored_ms.append((time.time() - stored_s) * 1e3)

    def _word(self, opcode: int, word: bytes) -> None:
        if opcode == CONTROL_PING:
            self._transport.write(PONG + bytes((0x80 | len(word), 0, 0, 0, 0)) + word)
        elif b'"ping"' in word:
            self._transport.write(masked({"type": "pong"}))
        elif b'"connection_ack"' in word and not self._opened.done():
            self._transport.write(self._words[1])
            self._opened.set_result(None)


def _frame(data: bytes, at: int) -> tuple[int, int] | None:
    """From where to where the content of a frame reaches; None when it is not here to its end."""
    begin = at + 2
    if begin > len(data):
        return None
    length = data[at + 1]
    if length >= LONG:
        wide = 2 if length == LONG else 8
        begin += wide
        if begin > len(data):
            return None
        length = int.from_bytes(data[begin - wide : begin], "big")
    return (begin, begin + length) if begin + length <= len(data) else None


def masked(message: object) -> bytes:
    """A frame as clients send it; the mask is all zeros, which the protocol does not forbid."""
    text = orjson.dumps(message)
    length = bytes((0x80 | len(text),)) if len(text) < LONG else b"\xfe" + len(text).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + text


async def receive(options: argparse.Namespace) -> None:
    """Open all sockets, then do what the parent says."""
    counts = Counts(options.sockets)
    room = asyncio.Semaphore(OPENED_AT_ONCE)

    async def opened(number: int) -> None:
        loop = asyncio.get_running_loop()
        key = b64encode(number.to_bytes(16, "big")).decode()
        handshake = HANDSHAKE.format(path=options.path, port=options.port, key=key).encode()
        init = {"type": "connection_init", "payload": orjson.loads(options.init)}
        id = f"{number:08x}-0000-4000-8000-000000000000"  # as long as those that npm graphql-ws makes
        subscribe = {"type": "subscribe", "id": id, "payload": orjson.loads(options.subscribe)}
        async with room:
            acknowledged = loop.create_future()
            words = masked(init), masked(subscribe)
            await loop.create_connection(
                lambda: Subscriber(counts, handshake, words, acknowledged), "127.0.0.1", options.port
            )
            await acknowledged

    await asyncio.gather(*map(opened, range(options.sockets)))
    _say({"said": "subscribed"})
    await counts.all_here.wait()
    _say({"said": "all here"})
    lines = await _stdin()
    while line := await lines.readline():
        asked = orjson.loads(line)
        counts.begin(asked["each"] * options.sockets, delays=asked["delays"])
        _say({"said": "counting"})
        began_cpu = time.process_time()
        async with asyncio.timeout(asked["within_s"]):
            await counts.all_got.wait()
        told: dict[str, object] = {"last_ns": counts.last_ns, "messages": counts.messages, "bytes": counts.bytes}
        told["delay_ms"] = _quantiles(counts.delays_ms or [0.0])
        told["since_stored_ms"] = _quantiles(counts.since_stored_ms or [0.0])
        _say(told | {"cpu_s": time.process_time() - began_cpu})


def _quantiles(delays_ms: list[float]) -> tuple[float, float]:
    """The median, and what 99 of a hundred do not pass."""
    ordered = sorted(delays_ms)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


async def _stdin() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


def _say(told: dict[str, object]) -> None:
    print(orjson.dumps(told).decode(), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--sockets", type=int, required=True)
    parser.add_argument("--init", default="{}")
    parser.add_argument("--subscribe", required=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(receive(parser.parse_args()))
