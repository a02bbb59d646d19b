"""GraphQL over HTTP and WebSocket: Strawberry's view, with orjson, our page, and our rules for form posts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_WS_PROTOCOL

from domain.shared.errors import BadUserInput, Forbidden

INIT_TIMEOUT = timedelta(seconds=5)
PROOFS = ("x-cairn-csrf", "apollo-require-preflight")
FORM_POSTS = ("multipart/form-data", "application/x-www-form-urlencoded", "text/plain")
WITHOUT_PROOF = (
    "This form post could come from any web page. Send one of these headers with it, with any value: "
    + " or ".join(PROOFS)
)


class TextSocket(ASGIWebSocketAdapter):
    """Sends JSON as text frames: clients refuse binary ones."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """One message."""
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except WebSocketDisconnect as gone:
            raise WebSocketDisconnected from gone


class GraphQLServer(GraphQL[Any, None]):
    """The endpoint. `make_context` gives what outlives one operation; `page` answers browsers, if anything does."""

    websocket_adapter_class = TextSocket

    def __init__(self, schema: Any, *, make_context: Any, page: Any, allowed_origins: tuple[str, ...]) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if page else None,
            multipart_uploads_enabled=True,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_WS_PROTOCOL),
            connection_init_wait_timeout=INIT_TIMEOUT,
            allowed_origins=allowed_origins,
        )
        self._make_context, self._page = make_context, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        await (await self._answer(Request(scope, receive=receive)))(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:
        """What outlives one operation."""
        return self._make_context(request)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL."""
        page: Response = self._page(request)
        return page

    def decode_json(self, data: str | bytes) -> object:
        """JSON in."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> bytes:
        """JSON out, fragments spliced in untouched."""
        return orjson.dumps(data)

    async def _answer(self, request: Request) -> Response:
        if _could_be_forged(request):
            return refusal(403, Forbidden.code, WITHOUT_PROOF)
        try:
            return await self.run(request)
        except HTTPException as wrong:
            return refusal(wrong.status_code, BadUserInput.code, wrong.reason)
        finally:
            await request.close()  # uploads wait in temporary files


def refusal(status: int, code: str, message: str, **headers: str) -> JSONResponse:
    """An error of the request as a whole, in the shape of a GraphQL answer."""
    return JSONResponse(
        {"errors": [{"message": message, "extensions": {"code": code}}]}, status_code=status, headers=headers or None
    )


def _could_be_forged(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return request.method == "POST" and kind in FORM_POSTS and not any(name in request.headers for name in PROOFS)
