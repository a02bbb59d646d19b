"""One race in memory, brought up to date by the events that came since somebody asked last."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.events.pages import Pages
from domain.events.model import Event
from domain.events.ports import EventLog
from domain.races.fold import RaceFold
from domain.races.ports import RaceRepository, RaceVersion
from domain.races.standings import Standings
from domain.shared.errors import Unavailable
from domain.shared.ports import Clock

PAGE = 500
AT_ONCE = 50  # events taken in, or runners worked out, between which the loop does other things


@dataclass(frozen=True, slots=True)
class Known:
    """Standings, and what they rest on."""

    version: RaceVersion
    last: tuple[int, str] | None  # offset and id of the last event that was taken in
    standings: Standings

    def differs(self, now: "Known") -> bool:
        """Whether there is something to tell since."""
        changes_at = self.standings.changes_at
        by_time = changes_at is not None and now.standings.as_of > changes_at
        by_event = now.standings.as_of_offset != self.standings.as_of_offset or now.last != self.last
        return by_time or by_event or now.version != self.version


class HeldRace:
    """A race in memory. Who asks while another's question is answered waits for it, and then has little left to read.

    A question that is given up leaves what it read to the next one. The last event that was taken in is compared with
    the log's: if a failover lost some, and others have their offsets now, the race is folded anew.
    """

    def __init__(self, topic: str, races: RaceRepository, log: EventLog, clock: Clock) -> None:
        self._topic, self._races, self._log, self._clock = topic, races, log, clock
        self._lock = asyncio.Lock()
        self._version: RaceVersion | None = None
        self._fold: RaceFold | None = None
        self._last: tuple[int, str] | None = None
        self._known: Known | None = None
        self.users = 0  # who asks or watches now

    @property
    def is_known(self) -> bool:
        """Whether there is anything in memory."""
        return self._fold is not None

    @property
    def is_behind(self) -> bool:
        """Whether it was left before all was read."""
        return self._fold is not None and self._version is not None and self._fold.offset < self._version.head

    async def known(self) -> Known | None:
        """The standings by all that was taken in; None without a race. Raises Unavailable.

        Where nothing came in, and time changed no flag, they are those of before.
        """
        async with self._lock:
            version = await self._bring_up_to_date()
            if version is None or self._fold is None:
                return None
            for _ in self._fold.settle(AT_ONCE):
                await asyncio.sleep(0)
            now, before = self._clock.now(), self._known
            if before is None or not _holds(before.standings, self._fold.offset, now):
                self._known = before = Known(version, self._last, self._fold.standings(now))
            return before

    async def _bring_up_to_date(self) -> RaceVersion | None:
        while (version := await self._races.version(self._topic)) is not None:
            fold = self._fold
            if fold is None or not self._goes_on(fold, version):
                race = await self._races.at(version)
                if race is None:  # set anew between the two questions
                    continue
                fold = self._begin(RaceFold(race), version)
            self._version = version
            if await self._read_on(fold, version):
                if not fold.needs_refold:
                    return version
                self._begin(fold.anew(), version)
            else:
                self._fold = None
        self._fold = None
        return None

    def _begin(self, fold: RaceFold, version: RaceVersion) -> RaceFold:
        fold.offset = max(0, version.earliest - 1)
        self._fold, self._last, self._known = fold, None, None
        return fold

    def _goes_on(self, fold: RaceFold, version: RaceVersion) -> bool:
        """Whether it is the race of before, with a log that still holds what was read."""
        is_other = version.newest is not None and self._is_other(version.head, version.newest)
        return version == self._version and fold.offset <= version.head and not is_other

    def _is_other(self, offset: int, event_id: str) -> bool:
        """Whether another event was read at that offset."""
        return self._last is not None and self._last[0] == offset and self._last[1] != event_id

    async def _read_on(self, fold: RaceFold, version: RaceVersion) -> bool:
        """Take in what follows up to the head; False when it does not follow on what was read."""
        pages = Pages(self._log, version.topic_id, limit=PAGE)
        while fold.offset < version.head:
            offset, pages.limit = fold.offset, max(2, pages.limit)  # the first may be the last of before
            events, end = await pages.after(offset if self._last is None else offset - 1, version.head)
            if events and self._is_other(events[0].offset, events[0].event_id):
                return False
            fresh = [event for event in events if event.offset > offset]
            if len(fresh) < end - offset:
                await self._require(version, end)
            await self._take(fold, fresh)
            fold.offset = max(offset, end)
        return True

    async def _require(self, version: RaceVersion, offset: int) -> None:
        """Raise Unavailable unless the log reaches that far: offsets may be missing, but not because it lags."""
        bounds = (await self._log.bounds([version.topic_id])).get(version.topic_id)
        if bounds is None or bounds.head < offset:
            raise Unavailable("The database does not hold all of the race yet. Ask again in a moment.")

    async def _take(self, fold: RaceFold, events: Sequence[Event]) -> None:
        for number, event in enumerate(events, 1):
            fold.take(event)
            self._last, self._known = (event.offset, event.event_id), None
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)


def _holds(standings: Standings, offset: int, now: datetime) -> bool:
    """Whether the standings are those of an instant too, but for how late the late ones are."""
    is_before = standings.changes_at is None or now <= standings.changes_at
    return standings.as_of_offset == offset and standings.as_of <= now and is_before
