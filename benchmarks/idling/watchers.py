"""Thousands of subscribers in one process, as light as can be: they share the machine with what is measured."""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable
from typing import cast
from urllib.parse import urlsplit

import orjson
import uvloop
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

HOST = "127.0.0.1"
AT_ONCE = 50  # sockets that are being opened
QUERY = """subscription Watch($topic: String!, $after: String) {
  events(topic: $topic, after: $after) { eventId offset cursor source payload } }"""


def main() -> None:
    options = _options()
    uvloop.run(_watch(options.url, options.topic, options.after, options.many))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "topic", "after"):
        parser.add_argument(name)
    parser.add_argument("many", type=int)
    return parser.parse_args()


async def _watch(url: str, topic: str, after: str, many: int) -> None:
    """Open so many sockets; then tell whenever all have got one more event."""
    loop, turns, rounds = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE), Rounds(many)
    address, port = f"{url.replace('http', 'ws', 1)}/graphql", urlsplit(url).port or 80
    request: dict[str, object] = {"query": QUERY, "variables": {"topic": topic, "after": after}}

    async def open_one() -> None:
        async with turns:
            subscribed = loop.create_future()
            await loop.create_connection(lambda: Watcher(address, request, subscribed, rounds.got), HOST, port)
            await subscribed

    await asyncio.gather(*(open_one() for _ in range(many)))
    _tell(subscribed=many)
    await asyncio.Event().wait()  # until this process is killed: all sockets vanish at once


class Rounds:
    """Counts how many have got each event."""

    def __init__(self, many: int) -> None:
        self._many = many
        self._got: dict[str, int] = {}

    def got(self, event_id: str) -> None:
        """One watcher has got an event. When it is the last, tell when that was: the clock is that of all processes."""
        self._got[event_id] = self._got.get(event_id, 0) + 1
        if self._got[event_id] == self._many:
            _tell(event=event_id, at_s=time.monotonic())


class Watcher(asyncio.Protocol):
    """One subscriber."""

    def __init__(
        self, address: str, request: dict[str, object], subscribed: "asyncio.Future[None]", got: Callable[[str], None]
    ) -> None:
        self._socket = ClientProtocol(parse_uri(address), subprotocols=[Subprotocol("graphql-transport-ws")])
        self._request, self._subscribed, self._got = request, subscribed, got

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a WebSocket."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is none by its class
        self._socket.send_request(self._socket.connect())
        self._write()

    def data_received(self, data: bytes) -> None:
        """Answer what the protocol asks for, and count what comes."""
        self._socket.receive_data(data)
        for event in self._socket.events_received():
            if isinstance(event, Response):
                self._say(type="connection_init", payload={"Authorization": f"Bearer {os.environ['WATCHERS_TOKEN']}"})
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._hear(orjson.loads(event.data))
        self._write()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody hangs up here but the server."""
        _tell(lost=str(exc))

    def _hear(self, message: dict[str, dict[str, dict[str, dict[str, str]]]]) -> None:
        match message["type"]:
            case "connection_ack":
                self._say(id="1", type="subscribe", payload=self._request)
                self._subscribed.set_result(None)
            case "next":
                self._got(message["payload"]["data"]["events"]["eventId"])
            case "ping":
                self._say(type="pong")
            case _:
                _tell(lost=str(message))

    def _say(self, **message: object) -> None:
        self._socket.send_text(orjson.dumps(message))

    def _write(self) -> None:
        self._transport.write(b"".join(self._socket.data_to_send()))


def _tell(**told: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
