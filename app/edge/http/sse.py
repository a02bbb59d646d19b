"""Operations as server-sent events, by the protocol of npm graphql-sse: in distinct connections, or several in one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from functools import partial

import structlog
from graphql import OperationType

from app.edge.engine import Engine
from app.edge.fan_out import Broadcast
from app.edge.http.exchange import Exchange
from app.edge.http.outbox import MOST_WAITING, Outbox
from app.edge.http.told import Told
from app.edge.operation import Answer, Caller, Operation
from app.edge.refusals import RequestRefused
from domain.shared.errors import DomainError, Unauthenticated, Unavailable
from domain.shared.viewer import Viewer

log = structlog.get_logger("cairn.sse")
KEEP_ALIVE_S = 12.0
LAST_WORDS_S = 2.0  # a client that does not read why its stream ends is not waited for longer
COMMENT = b":\n\n"  # the first makes browsers see that the stream is open, the others keep proxies from ending it
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
EXPIRED = RequestRefused.because("token expired", code=Unauthenticated.code)
STOPPING = Unavailable("This server stops now. Subscribe again in a moment, from the cursor if there is one.")


class EventChannel:
    """An event stream, and the operations whose answers it carries.

    In a distinct connection there is one operation, whose id is None, and the stream ends with it.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        now: Callable[[], datetime],
        who: Viewer | DomainError | None = None,
        keep_alive_s: float = KEEP_ALIVE_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._engine, self._now, self._keep_alive_s = engine, now, keep_alive_s
        self._expires_at = who.expires_at if isinstance(who, Viewer) else None
        self._send_within_s = 2 * keep_alive_s
        self._sending: asyncio.Timeout | None = None
        self._outbox = Outbox(most_waiting)
        self._running: dict[str | None, Told] = {}
        self._leaving: set[asyncio.Task[None]] = set()

    def __contains__(self, id: str) -> bool:
        return id in self._running or id in self._outbox.operations

    def __len__(self) -> int:
        # What is over but was not taken yet fills our memory as well as what runs.
        return len(self._running.keys() | self._outbox.operations) + len(self._leaving)

    def begin(self, id: str | None, operation: Operation, caller: Caller, request_id: str) -> None:
        """Run an operation: its answers go out as they come."""
        told = Told(self._outbox, id, request_id, partial(self._ended, id))
        told.task = asyncio.get_running_loop().create_task(self._feed(told, operation, caller))
        self._running[id] = told
        told.task.add_done_callback(told.look_back)

    def refuse(self, id: str | None, refused: RequestRefused, request_id: str) -> None:
        """Tell what is wrong with an operation, and that it is over."""
        Told(self._outbox, id, request_id, partial(self._ended, id)).end(refused)

    def stop(self, id: str | None) -> None:
        """End an operation: nothing more comes of it."""
        self._outbox.forget(id)
        if told := self._running.pop(id, None):
            told.leave_alone()
            self._wait_for(told)

    def close(self) -> None:
        """The server stops: every operation is told so and ends, and the stream with them."""
        self._end_all(RequestRefused.of(STOPPING))

    async def deliver(self, exchange: Exchange) -> None:
        """Send events until the last operation of a distinct connection, the token or the client's interest ends.

        A client that reads nothing for twice the time between two comments is taken for one that has gone.
        """
        exchange.client.watch()
        try:
            await exchange.send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self._send(exchange, COMMENT)
            while not self._outbox.is_over:
                event = await self._outbox.next(self._at_most_s(self._keep_alive_s))
                self._look_at_the_token()
                if event or not self._outbox.is_over:
                    await self._send(exchange, event or COMMENT)
            exchange.client.answered()
            await self._send(exchange, b"", more=False)
        except TimeoutError:
            log.info("event stream not read", request_id=exchange.request_id)
        finally:
            if ending := self.cancel():
                await asyncio.wait(ending)

    def cancel(self) -> list[asyncio.Task[None]]:
        """Have all operations end; answers what is ending."""
        for id in list(self._running):
            self.stop(id)
        return list(self._leaving)

    async def _feed(self, told: Told, operation: Operation, caller: Caller) -> None:
        try:
            if operation.type is not OperationType.SUBSCRIPTION:
                told.put([await self._engine.answer(operation, caller, told.request_id)])
            else:
                async with self._engine.watch(operation, caller, told.request_id) as answers:
                    if not isinstance(answers, Broadcast):
                        await _deliver(answers, told)
                if isinstance(answers, Broadcast):
                    told.leave = answers.join(told)
                    return
        except RequestRefused as refused:
            told.end(refused)
        else:
            told.end()

    def _ended(self, id: str | None) -> None:
        if told := self._running.pop(id, None):
            self._wait_for(told)
        if id is None:
            self._outbox.close()

    def _wait_for(self, told: Told) -> None:
        if told.task:
            self._leaving.add(told.task)
            told.task.add_done_callback(self._leaving.discard)

    async def _send(self, exchange: Exchange, event: bytes, *, more: bool = True) -> None:
        try:
            async with asyncio.timeout(self._at_most_s(self._send_within_s)) as self._sending:
                await exchange.send({"type": "http.response.body", "body": event, "more_body": more})
        finally:
            self._sending = None

    def _at_most_s(self, patience_s: float) -> float:
        if self._expires_at is None:
            return patience_s
        return max(0.0, min(patience_s, (self._expires_at - self._now()).total_seconds()))

    def _look_at_the_token(self) -> None:
        if self._expires_at is not None and self._now() >= self._expires_at:
            self._end_all(EXPIRED)

    def _end_all(self, why: RequestRefused) -> None:
        for id, told in list(self._running.items()):
            self.stop(id)
            self.refuse(id, why, told.request_id)
        self._outbox.close()
        self._expires_at, self._send_within_s = None, min(self._send_within_s, LAST_WORDS_S)
        if self._sending and not self._sending.expired():
            self._sending.reschedule(asyncio.get_running_loop().time() + self._send_within_s)


async def _deliver(answers: AsyncIterator[Answer], told: Told) -> None:
    async for answer in answers:
        if not told.put([answer]):
            return
        await asyncio.sleep(0)  # a burst must not overtake a client that would read it: it has a turn
