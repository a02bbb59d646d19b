"""Watchers of a job that come, stay a bit and vanish without a word, over every transport."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.soaking.target import HOST, Target, WrongAnswer

WATCH = "subscription Watch($id: ID!) { job(id: $id) { id status progress } }"
EVENTS = "text/event-stream"
STAYS_S = (0.0, 0.05, 0.3, 1.5, 4.0)


def watch(target: Target) -> dict[str, object]:
    """The request of a watcher."""
    return {"query": WATCH, "variables": {"id": target.job_id}}


@asynccontextmanager
async def a_socket(target: Target, protocol: str) -> AsyncIterator[ClientConnection]:
    """A WebSocket that vanishes at the end: no close frame, no goodbye."""
    url = f"ws://{HOST}:{target.port}/graphql"
    async with connect(url, subprotocols=[Subprotocol(protocol)], ping_interval=None, close_timeout=1) as socket:
        try:
            yield socket
        finally:
            socket.transport.abort()


async def transport_ws_subscriptions(target: Target, number: int) -> None:
    """graphql-transport-ws."""
    await _watch_by_socket(target, number, "graphql-transport-ws", "subscribe", "next")


async def legacy_ws_subscriptions(target: Target, number: int) -> None:
    """The older graphql-ws."""
    await _watch_by_socket(target, number, "graphql-ws", "start", "data")


async def _watch_by_socket(target: Target, number: int, protocol: str, begin: str, event: str) -> None:
    async with a_socket(target, protocol) as socket:
        init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {target.token}"}}
        await socket.send(orjson.dumps(init).decode())
        await _hear(socket, "connection_ack")
        for id in range(1 + number % 3):
            await socket.send(orjson.dumps({"id": str(id), "type": begin, "payload": watch(target)}).decode())
        if number % 4:
            told = await _hear(socket, event)
            if told["payload"].get("errors"):
                raise WrongAnswer(str(told)[:200])
        await asyncio.sleep(_stay(number))


async def _hear(socket: ClientConnection, kind: str) -> dict[str, dict[str, object]]:
    while True:
        told = orjson.loads(await socket.recv())
        if told["type"] == kind:
            heard: dict[str, dict[str, object]] = told
            return heard
        if told["type"] in ("error", "connection_error"):
            raise WrongAnswer(str(told)[:200])


async def event_stream_subscriptions(target: Target, number: int) -> None:
    """Server-sent events, a stream for one operation."""
    reader, writer = await target.open()
    try:
        writer.write(target.raw(orjson.dumps(watch(target)), accept=EVENTS))
        if number % 4:
            await _event(reader)
        await asyncio.sleep(_stay(number))
    finally:
        writer.transport.abort()


async def shared_event_streams(target: Target, number: int) -> None:
    """Server-sent events, one stream for several operations; every fifth is reserved and never opened."""
    reserved = await target.http.put("/graphql/stream", headers={"Accept": "text/plain"})
    if reserved.status_code != 201:
        raise WrongAnswer(f"{reserved.status_code} {reserved.text[:200]}")
    if number % 5 == 0:
        return
    token = {"X-GraphQL-Event-Stream-Token": reserved.text}
    reader, writer = await target.open()
    try:
        opened = target.raw(b"", accept=EVENTS, path="/graphql/stream", **token)
        writer.write(opened.replace(b"POST", b"GET", 1))
        for id in range(1 + number % 3):
            body = {**watch(target), "extensions": {"operationId": str(id)}}
            taken = await target.http.post("/graphql/stream", content=orjson.dumps(body), headers=token)
            if taken.status_code != 202:
                raise WrongAnswer(f"{taken.status_code} {taken.text[:200]}")
        await _event(reader)
        await asyncio.sleep(_stay(number))
    finally:
        writer.transport.abort()


async def _event(reader: asyncio.StreamReader) -> None:
    """Wait for the first event."""
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise WrongAnswer(head[:100].decode())
    await reader.readuntil(b"event: next")


def _stay(number: int) -> float:
    return STAYS_S[number % len(STAYS_S)]
