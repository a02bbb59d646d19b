"""uvicorn's HTTP by httptools, which sets no bound to a request's head and trailers: here they have one, and a time."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.edge.operation import new_request_id
from app.edge.refusals import JSON, RequestRefused

HEAD_BYTES = 65_536
TOO_LARGE = f"The head of a request has at most {HEAD_BYTES:,} bytes, and so have the trailers after its body."


class GuardedHttp(HttpToolsProtocol):
    """Closes connections whose request head or trailers grow past their bound, or whose head does not come to its end.

    Whatever comes is counted until it turns out to be of a head that is complete, or of a body: those have bounds of
    their own. What is left is kept in memory: lines of heads and trailers, and what stands between two chunks.
    """

    head_s: ClassVar[float] = 15.0
    _unexplained = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes; of one piece, only what no event has explained by its end is held against the client."""
        self._unexplained += len(data)
        super().data_received(data)
        if self._unexplained > HEAD_BYTES and not self.transport.is_closing():
            self._refuse()

    def on_message_begin(self) -> None:
        """A request begins; the keep-alive between two is bounded by uvicorn."""
        super().on_message_begin()
        if self._head_timer is None:
            self._wait_for_head()

    def on_headers_complete(self) -> None:
        """The head is there, however much of the body came with it; raises ValueError, which uvicorn tells as 400."""
        many = self._unexplained > HEAD_BYTES
        if many and sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            raise ValueError(TOO_LARGE)
        self._unexplained = 0
        self._stop_waiting()
        self.scope["headers"] = self.headers.copy()  # to which uvicorn would add trailers, as if they stood in the head
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What came was body."""
        self._unexplained = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """What came was a whole request."""
        self._unexplained = 0
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is told as JSON too."""
        body = RequestRefused.because(msg).body(new_request_id())
        head = [
            "HTTP/1.1 400 Bad Request",
            f"content-type: {JSON}",
            f"content-length: {len(body)}",
            "connection: close",
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()

    def _refuse(self) -> None:
        """Say why, where nothing else is being said."""
        cycle = self.cycle
        if self.pipeline or (cycle and cycle.response_started and not cycle.response_complete):
            self.transport.abort()
        else:
            self.send_400_response(TOO_LARGE)

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_s, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()
