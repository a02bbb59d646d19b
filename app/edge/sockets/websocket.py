"""Where WebSockets come in: whose pages may open one, and which protocol is spoken on it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from app.edge.engine import Engine
from app.edge.operation import new_request_id
from app.edge.refusals import JSON, RequestRefused
from app.edge.sockets import legacy_ws, transport_ws
from app.edge.sockets.legacy_ws import LegacySession
from app.edge.sockets.socket_session import SocketSession, SocketTerms
from app.edge.sockets.transport_ws import TransportSession
from domain.shared.errors import Forbidden

PROTOCOLS: dict[str, type[SocketSession]] = {  # the first one that a client offers too is spoken
    transport_ws.SUBPROTOCOL: TransportSession,
    legacy_ws.SUBPROTOCOL: LegacySession,
}
NOT_SPOKEN = 4406, "Subprotocol not acceptable"
GONE_WITHIN_S = 1.0
PORTS = {"http": 80, "https": 443}
FOREIGN = "Pages of this origin may not open a socket here. CAIRN_CORS_ORIGINS names those that may."


class GraphQLSockets:
    """The endpoint for WebSockets, as an ASGI application. `allowed_origins` may hold `*`, which is all of them."""

    def __init__(
        self,
        engine: Engine,
        *,
        allowed_origins: tuple[str, ...],
        now: Callable[[], datetime],
        init_timeout_s: float = 5.0,
        ping_every_s: float = 20.0,
        most_waiting: int = 100,
        most_operations: int = 100,
    ) -> None:
        self._engine, self._allowed_origins = engine, allowed_origins
        self._terms = SocketTerms(now, init_timeout_s, ping_every_s, most_waiting, most_operations)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, to its end."""
        await receive()  # websocket.connect
        spoken = None
        with suppress(OSError):  # the client may have gone already
            spoken = await self._open(scope, receive, send)
        if spoken:
            await spoken(self._engine, self._terms, scope, receive, send).run()

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> type[SocketSession] | None:
        if not self._may_come(scope):
            await _refuse(scope, receive, send)
            return None
        name = next((name for name in PROTOCOLS if name in scope.get("subprotocols", ())), None)
        await send({"type": "websocket.accept", "subprotocol": name})
        if name is None:
            code, reason = NOT_SPOKEN
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return None
        return PROTOCOLS[name]

    def _may_come(self, scope: Scope) -> bool:
        """A browser says which page wants the socket; it would open one to any address, without asking."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        return all(
            "*" in self._allowed_origins
            or origin in self._allowed_origins
            or (len(hosts) == 1 and _is_same_origin(origin, scope["scheme"], hosts[0]))
            for origin in origins
        )


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})  # servers make a plain 403 of it
        return
    body = RequestRefused.because(FOREIGN, code=Forbidden.code, status=403).body(new_request_id())
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
    with suppress(TimeoutError):
        async with asyncio.timeout(GONE_WITHIN_S):
            # uvicorn tells of the end once when it has the answer and once when it has sent it: if this returned
            # between the two, it would log a handshake that was never completed.
            await receive()
            await receive()


def _is_same_origin(origin: str, scheme: str, host: str) -> bool:
    """Whether a page comes from where the socket goes to: the same host and port, over no weaker a scheme.

    Behind a proxy that ends TLS the socket arrives over plain `ws`, while the page came over https.
    """
    try:
        page, here = urlsplit(origin), urlsplit(f"//{host}")
        default = PORTS[page.scheme]
        ports = page.port or default, here.port or default
    except (ValueError, KeyError):
        return False
    if scheme == "wss" and page.scheme != "https":
        return False
    return page.hostname is not None and page.hostname == here.hostname and ports[0] == ports[1]
