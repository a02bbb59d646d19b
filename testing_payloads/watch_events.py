"""Follows a topic over WebSockets, whatever breaks: .venv/bin/python testing_payloads/watch_events.py TOPIC [CURSOR]

It prints each event once and in order: after a break it goes on behind the last event that it printed. Without a CURSOR
it asks first where the topic ends, and begins there: nothing is missed even if it breaks before the first event.
URL says where Cairn answers (several, with commas between them, take turns), TOKEN who asks; without a TOKEN,
`cairn token` makes one.
"""

import asyncio
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

QUERY = Path(__file__).with_suffix(".graphql").read_text(encoding="utf-8")
HEAD = "query($topic: String!) { topic(name: $topic) { headCursor } }"
PROTOCOL = Subprotocol("graphql-transport-ws")
PAUSE_S = 0.5


def token() -> str:
    if given := os.environ.get("TOKEN"):
        return given
    cairn = Path(sys.executable).with_name("cairn")
    return subprocess.run([cairn, "token", "--as", "runner"], check=True, capture_output=True, text=True).stdout.strip()


async def watch(topic: str, cursor: str | None) -> None:
    """Print the topic's events, those behind the cursor first, for ever."""
    urls = os.environ.get("URL", "http://127.0.0.1:8080").split(",")
    bearer = token()
    for url in itertools.cycle(urls):
        try:
            cursor = await watch_until_it_ends(url, bearer, topic, cursor)
        except Broken as broken:
            cursor = broken.cursor
            print(f"{broken}; going on", file=sys.stderr, flush=True)
        await asyncio.sleep(PAUSE_S)


class Broken(Exception):
    """The connection has broken; the cursor is that of the last event."""

    def __init__(self, why: str, cursor: str | None) -> None:
        super().__init__(why)
        self.cursor = cursor


async def watch_until_it_ends(url: str, bearer: str, topic: str, cursor: str | None) -> str | None:
    """One subscription to its end; answers the cursor from which to go on."""
    try:
        async with connect(f"{url.replace('http', 'ws', 1)}/graphql", subprotocols=[PROTOCOL]) as socket:
            await send(socket, type="connection_init", payload={"Authorization": f"Bearer {bearer}"})
            async for frame in socket:
                message = json.loads(frame)
                match message["type"]:
                    case "connection_ack" if cursor is None:
                        await ask(socket, "head", HEAD, topic=topic)
                    case "next" if message["id"] == "head":
                        told = message["payload"]
                        if "errors" in told:
                            return going_on_after(told["errors"][0], cursor)
                        cursor = told["data"]["topic"] and told["data"]["topic"]["headCursor"]
                    case "connection_ack":
                        await ask(socket, "events", QUERY, topic=topic, after=cursor)
                    case "complete" if message["id"] == "head":
                        await ask(socket, "events", QUERY, topic=topic, after=cursor)
                    case "next":
                        event = message["payload"]["data"]["events"]
                        print(json.dumps(event), flush=True)
                        cursor = event["cursor"]
                    case "ping":
                        await send(socket, type="pong")
                    case "error":
                        return going_on_after(message["payload"][0], cursor)
                    case "complete":
                        return cursor
    except (OSError, WebSocketException) as trouble:
        raise Broken(str(trouble), cursor) from trouble
    return cursor


async def ask(socket: ClientConnection, name: str, query: str, **variables: str | None) -> None:
    await send(socket, id=name, type="subscribe", payload={"query": query, "variables": variables})


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


def going_on_after(error: dict[str, Any], cursor: str | None) -> str | None:
    """The cursor from which to go on after an error, where there is a way to go on."""
    print(error["message"], file=sys.stderr, flush=True)
    match error["extensions"]["code"]:
        case "SLOW_CONSUMER" | "UNAVAILABLE":
            return cursor
        case "CURSOR_EXPIRED":
            earliest: str = error["extensions"]["earliest"]
            return earliest
        case _:
            sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: watch_events.py TOPIC [CURSOR]")
    asyncio.run(watch(*sys.argv[1:], *[None] * (3 - len(sys.argv))))
