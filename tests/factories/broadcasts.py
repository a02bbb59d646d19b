"""A Broadcast that tells what a test wants, to all who have joined it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson

from app.edge.fan_out import Sink
from app.edge.iterating import one_by_one
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused


class Relay:
    """See above."""

    def __init__(self, field: str = "relayed") -> None:
        self._field = field
        self._changed = asyncio.Event()
        self.sinks: list[Sink] = []

    def join(self, sink: Sink) -> Callable[[], None]:
        """See Broadcast."""
        self.sinks.append(sink)
        self._changed.set()
        return lambda: self._forget(sink)

    def __aiter__(self) -> AsyncIterator[Answer]:
        return one_by_one(self)

    def tell(self, *values: str) -> None:
        """One answer for each value, whose cursor it is too."""
        answers = [Answer(orjson.dumps({"data": {self._field: value}}), value[:20]) for value in values]
        for sink in list(self.sinks):
            if not sink.put(answers):
                self._forget(sink)

    def end(self, refused: RequestRefused | None = None) -> None:
        """Nothing more comes for anybody."""
        for sink in self.sinks:
            sink.end(refused)
        self.sinks.clear()

    async def until(self, count: int) -> None:
        """Wait until so many have joined, and no more."""
        async with asyncio.timeout(10):
            while len(self.sinks) != count:
                self._changed.clear()
                await self._changed.wait()

    def _forget(self, sink: Sink) -> None:
        if sink in self.sinks:
            self.sinks.remove(sink)
        self._changed.set()
