"""Races that somebody asks about, held in memory: each question folds only the events that came since the last."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

from domain.events.model import Batch
from domain.events.ports import EventLog, EventWire
from domain.races.fold import RaceFold
from domain.races.ports import RaceRepository, RaceVersion
from domain.races.standings import Standings
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock

MOST_RACES = 16  # in memory; another one is folded from its beginning when it is asked for
PAGE = 500
RUNNERS_AT_ONCE = 50  # between so many the loop does other things
LEAST_APART_S = 1.0  # between two standings of one subscription


@dataclass(slots=True)
class HeldRace:
    """A race in memory, and whose turn it is to bring it up to date."""

    version: RaceVersion | None = None
    fold: RaceFold | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class LiveRaces:
    """One for a process."""

    def __init__(
        self,
        races: RaceRepository,
        log: EventLog,
        wire: EventWire,
        clock: Clock,
        *,
        least_apart_s: float = LEAST_APART_S,
    ) -> None:
        self._races, self._log, self._wire, self._clock = races, log, wire, clock
        self._least_apart_s = least_apart_s
        self._held: OrderedDict[str, HeldRace] = OrderedDict()

    async def standings(self, topic: str) -> Standings | None:
        """The standings by all that was taken in; None without a race. Raises Unavailable.

        Who asks while another's question is answered waits for it, and then has hardly anything left to read.
        """
        if topic not in self._held and await self._races.version(topic) is None:
            return None
        held = self._held.setdefault(topic, HeldRace())
        self._held.move_to_end(topic)
        while len(self._held) > MOST_RACES:
            self._held.popitem(last=False)
        async with held.lock:
            fold = await self._up_to_date(topic, held)
            if fold is None:
                return None
            for _ in fold.settle(RUNNERS_AT_ONCE):
                await asyncio.sleep(0)
            return fold.standings(self._clock.now())

    async def follow(self, topic: str) -> AsyncGenerator[Standings, None]:
        """The standings now, and again when something was reported, the race set anew, or time alone changed a flag.

        Not more than about one a second, whatever comes. It ends where there is no race. Raises Unavailable at first;
        later it goes on when the database is back.
        """
        version = await self._races.version(topic)
        if version is None:
            return
        loop = asyncio.get_running_loop()
        async with self._wire.follow(version.topic_id) as batches:
            told, told_at = await self.standings(topic), loop.time()
            while told is not None:
                yield told
                told = await self._changed(topic, told, told_at, batches)
                told_at = loop.time()

    async def _changed(
        self, topic: str, told: Standings, told_at: float, batches: AsyncIterator[Batch | None]
    ) -> Standings | None:
        """The next standings that differ; None when there is no race any more, or nobody to hear from."""
        async for batch in batches:
            if batch is not None and batch.last <= told.as_of_offset:
                continue
            await asyncio.sleep(told_at + self._least_apart_s - asyncio.get_running_loop().time())
            try:
                standings = await self.standings(topic)
            except Unavailable:  # the next tick asks again
                continue
            if standings is None or differs(told, standings):
                return standings
        return None

    async def _up_to_date(self, topic: str, held: HeldRace) -> RaceFold | None:
        """The race with all its events; where the log lost some in a failover, or the race was set anew, from anew."""
        version = await self._races.version(topic)
        if version is None:
            return None
        fold = held.fold
        if fold is None or version != held.version or fold.offset > version.head:
            race = await self._races.at(version)
            if race is None:  # set anew between the two questions
                return await self._up_to_date(topic, held)
            fold = RaceFold(race)
            held.version, held.fold = version, fold
        while fold.offset < version.head:
            events = await self._log.after(version.topic_id, fold.offset, limit=PAGE)
            for event in events:
                fold.take(event)
            if len(events) < PAGE:
                break
            await asyncio.sleep(0)
        return fold


def differs(told: Standings, now: Standings) -> bool:
    """Whether there is something to tell since."""
    by_time = told.changes_at is not None and now.as_of > told.changes_at
    return by_time or now.as_of_offset != told.as_of_offset or now.race is not told.race
