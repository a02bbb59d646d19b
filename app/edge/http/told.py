"""What an event stream tells of one operation: its answers, and how it ended."""

import asyncio
from collections.abc import Callable, Sequence

import orjson
import structlog

from app.edge.http.outbox import Outbox
from app.edge.operation import Answer
from app.edge.refusals import BUG, RequestRefused, too_slow

log = structlog.get_logger("cairn.sse")


class Told:
    """One operation on a stream; a Sink. `ended` is called when nothing more comes of it."""

    __slots__ = ("_ended", "_id", "_is_over", "_outbox", "leave", "request_id", "task")

    def __init__(self, outbox: Outbox, id: str | None, request_id: str, ended: Callable[[], None]) -> None:
        self._outbox, self._id, self.request_id, self._ended = outbox, id, request_id, ended
        self._is_over = False
        self.task: asyncio.Task[None] | None = None
        self.leave: Callable[[], None] | None = None

    @property
    def is_filling(self) -> bool:
        """See Sink."""
        return self._outbox.is_filling(self._id)

    def put(self, answers: Sequence[Answer]) -> bool:
        """See Sink."""
        if self._is_over:
            return False
        if self._outbox.is_full(self._id):
            self.give_up()
            return False
        for answer in answers:
            self._outbox.put(self._id, next_event(self._id, answer.body), answer.cursor)
        return True

    async def room(self) -> None:
        """See Sink."""
        while self.is_filling and not self._is_over:
            await self._outbox.change()

    @property
    def read(self) -> int:
        """See Sink: of all that the stream carries."""
        return self._outbox.taken

    def give_up(self) -> None:
        """See Sink."""
        if not self._is_over:
            cursor = self._outbox.cursor_of(self._id)
            self._outbox.forget(self._id)
            self.end(too_slow(cursor))

    def end(self, refused: RequestRefused | None = None) -> None:
        """See Sink."""
        if self._is_over:
            return
        self._is_over = True
        if refused:
            self._outbox.put(self._id, next_event(self._id, refused.body(self.request_id)))
        self._outbox.put(self._id, complete_event(self._id), last=True)
        self._ended()

    def leave_alone(self) -> None:
        """Have nothing more come of it."""
        self._is_over = True
        if self.leave:
            self.leave()
        if self.task:
            self.task.cancel()

    def look_back(self, task: asyncio.Task[None]) -> None:
        """The task is done, with or without a fault."""
        self.task = None
        if not task.cancelled() and (bug := task.exception()):
            log.error("bug", request_id=self.request_id, exc_info=bug)
            self.end(BUG)


def next_event(id: str | None, body: bytes) -> bytes:
    """An answer; on a stream with several operations it says whose it is."""
    if id is not None:
        body = orjson.dumps({"id": id, "payload": orjson.Fragment(body)})
    # JSON that PostgreSQL kept as it came may hold line ends between its tokens; within strings they are escaped.
    return b"event: next\ndata: " + body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n\n"


def complete_event(id: str | None) -> bytes:
    """The end of an operation; without the empty `data` a browser's EventSource would not tell of it."""
    return b"event: complete\ndata:" + (b"" if id is None else b" " + orjson.dumps({"id": id})) + b"\n\n"
