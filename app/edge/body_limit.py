"""No request is larger than what it may hold."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.server import refusal
from domain.shared.errors import TooLarge

JSON_BYTES = 1_000_000


class BodyTooLarge(Exception):
    """More bytes came than the request announced or may have."""


class BodyLimit:
    """Refuses bodies past a bound, announced or not: uploads have one, all else another."""

    def __init__(self, app: ASGIApp, *, upload_bytes: int) -> None:
        self._app, self._upload_bytes = app, upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, counting."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = self._upload_bytes if headers.get(b"content-type", b"").startswith(b"multipart/") else JSON_BYTES
        announced = headers.get(b"content-length", b"0")
        answer = refusal(413, TooLarge.code, f"A request of this kind has at most {limit:,} bytes.", connection="close")
        if not announced.isdigit() or int(announced) > limit:
            await answer(scope, receive, send)
            return
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
            await answer(scope, receive, send)
