"""Events in any number from one stream of lines: stored as they come, in their order, while more is read."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from app.events.lines import Lines, event_of
from domain.events.checks import EventRefused
from domain.events.model import MAX_BATCH, NewEvent, Taken, TopicId
from domain.events.ports import EventIntake
from domain.shared.errors import Unauthenticated, Unavailable
from domain.shared.ports import Clock
from domain.shared.viewer import Viewer

BATCH_CHARACTERS = 1_000_000  # of payload
AT_ONCE = 2  # one is stored while the next is read
FULL_PATIENCE, FULL_PAUSE_S = 100, 0.1  # so often and so long to wait while too much waits to be stored
MOST_TOLD = 100


@dataclass
class Tally:
    """What became of the lines so far."""

    taken: Taken = field(default_factory=lambda: Taken(0, 0, 0, 0))
    malformed: int = 0
    reasons: list[tuple[int, str]] = field(default_factory=list)  # of the first malformed lines, by number

    @property
    def received(self) -> int:
        """All lines that are accounted for."""
        return self.taken.accepted + self.taken.duplicates + self.taken.conflicting + self.malformed


class InOrder:
    """Gives batches to the intake, the next one before the last one is stored, and counts what became of them."""

    def __init__(self, topic_id: TopicId, intake: EventIntake, tally: Tally) -> None:
        self._topic_id, self._intake, self._tally = topic_id, intake, tally
        self._under_way: deque[asyncio.Task[Taken]] = deque()

    async def give(self, events: list[NewEvent]) -> None:
        """Returns as soon as there is room for another batch. Raises what the intake raises of an earlier one."""
        self._under_way.append(await self._queued(events))
        if len(self._under_way) >= AT_ONCE:
            await self._count()

    async def all_stored(self) -> None:
        """Wait for all that was given."""
        while self._under_way:
            await self._count()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Whatever ended the stream, what was given is stored, or was not, before that is told."""
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            for storing in self._under_way:
                storing.cancel()
        for outcome in await asyncio.gather(*self._under_way, return_exceptions=True):
            if isinstance(outcome, Taken):
                self._tally.taken += outcome

    async def _queued(self, events: list[NewEvent]) -> asyncio.Task[Taken]:
        """A take that the intake has let into its queue: it refuses at once when too much waits. Raises Unavailable."""
        for _ in range(FULL_PATIENCE):
            storing = asyncio.create_task(self._intake.take(self._topic_id, events))
            await asyncio.sleep(0)
            if not _is_refused(storing):
                return storing
            await asyncio.sleep(FULL_PAUSE_S)
        return storing

    async def _count(self) -> None:
        self._tally.taken += await self._under_way.popleft()


async def take_lines(
    pieces: AsyncIterator[bytes], tally: Tally, *, topic_id: TopicId, viewer: Viewer, intake: EventIntake, clock: Clock
) -> None:
    """Store the events that a stream's lines tell of, adding up in `tally` what became of each.

    An empty piece says that nothing came for a moment: what is there is stored then. Raises what `pieces` raises, what
    the intake raises, and Unauthenticated when the viewer's time is over; the tally is right then, too.
    """
    lines = Lines()
    async with InOrder(topic_id, intake, tally) as stored:
        batch = _Batch(stored, tally)
        async for piece in pieces:
            now = clock.now()
            if viewer.expires_at is not None and viewer.expires_at <= now:
                raise Unauthenticated("Your token has expired meanwhile. Send what is not counted here with a new one.")
            for number, line in lines.feed(piece):
                await batch.add(number, line, now)
            if not piece:
                await batch.store()
        for number, line in lines.rest():
            await batch.add(number, line, clock.now())
        await batch.store()
        await stored.all_stored()


class _Batch:
    """Lines that wait until there are enough of them to be stored together."""

    def __init__(self, stored: InOrder, tally: Tally) -> None:
        self._stored, self._tally = stored, tally
        self._events: list[NewEvent] = []
        self._characters = 0

    async def add(self, number: int, line: bytes | None, now: datetime) -> None:
        """Read a line; what is no event is told by its number. Blank lines count as lines, and for nothing else."""
        if line is not None and (not line or line.isspace()):
            return
        try:
            event = event_of(line, now=now)
        except EventRefused as refused:
            self._tally.malformed += 1
            if len(self._tally.reasons) < MOST_TOLD:
                self._tally.reasons.append((number, refused.message))
            return
        self._events.append(event)
        self._characters += len(event.payload)
        if len(self._events) == MAX_BATCH or self._characters > BATCH_CHARACTERS:
            await self.store()

    async def store(self) -> None:
        """Store what waits."""
        if self._events:
            events, self._events, self._characters = self._events, [], 0
            await self._stored.give(events)


def _is_refused(storing: asyncio.Task[Taken]) -> bool:
    return storing.done() and not storing.cancelled() and isinstance(storing.exception(), Unavailable)
