"""Those who mean harm: hostile documents and bodies, bad tokens, broken sockets, slow lines and sudden ends."""

import asyncio

import orjson
from websockets.exceptions import ConnectionClosed

from benchmarks.reading.reads import CAIRN_NESTED
from benchmarks.soaking.subscribers import a_socket
from benchmarks.soaking.target import Target, WrongAnswer
from tests.edge.attacks import BODIES, DOCUMENTS, VARIABLES

PROTOCOLS = ("graphql-transport-ws", "graphql-ws")
SAID = (  # the first words on a socket, each of which ends it or is refused
    "",
    "{",
    "[]",
    "null",
    '"connection_init"',
    '{"type": null}',
    '{"type": "' + "x" * 5_000 + '"}',
    '{"type": "connection_init", "payload": []}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}',
    '{"type": "subscribe", "id": [], "payload": null}',
    '{"type": "connection_init", "payload": {"Authorization": "Bearer x.y.z"}}',
    "[" * 100_000,
)
TOKENS = ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "A" * 7_000, "é")
HOLDS_S = 40.0  # longer than the server waits for a body
HALF_HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Le"


async def attacks_by_document(target: Target, number: int) -> None:
    """Documents that are too much; every other time the text is one that was never seen."""
    _, text, _ = DOCUMENTS[number % len(DOCUMENTS)]
    await _refused(target, orjson.dumps({"query": f"{text} # {number}" if number % 2 else text}))


async def attacks_by_body(target: Target, number: int) -> None:
    """Bodies and variables that are none."""
    if number % 2:
        _, query, variables, _ = VARIABLES[number // 2 % len(VARIABLES)]
        await _refused(target, b'{"query":' + orjson.dumps(query) + b',"variables":' + variables.encode() + b"}")
    else:
        await _refused(target, BODIES[number // 2 % len(BODIES)][1])


async def _refused(target: Target, body: bytes) -> None:
    answer = await target.post(body)
    if answer.status_code >= 500 or "errors" not in answer.json():
        raise WrongAnswer(f"{answer.status_code} {answer.text[:200]}")


async def bad_tokens(target: Target, number: int) -> None:
    """Tokens that are none."""
    token = TOKENS[number % len(TOKENS)] + (str(number) if number % 3 == 0 else "")
    reader, writer = await target.open()
    try:
        body = orjson.dumps({"query": "{ viewer { id } }"})
        writer.write(target.raw(body, **{"Authorization": f"Bearer {token}", "Connection": "close"}))
        answer = await reader.read()
    finally:
        writer.close()
    if b"UNAUTHENTICATED" not in answer and not answer.startswith(b"HTTP/1.1 4"):
        raise WrongAnswer(answer[-200:].decode(errors="replace"))


async def hanging_up(target: Target, number: int) -> None:
    """Gone while the query runs."""
    _, writer = await target.open()
    writer.write(target.raw(orjson.dumps({"query": CAIRN_NESTED})))
    await asyncio.sleep(0.002 * (number % 15))
    writer.transport.abort()


async def malformed_messages(target: Target, number: int) -> None:
    """The server closes the socket, whatever it is told; or the client goes."""
    async with a_socket(target, PROTOCOLS[number % 2]) as socket:
        await socket.send(SAID[number // 2 % len(SAID)])
        try:
            async with asyncio.timeout(10):
                while True:
                    await socket.recv()
        except ConnectionClosed:
            pass
        except TimeoutError:
            raise WrongAnswer(f"nothing ends the socket after {SAID[number // 2 % len(SAID)][:60]!r}") from None


async def silent_sockets(target: Target, number: int) -> None:
    """A socket that says nothing, or never answers a ping: the server ends it."""
    async with a_socket(target, PROTOCOLS[0]) as socket:
        if number % 2:
            init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {target.token}"}}
            await socket.send(orjson.dumps(init).decode())
        try:
            async with asyncio.timeout(HOLDS_S):
                while True:
                    await socket.recv()
        except ConnectionClosed:
            pass
        except TimeoutError:
            raise WrongAnswer("a socket that never answers is kept") from None


async def slow_bodies(target: Target, _number: int) -> None:
    """A byte a second of a body: the server has had enough after a while."""
    reader, writer = await target.open()
    try:
        writer.write(target.raw(b"{" + b" " * 500)[:-500])
        answer = asyncio.ensure_future(reader.read())
        for _ in range(int(HOLDS_S)):
            await asyncio.wait({answer}, timeout=1)
            if answer.done():
                return
            writer.write(b" ")
        answer.cancel()
        raise WrongAnswer("a body that never ends is waited for")
    finally:
        writer.transport.abort()


async def half_heads(target: Target, number: int) -> None:
    """Connections that say nothing, or half of a request's head, and are left at that for a while."""
    _, writer = await target.open()
    try:
        if number % 2:
            writer.write(HALF_HEAD)
        await asyncio.sleep(HOLDS_S / 2)
    finally:
        writer.transport.abort()
