"""Races that somebody asks about, held in memory: each question folds only the events that came since the last."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager

from app.races.held import HeldRace, Known
from domain.events.model import Batch
from domain.events.ports import EventLog, EventWire
from domain.races.ports import RaceRepository
from domain.races.standings import Standings, later
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock

MOST_RACES = 16  # in memory, unless more are watched; another one is folded from its beginning when it is asked for
LEAST_APART_S = 1.0  # between two standings of one subscription


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
        """The standings by all that was taken in; None without a race. Raises Unavailable."""
        with self._using(topic) as race:
            known = await race.known()
        return None if known is None else self._now(known)

    async def follow(self, topic: str) -> AsyncGenerator[Standings, None]:
        """The standings now, and again when something was reported, the race set anew, or time alone changed a flag.

        Not more than about one a second, whatever comes. It ends where there is no race. Raises Unavailable at first;
        later it goes on when the database is back.
        """
        version = await self._races.version(topic)
        if version is None:
            return
        loop = asyncio.get_running_loop()
        with self._using(topic) as race:
            async with self._wire.follow(version.topic_id) as batches:
                told, told_at = await race.known(), loop.time()
                while told is not None:
                    yield self._now(told)
                    told = await self._changed(race, told, told_at, batches)
                    told_at = loop.time()

    async def _changed(
        self, race: HeldRace, told: Known, told_at: float, batches: AsyncIterator[Batch | None]
    ) -> Known | None:
        """The next standings that differ; None when there is no race any more, or nobody to hear from."""
        async for batch in batches:
            if batch is not None and batch.last <= told.standings.as_of_offset:
                continue
            await asyncio.sleep(told_at + self._least_apart_s - asyncio.get_running_loop().time())
            try:
                known = await race.known()
            except Unavailable:  # the next tick asks again
                continue
            if known is None or told.differs(known):
                return known
        return None

    def _now(self, known: Known) -> Standings:
        return later(known.standings, self._clock.now())

    @contextmanager
    def _using(self, topic: str) -> Iterator[HeldRace]:
        """A race that stays in memory meanwhile."""
        race = self._held.get(topic) or HeldRace(topic, self._races, self._log, self._clock)
        self._held[topic] = race
        self._held.move_to_end(topic)
        race.users += 1
        try:
            yield race
        finally:
            race.users -= 1
            self._make_room()

    def _make_room(self) -> None:
        """Let go of those that nobody uses, those asked for longest ago first.

        Those that were not read to the end come last: else whoever asks for a long one in vain, again and again, would
        never get there.
        """
        unused = [(topic, race) for topic, race in self._held.items() if not race.users]
        in_turn = sorted(unused, key=lambda one: one[1].is_behind)
        for topic, race in in_turn:
            if not race.is_known or len(self._held) > MOST_RACES:
                del self._held[topic]
