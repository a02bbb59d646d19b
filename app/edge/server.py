"""GraphQL over HTTP and WebSocket: Strawberry's view, with orjson, our page, and our rules for form posts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_WS_PROTOCOL

from domain.shared.errors import BadUserInput, Forbidden, Unauthenticated

INIT_TIMEOUT = timedelta(seconds=5)
PROOFS = ("x-cairn-csrf", "apollo-require-preflight")
STRANGERS_FILES = "Sign in first: an upload needs a bearer token in the Authorization header."
MISPLACED = "The form's `map` names a place that its `operations` do not have. See the GraphQL multipart request spec."
PLAIN = {
    404: ("There is nothing at this address. GraphQL is at /graphql.", "NOT_FOUND"),
    405: ("This address does not take this method. GraphQL takes GET and POST.", BadUserInput.code),
}
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
        """One request, or one socket."""
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive=receive, send=send))
            return
        await (await self._answer(Request(scope, receive=receive)))(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """What outlives one operation."""
        return self._make_context(request)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL."""
        page: Response = self._page(request)
        return page

    def decode_json(self, data: str | bytes) -> object:
        """JSON in."""
        return orjson.loads(data)

    def parse_json(self, data: str | bytes) -> Any:
        """A request's JSON, which is an object; several at once are not taken."""
        parsed = super().parse_json(data)
        if isinstance(parsed, list):
            raise HTTPException(400, "Several operations in one request are not taken. Send them one by one.")
        if not isinstance(parsed, dict):
            raise HTTPException(400, 'A GraphQL request is a JSON object such as {"query": "{ viewer { id } }"}.')
        return parsed

    async def parse_multipart(self, request: AsyncHTTPRequestAdapter) -> Any:
        """A request with files, by the GraphQL multipart request specification."""
        try:
            return await super().parse_multipart(request)
        except (AttributeError, IndexError, TypeError, ValueError) as wrong:
            raise HTTPException(400, MISPLACED) from wrong

    def encode_json(self, data: object) -> bytes:
        """JSON out, fragments spliced in untouched."""
        return orjson.dumps(data)

    async def _answer(self, request: Request) -> Response:
        if _could_be_forged(request):
            return refusal(403, Forbidden.code, WITHOUT_PROOF)
        if _is_upload(request) and not request.headers.get("authorization"):
            return refusal(401, Unauthenticated.code, STRANGERS_FILES)  # before its files are taken in
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


def plain_refusal(_request: Request, wrong: Exception) -> JSONResponse:
    """What no route answered, or answered with a fault, told as JSON like everything else."""
    status = getattr(wrong, "status_code", 500)
    message, code = PLAIN.get(status, ("Something went wrong here. It has been logged.", "INTERNAL"))
    return refusal(status, code, message)


def _is_upload(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("content-type", "").startswith("multipart/")


def _could_be_forged(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return request.method == "POST" and kind in FORM_POSTS and not any(name in request.headers for name in PROOFS)
