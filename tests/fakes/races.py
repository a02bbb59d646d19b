"""Races, their events and the time, as a test says."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from domain.events.model import EVERYTHING, Batch, Bounds, Event, EventFilter, TopicId
from domain.races.model import Race
from domain.races.ports import RaceVersion
from domain.races.profile import CourseProfile
from domain.shared.errors import Unavailable
from domain.shared.once import Once
from domain.shared.viewer import Viewer


@dataclass
class FakeRaceDay:
    """A RaceRepository, an EventLog, an EventWire and a Clock of one race; `away` is a database that is away."""

    race: Race | None
    time: datetime
    number: int = 1
    events: list[Event] = field(default_factory=list)
    away: bool = False
    topics: Collection[str] = ("race",)  # each of them is the race's
    earliest: int = 1
    asked: list[tuple[int, int]] = field(default_factory=list)  # between which offsets the log was read
    answered: int | None = None  # of these questions the log answers only so many
    lags_by: int = 0  # so many events are in the log only later
    unanswered: asyncio.Event = field(default_factory=asyncio.Event)
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Queue[Batch | None] = field(default_factory=asyncio.Queue)

    def now(self) -> datetime:
        return self.time

    async def update(
        self, topic_id: TopicId, change: Callable[[Race | None], Race], *, once: Once | None = None
    ) -> None:
        self.race, self.number = change(self.race), self.number + 1

    async def version(self, topic: str) -> RaceVersion | None:
        if self.away:
            self.refused.set()
            raise Unavailable("The database is away.")
        head = self.events[-1].offset if self.events else 0
        if self.race is None or topic not in self.topics:
            return None
        newest = self.events[-1].event_id if self.events else None
        return RaceVersion(self.race.topic_id, self.number, head, self.earliest, newest)

    async def at(self, version: RaceVersion) -> Race | None:
        return self.race

    async def course_of_run(self, run_id: UUID, viewer: Viewer) -> CourseProfile | None:
        return None

    async def has_event(self, topic_id: TopicId, event_id: str) -> bool:
        return any(event.event_id == event_id for event in self.events)

    async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
        head = self.events[-1].offset - self.lags_by if self.events else 0
        return dict.fromkeys(topic_ids, Bounds(self.earliest, head))

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
        last = up_to or self.events[-1].offset
        self.asked.append((offset, last))
        if self.answered is not None and len(self.asked) > self.answered:
            self.unanswered.set()
            await asyncio.Event().wait()
        held = self.events[: len(self.events) - self.lags_by]
        return [event for event in held if offset < event.offset <= last][:limit]

    async def send(self, batch: Batch) -> None:
        self.told.put_nowait(batch)

    @asynccontextmanager
    async def follow(self, topic_id: TopicId) -> AsyncGenerator[AsyncIterator[Batch | None], None]:
        async def batches() -> AsyncGenerator[Batch | None, None]:
            while True:
                yield await self.told.get()

        yield batches()

    def take(self, *events: Event, tell: bool = True) -> None:
        """Commit events, and tell of them."""
        first = self.events[-1].offset + 1 if self.events else 1
        taken = [replace(event, offset=first + place) for place, event in enumerate(events)]
        self.events += taken
        if tell:
            self.told.put_nowait(Batch(TopicId(UUID(int=1)), taken))

    def tick(self) -> None:
        """The wire says: look into the log."""
        self.told.put_nowait(None)
