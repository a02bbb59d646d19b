"""An application that really listens, in this process: tests may swap its adapters and still speak to it by socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any

import httpx
import orjson
import uvicorn
from starlette.applications import Starlette
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from app.main import create_app
from configuration.settings import AuthMode, Settings
from domain.accounts.ports import TokenVerifier
from domain.shared.ports import Clock
from infrastructure.auth.oidc import OidcTokens
from infrastructure.auth.verified import VerifiedTokens
from tests.factories.tokens import AUDIENCE

VIEWER = "{ viewer { id scopes } }"


@asynccontextmanager
async def listening(app: Starlette) -> AsyncIterator[str]:
    """The application behind a server like that of `cairn serve`, on a port of its own; its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=1_000_000,
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - the server has no event to wait for
        await asyncio.sleep(0)
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running
        listener.close()


class Cairn:
    """A Cairn in OIDC mode, and whoever sends it tokens."""

    def __init__(self, address: str, http: httpx.AsyncClient) -> None:
        self.address, self.http = address, http

    async def post(self, *authorization: str | bytes, query: str = VIEWER) -> httpx.Response:
        """The answer to a request with these Authorization headers."""
        headers = [(b"authorization", one if isinstance(one, bytes) else one.encode()) for one in authorization]
        return await self.http.post("/graphql", json={"query": query}, headers=headers)

    async def raw(self, authorization: bytes) -> bytes:
        """The answer to a request that no HTTP library would send, as far as it comes."""
        host, _, port = self.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        body = orjson.dumps({"query": VIEWER})
        head = b"POST /graphql HTTP/1.1\r\nhost: cairn\r\nconnection: close\r\ncontent-type: application/json\r\n"
        length = b"content-length: %d\r\n" % len(body)
        answer = b""
        with suppress(ConnectionError):  # hanging up on somebody is an answer too
            writer.write(head + length + b"authorization: " + authorization + b"\r\n\r\n" + body)
            await writer.drain()
            answer = await reader.read()
        writer.close()
        return answer

    async def ask(self, token: str, query: str = VIEWER) -> dict[str, Any]:
        """The whole answer over HTTP."""
        answer: dict[str, Any] = (await self.post(f"Bearer {token}", query=query)).json()
        return answer

    async def ask_by_socket(self, params: Any, query: str = VIEWER) -> dict[str, Any]:
        """The first thing that a socket tells of a query: `next`, `error`, or the code and reason of its end."""
        async with self.socket() as socket:
            try:
                await _send(socket, {"type": "connection_init", "payload": params})
                assert orjson.loads(await socket.recv())["type"] == "connection_ack"
                await _send(socket, {"type": "subscribe", "id": "1", "payload": {"query": query}})
                told: dict[str, Any] = orjson.loads(await socket.recv())
            except ConnectionClosed:
                return {"closed": socket.close_code, "reason": socket.close_reason}
            return told

    def socket(self, **headers: str) -> connect:
        """A socket that speaks graphql-transport-ws, as yet without a word."""
        return connect(
            f"ws://{self.address}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            additional_headers=headers,
            proxy=None,
        )


@asynccontextmanager
async def a_cairn(settings: Settings, issuer: str, clock: Clock | None = None) -> AsyncIterator[Cairn]:
    """Cairn in OIDC mode, believing `issuer` by `clock` (the machine's), on the servers of `settings`."""
    app = create_app(replace(settings, auth_mode=AuthMode.OIDC, oidc_issuer=issuer, oidc_audience=AUDIENCE))
    async with (
        app.router.lifespan_context(app),
        listening(app) as address,
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=20) as http,
    ):
        if clock is not None:
            tokens = OidcTokens(issuer, AUDIENCE, clock)
            verified = VerifiedTokens(tokens, clock)
            app.state.registry.register_value(TokenVerifier, verified, on_registry_close=tokens.close)
        yield Cairn(address, http)


def refused(answer: dict[str, Any]) -> str:
    """The code of a refusal that gives nothing away."""
    assert not (answer.get("data") or {}).get("viewer"), answer
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def _send(socket: ClientConnection, message: Any) -> None:
    await socket.send(orjson.dumps(message).decode())
