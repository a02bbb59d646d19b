"""Answers on their way to a socket: at once while it takes them; else those of each operation wait, and not too many.

Who has something to say gets one message's turn, so that a busy feed does not hold up a quiet one. There is no task and
hardly any memory for what is idle: lists, because an empty deque takes 760 bytes, and a writer that lives only while
something waits.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from app.edge.operation import Answer
from app.edge.refusals import RequestRefused, too_slow
from app.edge.sockets.writer import SocketWriter
from app.edge.waiting import is_filling, is_full


class Ending(Protocol):
    """Whose answers these are, and what is to be done when they are over."""

    def last_words(self, refused: RequestRefused | None) -> bytes:
        """The message that ends the operation: of itself, or because of what was refused."""
        ...

    def over(self) -> None:
        """The socket has taken the last message."""
        ...


class Delivery:
    """The answers of one operation; a Sink. When `most` wait, or few that are large, and more come, the client is too
    slow.

    The answers that come together are taken together, so that one large batch overtakes nobody who reads.
    """

    __slots__ = (
        "_answers",
        "_bytes",
        "_head",
        "_is_over",
        "_last",
        "_most",
        "_operation",
        "_room",
        "_writer",
        "cursor",
    )

    def __init__(self, writer: SocketWriter, head: bytes, operation: Ending, *, most: int) -> None:
        self._writer, self._head, self._operation, self._most = writer, head, operation, most
        self._answers: list[Answer] = []
        self._bytes = 0
        self._last: bytes | None = None
        self._is_over = False
        self._room: asyncio.Future[None] | None = None
        self.cursor: str | None = None  # where the last answer that the socket took stands in its feed

    @property
    def waits(self) -> bool:
        """Whether there is something to be written."""
        return bool(self._answers) or self._last is not None

    @property
    def is_filling(self) -> bool:
        """Whether half of what may wait does."""
        return is_filling(len(self._answers), self._bytes, self._most)

    def put(self, answers: Sequence[Answer]) -> bool:
        """See Sink. Those that wait are dropped when they are too many.

        Kept, they would only take memory: the client asks for them again from the cursor, so nothing is skipped.
        """
        if self._is_over:
            return False
        written = self._writer.pass_on(self._head, answers)
        if written:
            self.cursor = answers[written - 1].cursor or self.cursor
            if written == len(answers):
                return True
            answers = answers[written:]
        if is_full(len(self._answers), self._bytes, self._most):
            self.give_up()
            return False
        waited = self.waits
        self._answers += answers
        self._bytes += sum(len(answer.body) for answer in answers)
        if not waited:
            self._writer.take_turn(self)
        return True

    async def room(self) -> None:
        """See Sink."""
        while self.is_filling and not self._is_over:
            self._room = self._room or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)

    @property
    def read(self) -> int:
        """See Sink: of all that the socket carries."""
        return self._writer.read

    def give_up(self) -> None:
        """See Sink."""
        if not self._is_over:
            self._forget()
            self.end(too_slow(self.cursor))

    def end(self, refused: RequestRefused | None = None) -> None:
        """See Sink: the last message follows what waits."""
        if self._is_over:
            return
        self._is_over = True
        waited, self._last = self.waits, self._operation.last_words(refused)
        if not waited:
            self._writer.take_turn(self)
        self._make_room()

    def drop(self) -> None:
        """Forget what waits, and whatever may come yet: nothing more is written."""
        self._is_over = True
        self._forget()
        self._last = None
        self._make_room()

    def take(self) -> bytes | None:
        """The next message; None when it was dropped meanwhile."""
        if self._answers:
            answer = self._answers.pop(0)
            self._bytes -= len(answer.body)
            self.cursor = answer.cursor or self.cursor
            if not self.is_filling:
                self._make_room()
            return self._head + answer.body + b"}"
        last, self._last = self._last, None
        if last is not None:
            self._operation.over()
        return last

    def _forget(self) -> None:
        self._answers.clear()
        self._bytes = 0

    def _make_room(self) -> None:
        if self._room:
            if not self._room.done():
                self._room.set_result(None)
            self._room = None
