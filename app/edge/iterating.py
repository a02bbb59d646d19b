"""A Broadcast as an async iterator, for whoever takes one answer at a time."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from app.edge.fan_out import Broadcast
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused, too_slow
from app.edge.waiting import is_filling, is_full

MOST_WAITING = 100


async def one_by_one(broadcast: Broadcast, *, most_waiting: int = MOST_WAITING) -> AsyncGenerator[Answer, None]:
    """The answers of a Broadcast. Raises RequestRefused when it ends with one, or when they are taken too slowly."""
    taken = _Taken(most_waiting)
    leave = broadcast.join(taken)
    try:
        while True:
            while taken.waiting:
                yield taken.next()
            if taken.is_over:
                break
            await taken.something()
    finally:
        leave()
    if taken.refused:
        raise taken.refused


class _Taken:
    """A Sink that keeps what it is given."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes, self.read = most, 0, 0
        self._changed = asyncio.Event()
        self._cursor: str | None = None
        self.waiting: deque[Answer] = deque()
        self.is_over = False
        self.refused: RequestRefused | None = None

    def put(self, answers: Sequence[Answer]) -> bool:
        if self.is_over:
            return False
        if is_full(len(self.waiting), self._bytes, self._most):
            self.give_up()
            return False
        self.waiting.extend(answers)
        self._bytes += sum(len(answer.body) for answer in answers)
        self._changed.set()
        return True

    @property
    def is_filling(self) -> bool:
        return is_filling(len(self.waiting), self._bytes, self._most)

    async def room(self) -> None:
        while self.is_filling and not self.is_over:
            await self._change()

    def give_up(self) -> None:
        if not self.is_over:
            self.waiting.clear()
            self._bytes = 0
            self.end(too_slow(self._cursor))

    def end(self, refused: RequestRefused | None = None) -> None:
        if not self.is_over:
            self.is_over, self.refused = True, refused
            self._changed.set()

    def next(self) -> Answer:
        answer = self.waiting.popleft()
        self._bytes -= len(answer.body)
        self.read += len(answer.body)
        self._cursor = answer.cursor or self._cursor
        self._changed.set()
        return answer

    async def something(self) -> None:
        while not self.waiting and not self.is_over:
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()
