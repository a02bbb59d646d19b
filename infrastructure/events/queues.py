"""Requests that wait for their topic: in their order, and no more of them than may wait."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from domain.events.model import NewEvent, Taken, TopicId
from domain.shared.errors import Unavailable
from domain.shared.once import Once
from infrastructure.events.taking import TopicHeld

RUN_EVENTS = 2_000  # in one transaction: to write them down for PostgreSQL takes the whole process 10 ms
RUN_CHARACTERS = 8_000_000
RETRY_AFTER_MS = 1_000


class IntakeFull(Unavailable):
    """So many events wait to be stored that one more request would not be served soon."""

    def __init__(self) -> None:
        super().__init__(
            "Events come faster than they can be stored just now, and none of these was taken. Send them again in a "
            "moment: what was stored before is known by its id.",
            retry_after_ms=RETRY_AFTER_MS,
        )


@dataclass(eq=False, slots=True)
class Request:
    """The events of one request, and whoever waits to be told of them."""

    events: Sequence[NewEvent]
    once: Once | None
    characters: int  # of payload
    told: asyncio.Future[Taken]
    until: float  # by the event loop's clock: so long it may wait for a database that is away

    def answer(self, taken: Taken) -> None:
        """Tell what became of the events; whoever gave up meanwhile is not told."""
        if not self.told.done():
            self.told.set_result(taken)

    def refuse(self, error: BaseException) -> None:
        """Tell what went wrong."""
        if not self.told.done():
            self.told.set_exception(error)


class IntakeQueues:
    """A queue for each topic that is busy, and one bound on all that wait in them."""

    def __init__(self, *, most_events: int, most_characters: int) -> None:
        self._most_events, self._most_characters = most_events, most_characters
        self._queues: dict[TopicId, deque[Request]] = {}
        self._held: set[TopicId] = set()
        self._events = self._characters = 0

    def put(self, topic_id: TopicId, request: Request) -> bool:
        """Let a request wait; whether its topic was idle, and now needs somebody to see to it.

        Raises IntakeFull, and TopicHeld where one request tries already whether the topic is to be had again.
        """
        if topic_id in self._held and topic_id in self._queues:
            raise TopicHeld
        too_many = self._events + max(len(request.events), 1) > self._most_events
        if self._events and (too_many or self._characters + request.characters > self._most_characters):
            raise IntakeFull
        self._count(request, 1)
        was_idle = topic_id not in self._queues
        self._queues.setdefault(topic_id, deque()).append(request)
        return was_idle

    def withdraw(self, topic_id: TopicId, request: Request) -> None:
        """Forget a request, unless it waits no more."""
        queue = self._queues.get(topic_id, ())
        if request in queue:
            self._queues[topic_id].remove(request)
            self._count(request, -1)

    def is_held(self, topic_id: TopicId) -> bool:
        """Whether somebody held the topic for too long when it was tried last."""
        return topic_id in self._held

    def found_held(self, topic_id: TopicId) -> list[Request]:
        """Note that the topic is held; all that wait for it, who wait no more: they take no room from the others."""
        self._held.add(topic_id)
        waiting = list(self._queues[topic_id])
        self._queues[topic_id].clear()
        for request in waiting:
            self._count(request, -1)
        return waiting

    def found_free(self, topic_id: TopicId) -> None:
        """Note that the topic could be had."""
        self._held.discard(topic_id)

    def is_waited_for(self, topic_id: TopicId) -> bool:
        """Whether any request waits; else the topic is idle from now on."""
        if not self._queues[topic_id]:
            del self._queues[topic_id]
            return False
        return True

    def next_run(self, topic_id: TopicId) -> list[Request]:
        """The next requests to be served in one transaction; a request with an idempotency key has one of its own."""
        queue, run = self._queues[topic_id], list[Request]()
        events = characters = 0
        while queue:
            events += len(queue[0].events)
            characters += queue[0].characters
            alone = queue[0].once is not None
            if run and (alone or events > RUN_EVENTS or characters > RUN_CHARACTERS):
                break
            run.append(queue.popleft())
            self._count(run[-1], -1)
            if alone:
                break
        return run

    def _count(self, request: Request, sign: int) -> None:
        self._events += sign * max(len(request.events), 1)  # one without events waits like the others
        self._characters += sign * request.characters
