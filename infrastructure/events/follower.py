"""What was told of a topic and not yet taken by whoever follows it."""

import asyncio
from collections import deque

from domain.events.model import Batch, TopicId

MOST_BATCHES = 500
MOST_CHARACTERS = 16_000_000
TOGETHER = 64  # events of batches that waited for one another are given as one


class Follower:
    """An iterator over batches, and over None where some may have been missed. It keeps so much and no more."""

    def __init__(self, topic_id: TopicId) -> None:
        self.topic_id = topic_id
        self._batches: deque[tuple[Batch, int]] = deque()
        self._characters = 0
        self._missed = False
        self._told = asyncio.Event()

    def tell(self, batch: Batch, size: int) -> None:
        """Keep a batch until it is taken; when there are too many, none: they are in the log."""
        self._batches.append((batch, size))
        self._characters += size
        if len(self._batches) > MOST_BATCHES or self._characters > MOST_CHARACTERS:
            self._batches.clear()
            self._characters = 0
            self._missed = True
        self._told.set()

    def tell_to_look(self) -> None:
        """Have it look into the log."""
        self._missed = True
        self._told.set()

    def __aiter__(self) -> "Follower":
        return self

    async def __anext__(self) -> Batch | None:
        while not self._batches and not self._missed:
            self._told.clear()
            await self._told.wait()
        if not self._batches:
            self._missed = False
            return None
        batch = self._next()
        while self._batches and len(batch.events) < TOGETHER and self._batches[0][0].first == batch.last + 1:
            batch = Batch(self.topic_id, [*batch.events, *self._next().events])
        return batch

    def _next(self) -> Batch:
        batch, size = self._batches.popleft()
        self._characters -= size
        return batch
