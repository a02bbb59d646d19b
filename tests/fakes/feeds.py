"""A log that can fail and forget, a wire that tells what a test wants, and sinks that can be full."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from domain.events.model import EVERYTHING, Batch, Bounds, Event, EventFilter, TopicId
from domain.events.places import cursor_of
from domain.shared.errors import Unavailable

TOPIC = TopicId(UUID(int=7))
START = datetime(2026, 6, 1, 8, tzinfo=UTC)


def an_event(offset: int, *, source: str = "mat", payload: str = "{}", event_id: str = "") -> Event:
    at = START + timedelta(seconds=offset)
    return Event(event_id or f"e{offset}", offset, at, at, source, payload)


class FakeLog:
    """The EventLog port in memory. Every answer takes some turns of the loop, so that other things happen meanwhile."""

    def __init__(self, *, head: int = 0) -> None:
        self.events: dict[int, Event] = {}
        self.head, self.earliest = 0, 1
        self.is_away = False
        self.questions: list[str] = []
        self.pages: list[list[Event]] = []
        self.looked_through: list[int] = []  # how many offsets each page was looked for among
        if head:
            self.commit(head)

    def commit(self, count: int = 1, *, source: str = "mat", payload: str = "{}", name: str = "e") -> Batch:
        """Take in some events, as they are told of."""
        offsets = range(self.head + 1, self.head + count + 1)
        events = [an_event(at, source=source, payload=payload, event_id=f"{name}{at}") for at in offsets]
        self.events |= {event.offset: event for event in events}
        self.head += count
        return Batch(TOPIC, events)

    def compact(self, offset: int) -> None:
        self.events.pop(offset, None)

    def retain(self, earliest: int) -> None:
        """Delete what is older."""
        self.earliest = earliest
        self.events = {offset: event for offset, event in self.events.items() if offset >= earliest}

    def lose(self, head: int) -> None:
        """Fail over to a database that lacks the last writes."""
        self.head = head
        self.events = {offset: event for offset, event in self.events.items() if offset <= head}

    async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
        await self._answers("bounds")
        newest = self.events.get(self.head)
        bounds = Bounds(self.earliest, self.head, newest and newest.event_id)
        found = {topic_id: bounds for topic_id in topic_ids if topic_id == TOPIC}
        await asyncio.sleep(0)
        return found

    async def after(
        self,
        topic_id: TopicId,
        offset: int,
        *,
        limit: int,
        wanted: EventFilter = EVERYTHING,
        up_to: int | None = None,
        characters: int | None = None,
    ) -> list[Event]:
        await self._answers("after")
        most = self.head if up_to is None else up_to
        self.looked_through.append(most - offset)
        events = [self.events[at] for at in sorted(self.events) if offset < at <= most]
        await asyncio.sleep(0)
        page: list[Event] = []
        for event in [event for event in events if wanted.lets_pass(event)][:limit]:
            page.append(event)
            if characters is not None and sum(len(event.payload) for event in page) >= characters:
                break
        self.pages.append(page)
        return page

    async def _answers(self, question: str) -> None:
        self.questions.append(question)
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable("The database is away.")


class FakeWire:
    """The EventWire port: its followers hear what a test tells, and nothing else."""

    def __init__(self) -> None:
        self.followers: set[asyncio.Queue[Batch | None]] = set()

    async def send(self, batch: Batch) -> None:
        self.tell(batch)

    def tell(self, batch: Batch | None) -> None:
        for follower in self.followers:
            follower.put_nowait(batch)

    @asynccontextmanager
    async def follow(self, topic_id: TopicId) -> AsyncIterator[AsyncIterator[Batch | None]]:
        told: asyncio.Queue[Batch | None] = asyncio.Queue()
        self.followers.add(told)

        async def batches() -> AsyncIterator[Batch | None]:
            while True:
                yield await told.get()

        try:
            yield batches()
        finally:
            self.followers.discard(told)


@dataclass(eq=False)
class FakeSink:
    """The Sink port: keeps what it is given."""

    answers: list[Answer] = field(default_factory=list)
    refused: list[RequestRefused | None] = field(default_factory=list)
    is_filling: bool = False
    refuses: bool = False
    read: int = 0
    given_up: int = 0
    _room: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def offsets(self) -> list[int]:
        """Of the events that it was told, by NumberedEvents."""
        return [int(answer.body) for answer in self.answers]

    @property
    def names(self) -> list[str]:
        """Of the events that it was told, by NamedEvents."""
        return [answer.body.decode() for answer in self.answers]

    def put(self, answers: Sequence[Answer]) -> bool:
        if self.refuses:
            return False
        self.answers += answers
        return True

    def fill(self) -> None:
        self.is_filling = True
        self._room.clear()

    def drain(self) -> None:
        self.is_filling = False
        self._room.set()

    async def room(self) -> None:
        while self.is_filling:
            await self._room.wait()

    def give_up(self) -> None:
        self.given_up += 1

    def end(self, refused: RequestRefused | None = None) -> None:
        self.refused.append(refused)


@dataclass(frozen=True)
class NamedEvents:
    """An Encoding: an event is told by its id."""

    def answer(self, event: Event) -> Answer:
        return Answer(event.event_id.encode(), cursor_of(TOPIC, event.offset))


@dataclass(frozen=True)
class NumberedEvents:
    """An Encoding: an event is told by its offset."""

    name: str = ""
    encoded: list[int] = field(default_factory=list, compare=False)

    def answer(self, event: Event) -> Answer:
        self.encoded.append(event.offset)
        return Answer(b"%d" % event.offset, cursor_of(TOPIC, event.offset))


async def settled(turns: int = 300) -> None:
    """Let the loop go round until everything has happened that can."""
    for _ in range(turns):
        await asyncio.sleep(0)
