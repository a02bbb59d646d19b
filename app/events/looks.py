"""Looking up what topics hold: whoever asks at about the same time is answered by one query."""

import asyncio
from collections import defaultdict
from contextvars import Context

from domain.events.model import Bounds, TopicId
from domain.events.ports import EventLog
from domain.shared.errors import Unavailable

Waiting = asyncio.Future[Bounds | None]


class Looks:
    """One query at a time; those who ask meanwhile share the next, so that none is told what was true before."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._waiting: dict[TopicId, list[Waiting]] = defaultdict(list)
        self._asked: dict[TopicId, list[Waiting]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def at(self, topic_id: TopicId) -> Bounds | None:
        """What the topic holds now; None when it is not there. Raises Unavailable."""
        waiting: Waiting = asyncio.get_running_loop().create_future()
        self._waiting[topic_id].append(waiting)
        if self._looking is None or self._looking.done():
            # In a context of its own: it is nobody's operation, whose deadline would be its own.
            self._looking = asyncio.create_task(self._look(), context=Context())
            self._looking.add_done_callback(self._ended)
        return await waiting

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self) -> None:
        while self._waiting:
            self._asked, self._waiting = self._waiting, defaultdict(list)
            try:
                found = await self._log.bounds(self._asked)
            except Unavailable as away:
                for waiting in _still(self._asked):
                    waiting.set_exception(Unavailable(away.message, retry_after_ms=away.retry_after_ms))
                continue
            for topic_id, those in self._asked.items():
                for waiting in _still({topic_id: those}):
                    waiting.set_result(found.get(topic_id))

    def _ended(self, looking: asyncio.Task[None]) -> None:
        """Leave nobody waiting for what a bug, or the end of the process, has ended."""
        bug = None if looking.cancelled() else looking.exception()
        for waiting in _still(self._asked) + (_still(self._waiting) if looking is self._looking else []):
            if bug is None:
                waiting.cancel()
            else:
                waiting.set_exception(bug)


def _still(asked: dict[TopicId, list[Waiting]]) -> list[Waiting]:
    return [waiting for those in asked.values() for waiting in those if not waiting.done()]
