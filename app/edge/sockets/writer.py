"""The one who writes to a socket: a message at a time, the protocol's own words first, then each operation in turn."""

import asyncio
import math
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol

from app.edge.operation import Answer
from app.edge.sockets.direct import DirectWire, answer_frames, text_frame

MOST_WORDS = 32
MOST_WORD_BYTES = 65_536
MOST_TOGETHER = 65_536  # bytes that are written without a look at whether the socket takes more


class Turn(Protocol):
    """Who has messages to be written."""

    @property
    def waits(self) -> bool:
        """Whether there is something to be written."""
        ...

    def take(self) -> bytes | None:
        """The next message; None when it was dropped meanwhile."""
        ...


class SocketWriter:
    """Writes at once while nothing waits and the socket takes it; else a task does, for as long as something waits."""

    __slots__ = (
        "_at_work",
        "_broken",
        "_read_before",
        "_room",
        "_send",
        "_stuck_since",
        "_turns",
        "_wire",
        "_word_bytes",
        "_words",
        "_written",
    )

    def __init__(self, send: Callable[[str], Awaitable[None]], wire: DirectWire | None = None) -> None:
        self._send = send  # raises OSError when the client has gone
        self._wire = wire  # where the server offers it
        self._words: list[bytes] = []
        self._word_bytes = 0
        self._turns: list[Turn] = []
        self._at_work: asyncio.Task[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._broken = False
        self._written = 0  # bytes
        self._read_before, self._stuck_since = -math.inf, 0.0

    def say(self, word: str) -> None:
        """Write a word of the protocol, before all answers."""
        if self._broken:
            return
        said = word.encode()
        if self._wire is not None and self._at_work is None and self._wire.takes():
            self._write_frames(self._wire, text_frame(said))
            return
        self._words.append(said)
        self._word_bytes += len(said)
        self._go_to_work()

    def pass_on(self, head: bytes, answers: Sequence[Answer]) -> int:
        """Write answers at once, as many as the socket takes now: none while anything else waits. Answers how many."""
        wire, written = self._wire, 0
        if wire is None or self._at_work is not None or self._broken:
            return 0
        while written < len(answers) and wire.takes():
            together = _beginning(answers, written)
            self._write_frames(wire, answer_frames(head, together))
            written += len(together)
        return written

    def take_turn(self, turn: Turn) -> None:
        """Let somebody who has something to be written have a turn."""
        if not self._broken:
            self._turns.append(turn)
            if self._at_work is None:
                self._write_now()
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

    @property
    def read(self) -> int:
        """How many bytes the client has read, as far as can be seen from here."""
        return self._written - (self._wire.unread() if self._wire is not None else 0)

    @property
    def waits(self) -> bool:
        """Whether the socket takes nothing more until its client reads on."""
        return self._at_work is not None or (self._wire is not None and not self._wire.takes())

    def stuck_s(self, now: float) -> float:
        """For how many seconds something has waited and nothing was read: since the first time that this was asked."""
        read = self.read if self.waits else -math.inf
        if not self.waits or read > self._read_before:
            self._read_before, self._stuck_since = read, now
        return now - self._stuck_since

    def _go_to_work(self) -> None:
        if self._at_work is None and (self._words or self._turns):
            task = _start(self._write())
            if not task.done():
                self._at_work = task

    async def _write(self) -> None:
        try:
            while True:
                self._write_now()
                message = self._next()
                if message is None:
                    break
                await self._send(message.decode())  # which waits until the socket takes more
                self._written += len(message)
        except OSError:  # the client has gone, which whoever reads from it is told too
            self._give_up()
        self._at_work = None

    def _write_now(self) -> None:
        while self._wire is not None and self._wire.takes() and (message := self._next()) is not None:
            self._write_frames(self._wire, text_frame(message))

    def _write_frames(self, wire: DirectWire, frames: bytes) -> None:
        wire.write(frames)
        self._written += len(frames)

    def _next(self) -> bytes | None:
        if self._words:
            word = self._words.pop(0)
            self._word_bytes -= len(word)
            self._make_room()
            return word
        while self._turns:
            turn = self._turns.pop(0)
            message = turn.take()
            if turn.waits:
                self._turns.append(turn)
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


def _beginning(answers: Sequence[Answer], first: int) -> Sequence[Answer]:
    """So many answers that they may be written together; mostly all."""
    size, last = 0, first
    while last < len(answers) and size < MOST_TOGETHER:
        size += len(answers[last].body)
        last += 1
    return answers[first:last] if last - first < len(answers) else answers


def _start(coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a task; where Python can, it runs at once, and is done already when the socket takes what it writes."""
    loop = asyncio.get_running_loop()
    if sys.version_info >= (3, 12):
        return asyncio.Task(coroutine, loop=loop, eager_start=True)
    return loop.create_task(coroutine)
