"""Answers on their way to a socket: those of each operation wait in a bounded queue, and one writer takes from all.

What waits is not told apart by time but by operation: whoever has something to say gets one message's turn, so that a
busy feed does not hold up a quiet one. There is no task and hardly any memory for what is idle: lists, because an empty
deque takes 760 bytes, and a writer that lives only while there is something to be written.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from app.edge.operation import Answer
from app.edge.refusals import too_slow

MOST_WORDS = 32
MOST_WORD_BYTES = 65_536


class SocketWriter:
    """The one who writes to a socket: a message at a time, the protocol's own words first, then each in turn."""

    __slots__ = (
        "_at_work",
        "_broken",
        "_room",
        "_send",
        "_turns",
        "_word_bytes",
        "_words",
        "_written",
        "_written_before",
    )

    def __init__(self, send: Callable[[str], Awaitable[None]]) -> None:
        self._send = send  # raises OSError when the client has gone
        self._words: list[str] = []
        self._word_bytes = 0
        self._turns: list[Delivery] = []
        self._at_work: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._broken = False
        self._written, self._written_before = 0, -1

    def say(self, word: str) -> None:
        """Write a word of the protocol, before all answers."""
        if not self._broken:
            self._words.append(word)
            self._word_bytes += len(word.encode())
            self._go_to_work()

    def take_turn(self, delivery: "Delivery") -> None:
        """Let a delivery that has something to be written have a turn."""
        if not self._broken:
            self._turns.append(delivery)
            self._go_to_work()

    async def room(self) -> None:
        """Wait until few words wait: whoever asks for more of them, and reads none, is not listened to meanwhile."""
        if self._is_crowded():
            self._room = asyncio.get_running_loop().create_future()
            await self._room

    async def words_written(self) -> None:
        """Drop all answers, and wait until the last word is written."""
        self._turns.clear()
        if task := self._at_work:
            await asyncio.wait({task})

    def stop(self) -> asyncio.Task[None] | None:
        """Write nothing more; answers the task that is ending."""
        self._give_up()
        if self._at_work:
            self._at_work.cancel()
        return self._at_work

    def is_stuck(self) -> bool:
        """Whether something waits, and nothing at all was written since this was asked last."""
        stuck = self._at_work is not None and self._written == self._written_before
        self._written_before = self._written if self._at_work else -1
        return stuck

    def _go_to_work(self) -> None:
        if self._at_work is None:
            task = _start(self._write())
            if not task.done():
                self._at_work = task

    async def _write(self) -> None:
        try:
            while (message := self._next()) is not None:
                await self._send(message)
                self._written += 1
        except OSError:  # the client has gone, which whoever reads from it is told too
            self._give_up()
        self._at_work = None

    def _next(self) -> str | None:
        if self._words:
            word = self._words.pop(0)
            self._word_bytes -= len(word.encode())
            self._make_room()
            return word
        while self._turns:
            delivery = self._turns.pop(0)
            message = delivery.take()
            if delivery.waits:
                self._turns.append(delivery)
            if message is not None:
                return message
        return None

    def _is_crowded(self) -> bool:
        return len(self._words) > MOST_WORDS or self._word_bytes > MOST_WORD_BYTES

    def _make_room(self) -> None:
        if self._room and not self._is_crowded():
            if not self._room.done():
                self._room.set_result(None)
            self._room = None

    def _give_up(self) -> None:
        self._broken = True
        self._words.clear()
        self._word_bytes = 0
        self._turns.clear()
        self._make_room()


class Delivery:
    """The answers of one operation, of which never more than `most` wait."""

    __slots__ = ("_answers", "_dropped", "_ended", "_head", "_last", "_most", "_writer", "cursor")

    def __init__(self, writer: SocketWriter, head: bytes, *, most: int, ended: Callable[[], None]) -> None:
        self._writer, self._head, self._most, self._ended = writer, head, most, ended
        self._answers: list[Answer] = []
        self._last: str | None = None
        self._dropped = False
        self.cursor: str | None = None  # where the last answer that the socket took stands in its feed

    @property
    def waits(self) -> bool:
        """Whether there is something to be written."""
        return bool(self._answers) or self._last is not None

    @property
    def is_filling(self) -> bool:
        """Whether half of the answers that may wait do."""
        return 2 * len(self._answers) >= self._most

    def put(self, answer: Answer) -> None:
        """Take an answer. Raises RequestRefused when too many wait, and drops them.

        Kept, they would only take memory: the client asks for them again from the cursor, so nothing is skipped.
        """
        if self._dropped:
            return
        if len(self._answers) >= self._most:
            self._answers.clear()
            raise too_slow(self.cursor)
        waited = self.waits
        self._answers.append(answer)
        if not waited:
            self._writer.take_turn(self)

    def finish(self, last: str) -> None:
        """Take the message that ends the operation: it follows what waits."""
        if self._dropped:
            return
        waited, self._last = self.waits, last
        if not waited:
            self._writer.take_turn(self)

    def drop(self) -> None:
        """Forget what waits, and whatever may come yet: nothing more is written."""
        self._dropped = True
        self._answers.clear()
        self._last = None

    def take(self) -> str | None:
        """The next message; None when it was dropped meanwhile."""
        if self._answers:
            answer = self._answers.pop(0)
            self.cursor = answer.cursor or self.cursor
            return (self._head + answer.body + b"}").decode()
        last, self._last = self._last, None
        if last is not None:
            self._ended()
        return last


def _start(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a task; where Python can, it runs at once, and is done already when the socket takes what it writes."""
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12):
        return asyncio.Task(coroutine, loop=loop, eager_start=True)
    return loop.create_task(coroutine)
