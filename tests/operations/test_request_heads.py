"""The head of a request has a bound in size, however its bytes come."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.conftest import LiveServer

BOUND = 65_536


async def status_of(server: LiveServer, head: bytes, piece: int) -> bytes:
    """The first line of the answer to a request of this head, sent in pieces."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        for at in range(0, len(head), piece):
            writer.write(head[at : at + piece])
            await writer.drain()
        async with asyncio.timeout(30):
            return await reader.readline()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def a_head(size: int) -> bytes:
    return b"GET /health/live HTTP/1.1\r\nhost: cairn\r\nx-much: " + b"x" * size + b"\r\n\r\n"


@pytest.mark.parametrize("piece", [10**9, 20_000])
async def test_a_head_past_its_bound_is_refused(live_server: LiveServer, piece: int) -> None:
    assert await status_of(live_server, a_head(3 * BOUND), piece) in (b"HTTP/1.1 400 Bad Request\r\n", b"")


@pytest.mark.parametrize("piece", [10**9, 20_000])
async def test_a_large_head_is_read(live_server: LiveServer, piece: int) -> None:
    assert await status_of(live_server, a_head(BOUND - 1_000), piece) == b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize("unending", [lambda n: b"GET /" + b"x" * n, lambda n: b"GET / HTTP/1.1\r\nx: " + b"x" * n])
async def test_a_head_without_end_is_refused(live_server: LiveServer, unending: Callable[[int], bytes]) -> None:
    assert await status_of(live_server, unending(2_000_000), 100_000) in (b"HTTP/1.1 400 Bad Request\r\n", b"")
