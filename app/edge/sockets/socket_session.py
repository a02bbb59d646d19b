"""One socket from its opening to its end: who it is, how long it may stay, and whether anybody is still there."""

import asyncio
import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, ClassVar

import structlog
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.sockets.direct import EXTENSION, TERMINATED
from app.edge.sockets.socket_messages import SocketRefused, cut, read_message
from app.edge.sockets.socket_operations import SocketOperations, Wording
from app.edge.sockets.writer import SocketWriter
from domain.shared.errors import DomainError, Unavailable

log = structlog.get_logger("cairn.socket")
TOKEN_NOT_TAKEN = 4403
INIT_TIMEOUT = 4408, "Connection initialisation timeout"
TRY_AGAIN_LATER = 1013  # RFC 6455, 11.7; npm graphql-ws does so, and counts its attempts
INTERNAL = 4500, "Internal server error"
CLOSED_WITHIN_S = 5.0
PINGS_SPREAD, GOLDEN_RATIO = 0.2, 0.618034  # multiples of it fall far from one another between 0 and 1
_count = count()
TOKEN_NAMES = ("Authorization", "authorization", "token")


@dataclass(frozen=True, slots=True)
class SocketTerms:
    """On what terms sockets stay open."""

    now: Callable[[], datetime]
    init_timeout_s: float
    ping_every_s: float
    most_waiting: int
    most_operations: int


class SocketSession(ABC):
    """An open socket. A protocol says what the messages are; nothing here waits but for the next of them.

    One timer watches over all that time brings: `connection_init` that does not come, the token's end, pings.
    """

    wording: ClassVar[Wording]

    def __init__(self, engine: Engine, terms: SocketTerms, scope: Scope, receive: Receive, send: Send) -> None:
        self._engine, self.terms, self._scope, self._receive, self._send = engine, terms, scope, receive, send
        self.writer = SocketWriter(self._send_text, scope.get("extensions", {}).get(EXTENSION))
        self.operations = SocketOperations(
            engine, self.writer, self.wording, most=terms.most_operations, most_waiting=terms.most_waiting
        )
        self.caller: Caller | None = None  # known from connection_init on
        self.greeting: asyncio.Task[None] | None = None
        self.acknowledged = False
        self.loop = asyncio.get_running_loop()
        # Sockets that were opened at once, after a restart, are not to be pinged at once for ever.
        self.ping_every_s = terms.ping_every_s * (1 + PINGS_SPREAD * (next(_count) * GOLDEN_RATIO % 1))
        self.heard_at = self.loop.time()
        self._expires_at = math.inf
        self._look_at = self.heard_at + terms.init_timeout_s
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Timeout | None = None
        self._end: tuple[int, str] | None = None
        self._gone = False

    @abstractmethod
    def hear(self, message: dict[str, Any]) -> None:
        """Do what a message says. Raises SocketRefused."""

    @abstractmethod
    def welcome(self) -> None:
        """Acknowledge the connection."""

    @abstractmethod
    def turn_away(self, reason: str) -> None:
        """Say why the token is not taken; the end of the socket follows."""

    @abstractmethod
    def keep_alive(self) -> float:
        """Do what keeps the connection alive; answers when to come again."""

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        self._set_timer()
        try:
            async with asyncio.timeout(None) as self._reading:
                await self._read()
        except TimeoutError:
            if self._end is None:  # else it is `end` that interrupts
                raise
        except asyncio.CancelledError:
            self._gone = True  # the server stops, and has told its clients so
            raise
        finally:
            self._reading = None
            await self._leave()

    def end(self, code: int, reason: str) -> None:
        """End the socket, wherever it stands."""
        if self._end is None:
            self._end = code, cut(reason)
            if self._reading and not self._reading.expired():
                self._reading.reschedule(self.loop.time())

    def greet(self, params: dict[str, Any] | None) -> None:
        """Find out who it is: then either `welcome` or `turn_away` follows."""
        self.caller = Caller(HTTPConnection(self._scope), params)
        self._look_at = self.loop.time() + self.ping_every_s
        self._set_timer()
        self.greeting = self.loop.create_task(self._greet(self.caller))
        self.greeting.add_done_callback(self._look_for_bug)

    async def _read(self) -> None:
        while self._end is None:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                self._gone = True
                return
            self.heard_at = self.loop.time()
            try:
                message = read_message(event.get("text"))
                del event  # or it would be kept until the next one comes, which may be in hours
                self.hear(message)
                del message
            except SocketRefused as refused:
                self.end(refused.code, refused.reason)
                return
            await self.writer.room()
            await asyncio.sleep(0)  # many messages may be here already: others have their turn between them

    async def _greet(self, caller: Caller) -> None:
        who = await self._engine.identify(caller)
        if isinstance(who, DomainError):
            not_now = isinstance(who, Unavailable)  # nobody knows either when the token ends, and with it the socket
            if not_now or _gave_token(caller):
                self.turn_away(who.message)
                self.end(TRY_AGAIN_LATER if not_now else TOKEN_NOT_TAKEN, who.message)
                return
        elif who.expires_at is not None:
            left_s = (who.expires_at - self.terms.now()).total_seconds()
            self._expires_at = self.loop.time() + left_s
            self._set_timer()
        self.acknowledged = True
        self.welcome()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self.loop.call_at(min(self._look_at, self._expires_at), self._look)

    def _look(self) -> None:
        now = self.loop.time()
        stuck_s = self.writer.stuck_s(now)
        if now >= self._expires_at:
            self.end(TOKEN_NOT_TAKEN, "token expired")
        elif self.caller is None:
            self.end(*INIT_TIMEOUT)
        elif stuck_s >= self.terms.ping_every_s:
            self.end(TERMINATED, f"Nothing that was sent has been read for {self.terms.ping_every_s:g} s.")
        else:
            if self.writer.waits and not stuck_s:
                self.heard_at = now  # whoever reads on is there, and comes to our ping when all before it is read
            if now >= self._look_at:  # else it comes a moment before the token ends
                self._look_at = self.keep_alive()
            self._set_timer()

    async def _leave(self) -> None:
        if self._timer:
            self._timer.cancel()
        ending = set(self.operations.stop_all())
        if self.greeting and not self.greeting.done():
            self.greeting.cancel()
            ending.add(self.greeting)
        if not self._gone:
            await self._close(*(self._end or INTERNAL))
        if writing := self.writer.stop():
            ending.add(writing)
        if ending:
            await asyncio.wait(ending)

    async def _close(self, code: int, reason: str) -> None:
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(CLOSED_WITHIN_S):  # a client that reads nothing is not waited for
                await self.writer.words_written()
                await self._tell({"type": "websocket.close", "code": code, "reason": reason})

    async def _send_text(self, text: str) -> None:
        await self._tell({"type": "websocket.send", "text": text})

    async def _tell(self, message: Message) -> None:
        try:
            await self._send(message)
        except RuntimeError as wrong:  # uvicorn has closed the socket by itself; that it has is heard of later
            raise ConnectionResetError from wrong

    def _look_for_bug(self, greeting: asyncio.Task[None]) -> None:
        self.greeting = None
        if not greeting.cancelled() and (bug := greeting.exception()):
            log.error("bug", exc_info=bug)
            self.end(*INTERNAL)


def _gave_token(caller: Caller) -> bool:
    """Whether a token came at all, as opposed to nobody having signed in."""
    params = caller.params if isinstance(caller.params, dict) else {}
    header = caller.connection.headers.get("authorization", "")
    return any(params.get(name) for name in TOKEN_NAMES) or header.lower().startswith("bearer ")
