"""The server offers a short way out to sockets, while they are open and their messages are not compressed."""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState
from websockets.asyncio.client import connect
from websockets.protocol import State

from app.edge.sockets.direct import EXTENSION, DirectSockets, DirectWire, text_frame
from tests.factories.sockets import served

MUCH = 50_000_000  # more than all buffers take


class Endpoint:
    """Accepts a socket, and lets a test have its short way."""

    def __init__(self) -> None:
        self.wire: asyncio.Future[DirectWire | None] = asyncio.get_running_loop().create_future()
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.wire.set_result(scope["extensions"].get(EXTENSION))
        while (await receive())["type"] != "websocket.disconnect":
            pass
        self.ended.set()


async def wire_of(endpoint: Endpoint) -> DirectWire:
    wire = await endpoint.wire
    assert wire is not None
    return wire


async def test_what_goes_the_short_way_arrives() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port, connect(f"ws://127.0.0.1:{port}/", compression=None) as client:
        wire = await wire_of(endpoint)
        assert wire.takes()
        wire.write(text_frame("D′".encode()) + text_frame(b"x" * 70_000))

        assert [await client.recv(), await client.recv()] == ["D′", "x" * 70_000]


async def test_a_socket_that_is_closed_takes_nothing() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port:
        async with connect(f"ws://127.0.0.1:{port}/", compression=None):
            wire = await wire_of(endpoint)
        await endpoint.ended.wait()

        assert not wire.takes()


async def test_a_socket_whose_client_does_not_read_takes_so_much_and_no_more() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port:
        client = await connect(f"ws://127.0.0.1:{port}/", compression=None, max_queue=1)
        client.transport.pause_reading()
        wire, written = await wire_of(endpoint), 0
        while wire.takes():
            wire.write(text_frame(b"x" * 60_000))
            written += 1
            assert written < 10_000

        client.transport.resume_reading()
        for _ in range(written):
            await client.recv()
        assert wire.takes()
        await client.close()


async def test_what_a_client_reads_of_a_message_is_known_before_it_has_all() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port:
        client = await connect(f"ws://127.0.0.1:{port}/", compression=None)
        client.transport.pause_reading()
        wire, raw = await wire_of(endpoint), client.transport.get_extra_info("socket")
        wire.write(text_frame(b"x" * MUCH))
        await unread_is(wire, lambda unread: unread < MUCH)  # the client's system takes some of it
        before = wire.unread()

        with socket.socket(fileno=os.dup(raw.fileno())) as reading:
            while wire.unread() >= before:
                with suppress(BlockingIOError):
                    reading.recv(100_000)
                await asyncio.sleep(0)

        assert 0 < wire.unread() < before
        client.transport.abort()
        await endpoint.ended.wait()
        assert wire.unread() == 0


async def test_a_client_that_does_not_answer_a_ping_is_told_the_code_of_one_that_froze() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port:
        client = await connect(f"ws://127.0.0.1:{port}/", compression=None)
        wire = cast("DirectSockets", await wire_of(endpoint))
        wire.keepalive_timeout()

        await client.wait_closed()
        assert client.close_code == 4499


class Transport:
    """Holds as many bytes for the client as a test says."""

    def __init__(self) -> None:
        self.held = 0
        self._closing = False

    def get_write_buffer_size(self) -> int:
        return self.held

    def get_extra_info(self, _name: str) -> Any:
        return self

    def fileno(self) -> int:
        raise OSError("no system holds anything")

    def write(self, _frames: bytes) -> None:
        return

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        self._closing = True


async def test_a_client_that_is_slow_to_come_to_the_ping_has_time_for_as_long_as_it_reads() -> None:
    transport = Transport()
    wire = DirectSockets(uvicorn.Config(Endpoint()), ServerState(), {})
    wire.transport, wire.conn.state = cast("asyncio.Transport", transport), State.OPEN
    transport.held = 1_000
    wire.send_keepalive_ping()

    open_after = []
    for transport.held in (900, 100, 100):
        wire.keepalive_timeout()
        open_after.append(wire.takes())

    assert open_after == [True, True, False]
    wire.stop_keepalive()


async def test_a_ping_behind_a_full_transport_is_waited_for() -> None:
    endpoint = Endpoint()
    async with served(endpoint) as port:
        client = await connect(f"ws://127.0.0.1:{port}/", compression=None, max_size=None)
        client.transport.pause_reading()
        wire = cast("DirectSockets", await wire_of(endpoint))
        wire.write(text_frame(b"x" * MUCH))
        for _ in range(3):
            wire.keepalive_timeout()
        assert not wire.close_sent
        client.transport.abort()
        await endpoint.ended.wait()


async def unread_is(wire: DirectWire, so: Callable[[int], bool]) -> None:
    async with asyncio.timeout(10):
        while not so(wire.unread()):  # noqa: ASYNC110
            await asyncio.sleep(0)


@pytest.mark.parametrize(("options", "offered"), [({}, True), ({"ws_per_message_deflate": True}, False)])
async def test_messages_that_are_compressed_do_not_go_the_short_way(options: dict[str, Any], offered: bool) -> None:
    endpoint = Endpoint()
    async with served(endpoint, **options) as port, connect(f"ws://127.0.0.1:{port}/"):
        assert (await endpoint.wire is not None) == offered
