"""The head of a request, and the trailers after its body, have a bound in size, however their bytes come."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.guarded_http import GuardedHttp
from tests.factories.sockets import served

BOUND = 65_536
REFUSED = b"HTTP/1.1 400 Bad Request"
POST = b"POST / HTTP/1.1\r\nhost: cairn\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n"
TRAILERS = b"x-much: " + b"x" * 1_000 + b"\r\n"
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def counting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers how many bytes the body has, or `early` before it has come."""
    body = b"" if scope["path"] == "/early" else await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} bytes;")(scope, receive, send)


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    """Begins to answer, and goes on until the client has gone."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    while (await receive())["type"] != "http.disconnect":
        pass


@asynccontextmanager
async def a_line(app: Any = counting, protocol: type[GuardedHttp] = GuardedHttp) -> AsyncIterator[Line]:
    """A connection to a server that guards it."""
    async with served(app, http=protocol) as port, opened(port) as line:
        yield line


@asynccontextmanager
async def opened(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def heard(line: Line, sent: bytes, piece: int = 10**9, *, until: bytes | None = None) -> bytes:
    """What the server says to this, up to the end of the connection, or to a word."""
    reader, writer = line
    said = bytearray()
    try:
        async with asyncio.timeout(10):
            for at in range(0, len(sent), piece):
                writer.write(sent[at : at + piece])
                await writer.drain()
                for _ in range(5):
                    await asyncio.sleep(0)  # the server, in this very loop, reads each piece by itself
            while (until is None or until not in said) and (more := await reader.read(BOUND)):
                said += more
    except ConnectionError:
        pass  # the server had more to read when it closed
    return bytes(said)


def a_head(size: int) -> bytes:
    return b"GET / HTTP/1.1\r\nhost: cairn\r\nx-much: " + b"x" * size + b"\r\n\r\n"


def an_address(size: int) -> bytes:
    return b"GET /" + b"x" * size + b" HTTP/1.1\r\nhost: cairn\r\n\r\n"


@pytest.mark.parametrize("head", [a_head, an_address])
@pytest.mark.parametrize("size", [BOUND + 1_000, 3 * BOUND])
@pytest.mark.parametrize("piece", [10**9, 20_000])
async def test_a_head_past_its_bound_is_refused(head: Callable[[int], bytes], size: int, piece: int) -> None:
    async with a_line() as line:
        said = await heard(line, head(size), piece)
    assert said[: len(REFUSED)] in (REFUSED, b"")


@pytest.mark.parametrize("piece", [10**9, 20_000])
async def test_a_large_head_is_read(piece: int) -> None:
    async with a_line() as line:
        assert b"0 bytes;" in await heard(line, a_head(BOUND - 1_000), piece, until=b"bytes;")


@pytest.mark.parametrize("unending", [lambda n: b"GET /" + b"x" * n, lambda n: b"GET / HTTP/1.1\r\nx: " + b"x" * n])
async def test_a_head_without_end_is_refused(unending: Callable[[int], bytes]) -> None:
    async with a_line() as line:
        said = await heard(line, unending(2_000_000), 100_000)
    assert said[: len(REFUSED)] in (REFUSED, b"")


@pytest.mark.parametrize("body", [b"", b"4\r\nbody\r\n"])
@pytest.mark.parametrize("trailers", [TRAILERS * 2_000, b"x: " + b"x" * 2_000_000, b"x:\r\n" * 500_000])
async def test_trailers_without_end_are_refused(body: bytes, trailers: bytes) -> None:
    async with a_line() as line:
        said = await heard(line, CHUNKED + body + b"0\r\n" + trailers, 20_000)
    assert said[: len(REFUSED)] in (REFUSED, b"")


async def test_trailers_without_end_are_refused_after_the_answer_too() -> None:
    async with a_line() as line:
        assert b"0 bytes;" in await heard(line, CHUNKED.replace(b"/", b"/early", 1), until=b"bytes;")
        said = await heard(line, b"0\r\n" + TRAILERS * 2_000, 20_000)
    assert said[: len(REFUSED)] in (REFUSED, b"")


async def test_a_refusal_is_not_written_into_an_answer_that_has_begun() -> None:
    async with a_line(streaming) as line:
        await heard(line, CHUNKED, until=b"begun")
        assert await heard(line, b"0\r\n" + TRAILERS * 2_000, 20_000) == b""


async def test_a_chunk_that_is_never_more_than_announced_is_refused() -> None:
    async with a_line() as line:
        said = await heard(line, CHUNKED + b"4;" + b"x" * 2_000_000, 20_000)
    assert said[: len(REFUSED)] in (REFUSED, b"")


async def test_a_few_trailers_are_read() -> None:
    async with a_line() as line:
        said = await heard(line, CHUNKED + b"4\r\nbody\r\n0\r\n" + TRAILERS * 60 + b"\r\n", 20_000, until=b"bytes;")
    assert b"4 bytes;" in said


async def test_trailers_are_not_held_against_the_next_head() -> None:
    async with a_line() as line:
        await heard(line, CHUNKED, until=b"")
        assert b"0 bytes;" in await heard(line, b"0\r\n" + TRAILERS * 60 + b"\r\n", 20_000, until=b"bytes;")
        assert b"0 bytes;" in await heard(line, a_head(BOUND - 1_000), 20_000, until=b"bytes;")


@pytest.mark.parametrize("piece", [10**9, 20_000])
@pytest.mark.parametrize(
    "framed",
    [
        lambda body: POST + b"content-length: %d\r\n\r\n" % len(body) + body,
        lambda body: CHUNKED + b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
        lambda body: CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n",
    ],
)
async def test_a_large_body_is_read_however_it_is_framed(framed: Callable[[bytes], bytes], piece: int) -> None:
    async with a_line() as line:
        assert b"200000 bytes;" in await heard(line, framed(b"x" * 200_000), piece, until=b"bytes;")


@pytest.mark.parametrize("piece", [10**9, 20_000])
async def test_many_requests_may_come_before_the_first_answer(piece: int) -> None:
    requests = a_head(1_000) + POST + b"content-length: 4\r\n\r\nbody"
    last = POST + b"content-length: 5\r\n\r\n12345"
    async with a_line() as line:
        said = await heard(line, requests * 150 + last, piece, until=b"5 bytes;")
    assert (said.count(b"0 bytes;"), said.count(b"4 bytes;"), said.count(b"5 bytes;")) == (150, 150, 1)


class Impatient(GuardedHttp):
    head_s = 0.05


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", a_head(10)[:-2]])
async def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(beginning: bytes) -> None:
    async with a_line(protocol=Impatient) as line:
        assert await heard(line, beginning) == b""


async def test_the_second_request_of_a_connection_is_not_waited_for_either() -> None:
    async with a_line(protocol=Impatient) as line:
        assert b"0 bytes;" in await heard(line, a_head(10), until=b"bytes;")
        assert await heard(line, b"GET / HT") == b""


async def test_whoever_has_sent_a_whole_head_may_take_longer_for_the_body() -> None:
    async with served(counting, http=Impatient) as port, opened(port) as patient, opened(port) as silent:
        patient[1].write(POST + b"content-length: 4\r\n\r\n")
        assert await heard(silent, b"") == b""
        async with opened(port) as later:  # which is let go after the first would have been
            assert await heard(later, b"") == b""
        assert b"4 bytes;" in await heard(patient, b"body", until=b"bytes;")
