"""The limit of a feed: a text that is encoded once and sent to all, by the server that Cairn uses and by websockets."""

import asyncio
import os
from contextlib import suppress

import orjson
import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.typing import Subprotocol

SPOKEN = "graphql-transport-ws"
ACK = '{"type":"connection_ack"}'
ID = "00000000-0000-4000-8000-000000000000"
SECOND_PORT = "PEER_SECOND_PORT"  # where the server of websockets listens
through_uvicorn: set[WebSocket] = set()
through_websockets: set[ServerConnection] = set()


async def publish(request: Request) -> Response:
    """Tell everybody of each event."""
    for event in orjson.loads(await request.body()):
        message = {"id": ID, "type": "next", "payload": {"data": {"events": event}}}
        text = orjson.dumps(message).decode()
        if through_websockets:
            broadcast(through_websockets, text)
        for socket in list(through_uvicorn):
            await socket.send_text(text)
    return Response()


async def of_uvicorn(socket: WebSocket) -> None:
    """One of Starlette's sockets."""
    await socket.accept(SPOKEN)
    await socket.receive_text()
    await socket.send_text(ACK)
    through_uvicorn.add(socket)
    with suppress(WebSocketDisconnect):
        while True:
            await socket.receive_text()
    through_uvicorn.discard(socket)


async def of_websockets(connection: ServerConnection) -> None:
    """One of the sockets of websockets' own server."""
    await connection.recv()
    await connection.send(ACK)
    through_websockets.add(connection)
    await connection.wait_closed()
    through_websockets.discard(connection)


async def main() -> None:
    """Serve with both."""
    app = Starlette(routes=[Route("/publish", publish, methods=["POST"]), WebSocketRoute("/", of_uvicorn)])
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=int(os.environ["PEER_PORT"]),
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
    )
    port = int(os.environ[SECOND_PORT])
    async with serve(of_websockets, "127.0.0.1", port, compression=None, subprotocols=[Subprotocol(SPOKEN)]):
        await uvicorn.Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
