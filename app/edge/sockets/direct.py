"""A short way out for WebSockets: a frame that is ready goes into the transport at once, without a task.

uvicorn's own way takes an ASGI message, a coroutine and two objects for each frame. For one event that goes to
thousands, that is most of the work.
"""

from asyncio import Transport
from collections.abc import Iterable
from fcntl import ioctl
from struct import Struct
from termios import TIOCOUTQ
from typing import Any, Protocol, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from app.edge.operation import Answer
from app.edge.sockets.mailbox import Gate, Mailbox

EXTENSION = "cairn.direct"
# npm graphql-ws has this code for a peer that froze: its clients connect again after it, and do not after 1011.
TERMINATED = 4499
TEXT = 0x81  # a text frame that is the whole message: RFC 6455, 5.2
INT = Struct("i")
LONG, VERY_LONG = Struct(">BBH").pack, Struct(">BBQ").pack
_SHORT = [bytes((TEXT, length)) for length in range(126)]


class DirectWire(Protocol):
    """What the server offers beside ASGI's `send`, to be used between two of its messages."""

    def takes(self) -> bool:
        """Whether the socket is open, and little enough waits in its transport."""
        ...

    def write(self, frames: bytes) -> None:
        """Write frames, only while it takes them."""
        ...

    def unread(self) -> int:
        """How many bytes of what was written the client's system has not taken yet, as far as this one tells."""
        ...


class DirectSockets(WebSocketsSansIOProtocol):
    """uvicorn's protocol, whose scope offers the short way where messages are not compressed.

    Cairn sends no message in fragments, so that a frame may stand between any two messages of `send`.
    """

    _is_full = False
    _unread_before = 0  # when an answer to the last ping began to be waited for

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.queue, self.writable = cast("Any", Mailbox()), cast("Any", Gate())

    def start_keepalive(self) -> None:
        """The handshake is over: what was said in it stands in the scope, and is not kept three times."""
        self.request.headers.clear()
        self.response.headers.clear()
        super().start_keepalive()

    def handle_connect(self, event: Request) -> None:
        """A client asks for a socket."""
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:
            cast("dict[str, object]", self.scope["extensions"])[EXTENSION] = self

    def send_keepalive_ping(self) -> None:
        """It is time to ask whether the client is there."""
        super().send_keepalive_ping()
        self._unread_before = self.unread()

    def keepalive_timeout(self) -> None:
        """A ping was not answered: a slow client has not come to it yet. That it reads on, its session sees to."""
        before, self._unread_before = self._unread_before, self.unread()
        if (self._is_full or 0 < self._unread_before < before) and self.ping_timeout is not None:
            self.pong_timer = self.loop.call_later(self.ping_timeout, self.keepalive_timeout)
            return
        self.pong_timer = self.pending_ping_payload = None
        if not (self.close_sent or self.transport.is_closing()):
            self.conn.fail(TERMINATED, f"No ping was answered for {self.ping_timeout:g} s.")
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
            self.transport.close()

    def pause_writing(self) -> None:
        """The transport holds more than its bound."""
        self._is_full = True
        super().pause_writing()

    def resume_writing(self) -> None:
        """The transport holds little again."""
        self._is_full = False
        super().resume_writing()

    def takes(self) -> bool:
        """See DirectWire."""
        return not (self._is_full or self.close_sent or self.transport.is_closing())

    def write(self, frames: bytes) -> None:
        """See DirectWire."""
        self.transport.write(frames)

    def unread(self) -> int:
        """See DirectWire."""
        if self.transport.is_closing():
            return 0
        return self.transport.get_write_buffer_size() + _sent_and_not_taken(self.transport)


def text_frame(text: bytes) -> bytes:
    """A text that is a message of its own."""
    return _opening(len(text)) + text


def answer_frames(head: bytes, answers: Iterable[Answer]) -> bytes:
    """The frames of answers, each behind the head of its operation's messages."""
    parts: list[bytes] = []
    longer = len(head) + 1
    for answer in answers:
        parts += (_opening(longer + len(answer.body)), head, answer.body, b"}")
    return b"".join(parts)


def _sent_and_not_taken(transport: Transport) -> int:
    """What the system holds for the client: megabytes, from which a slow one may read for minutes."""
    try:
        (held,) = INT.unpack(ioctl(transport.get_extra_info("socket").fileno(), TIOCOUTQ, bytes(INT.size)))
    except OSError:  # there are systems that do not tell
        return 0
    return int(held)


def _opening(length: int) -> bytes:
    if length < 126:
        return _SHORT[length]
    return LONG(TEXT, 126, length) if length < 65_536 else VERY_LONG(TEXT, 127, length)
