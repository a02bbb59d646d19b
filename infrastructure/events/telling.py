"""Committed batches on their way to whoever follows: in their order, and never in the way of the next transaction."""

import asyncio
from collections import deque

from domain.events.model import Batch, TopicId
from domain.events.ports import EventWire

MOST_WAITING = 32_000_000  # characters of payload; past it a batch is left to the log, where its readers find it


class Telling:
    """Sends batches over a wire: topic by topic one after another, topics side by side."""

    def __init__(self, wire: EventWire) -> None:
        self._wire = wire
        self._batches: dict[TopicId, deque[Batch]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0

    def tell(self, batch: Batch) -> None:
        """Have a batch sent soon; one too many is not sent."""
        size = _size(batch)
        if self._waiting and self._waiting + size > MOST_WAITING:
            return
        self._waiting += size
        if batch.topic_id in self._batches:
            self._batches[batch.topic_id].append(batch)
            return
        self._batches[batch.topic_id] = deque([batch])
        task = asyncio.create_task(self._send(batch.topic_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def rest(self) -> None:
        """Wait until all is sent."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _send(self, topic_id: TopicId) -> None:
        batches = self._batches[topic_id]
        try:
            while batches:
                await self._wire.send(batches[0])
                self._waiting -= _size(batches.popleft())
        finally:
            self._waiting -= sum(map(_size, batches))
            del self._batches[topic_id]


def _size(batch: Batch) -> int:
    return sum(len(event.payload) for event in batch.events)
