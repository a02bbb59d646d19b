"""No request is larger than what it may hold."""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.http.plain_refusals import refusal
from domain.shared.errors import TooLarge

JSON_BYTES = 1_000_000


class BodyTooLarge(Exception):
    """More bytes came than the request may have."""


class BodyLimit:
    """Refuses bodies past a bound, announced or not: uploads have one, all else another.

    Only `streamed` paths have none: whatever serves them holds no more than a piece of a body at a time.
    """

    def __init__(self, app: ASGIApp, *, upload_bytes: int, streamed: Callable[[str], bool] | None = None) -> None:
        self._app, self._upload_bytes, self._streamed = app, upload_bytes, streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting where its length is not announced."""
        if scope["type"] != "http" or (self._streamed is not None and self._streamed(scope["path"])):
            await self._app(scope, receive, send)
            return
        announced, limit = b"", JSON_BYTES
        for name, value in scope["headers"]:
            if name == b"content-length":
                announced = value
            elif name == b"content-type" and value.lower().startswith(b"multipart/"):
                limit = self._upload_bytes
        if (
            announced.isdigit() and len(announced) < 16 and int(announced) <= limit
        ):  # the server takes no more than what is announced
            await self._app(scope, receive, send)
        elif announced:
            await _refuse(limit, scope, receive, send)
        else:
            await self._counting(limit, scope, receive, send)

    async def _counting(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except BodyTooLarge:
            await _refuse(limit, scope, receive, send)


async def _refuse(limit: int, scope: Scope, receive: Receive, send: Send) -> None:
    told = f"A request of this kind has at most {limit:,} bytes."
    await refusal(413, TooLarge.code, told, connection="close")(scope, receive, send)
