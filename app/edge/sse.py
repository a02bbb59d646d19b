"""Operations as server-sent events, by the protocol of npm graphql-sse: in distinct connections, or several in one."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime

import orjson
import structlog
from graphql import OperationType

from app.edge.engine import Engine
from app.edge.exchange import Exchange
from app.edge.operation import Caller, Operation
from app.edge.outbox import MOST_WAITING, Outbox
from app.edge.refusals import MASKED, RequestRefused
from domain.shared.errors import DomainError, Unauthenticated
from domain.shared.viewer import Viewer

log = structlog.get_logger("cairn.sse")
KEEP_ALIVE_S = 12.0
COMMENT = b":\n\n"  # the first makes browsers see that the stream is open, the others keep proxies from ending it
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
EXPIRED = RequestRefused.because("token expired", code=Unauthenticated.code)
TOO_SLOW = (
    "Events came faster than you read them, so this subscription has ended. Subscribe again, from the cursor if there "
    "is one: then nothing is skipped."
)
BUG = RequestRefused.because(MASKED, code="INTERNAL")


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
        self._outbox = Outbox(most_waiting)
        self._running: dict[str | None, tuple[asyncio.Task[None], str]] = {}

    def __contains__(self, id: str) -> bool:
        return id in self._running

    def __len__(self) -> int:
        return len(self._running)

    def begin(self, id: str | None, operation: Operation, caller: Caller, request_id: str) -> None:
        """Run an operation: its answers go out as they come."""
        task = asyncio.get_running_loop().create_task(self._feed(id, operation, caller, request_id))
        self._running[id] = task, request_id
        task.add_done_callback(lambda task: self._ended(id, task, request_id))

    def refuse(self, id: str | None, refused: RequestRefused, request_id: str) -> None:
        """Tell what is wrong with an operation, and that it is over."""
        self._outbox.put(id, next_event(id, refused.body(request_id)))
        self._outbox.put(id, complete_event(id))
        self._outbox.end_of(id)
        if id is None:
            self._outbox.close()

    def stop(self, id: str | None) -> None:
        """End an operation: nothing more comes of it."""
        if running := self._running.pop(id, None):
            running[0].cancel()
            self._outbox.forget(id)
            self._outbox.end_of(id)

    async def deliver(self, exchange: Exchange) -> None:
        """Send events until the last operation of a distinct connection, the token or the client's interest ends."""
        exchange.client.watch()
        try:
            await exchange.send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await _send(exchange, COMMENT)
            while not self._outbox.is_over:
                event = await self._outbox.next(self._patience_s())
                self._look_at_the_token()
                if event or not self._outbox.is_over:
                    await _send(exchange, event or COMMENT)
            exchange.client.answered()
            await _send(exchange, b"", more=False)
        finally:
            if ending := self.cancel():
                await asyncio.wait(ending)

    def cancel(self) -> list[asyncio.Task[None]]:
        """Have all operations end; answers what is ending."""
        tasks = [task for task, _ in self._running.values()]
        self._running.clear()
        for task in tasks:
            task.cancel()
        return tasks

    async def _feed(self, id: str | None, operation: Operation, caller: Caller, request_id: str) -> None:
        try:
            if operation.type is not OperationType.SUBSCRIPTION:
                answer = await self._engine.answer(operation, caller, request_id)
                self._outbox.put(id, next_event(id, answer.body))
            else:
                async with aclosing(self._engine.events(operation, caller, request_id)) as answers:
                    async for answer in answers:
                        if not self._outbox.offer(id, next_event(id, answer.body), answer.cursor):
                            raise _too_slow(self._outbox.cursor_of(id))
                        await asyncio.sleep(0)  # a burst must not overtake a client that would read it: it has a turn
        except RequestRefused as refused:
            self._outbox.put(id, next_event(id, refused.body(request_id)))
        self._outbox.put(id, complete_event(id))

    def _ended(self, id: str | None, task: asyncio.Task[None], request_id: str) -> None:
        wrong = None if task.cancelled() else task.exception()
        if wrong:
            log.error("bug", request_id=request_id, exc_info=wrong)
        if id not in self._running or self._running[id][0] is not task:
            return  # it was stopped
        del self._running[id]
        self._outbox.end_of(id)
        if wrong:
            self.refuse(id, BUG, request_id)
        elif id is None:
            self._outbox.close()

    def _patience_s(self) -> float:
        if self._expires_at is None:
            return self._keep_alive_s
        return max(0.0, min(self._keep_alive_s, (self._expires_at - self._now()).total_seconds()))

    def _look_at_the_token(self) -> None:
        if self._expires_at is None or self._now() < self._expires_at:
            return
        for id, (_, request_id) in list(self._running.items()):
            self.stop(id)
            self.refuse(id, EXPIRED, request_id)
        self._outbox.close()


def next_event(id: str | None, body: bytes) -> bytes:
    """An answer; on a stream with several operations it says whose it is."""
    if id is not None:
        body = orjson.dumps({"id": id, "payload": orjson.Fragment(body)})
    # JSON that PostgreSQL kept as it came may hold line ends between its tokens; within strings they are escaped.
    return b"event: next\ndata: " + body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n\n"


def complete_event(id: str | None) -> bytes:
    """The end of an operation; without the empty `data` a browser's EventSource would not tell of it."""
    return b"event: complete\ndata:" + (b"" if id is None else b" " + orjson.dumps({"id": id})) + b"\n\n"


def _too_slow(cursor: str | None) -> RequestRefused:
    return RequestRefused.because(TOO_SLOW, code="SLOW_CONSUMER", cursor=cursor)


async def _send(exchange: Exchange, event: bytes, *, more: bool = True) -> None:
    await exchange.send({"type": "http.response.body", "body": event, "more_body": more})
