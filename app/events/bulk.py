"""Events in any number from one stream of lines: stored as they come, in their order, while more is read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from app.events.lines import SHORTEST_LINE, Lines, event_of
from domain.events.checks import EventRefused
from domain.events.model import MAX_BATCH, NewEvent, Taken, TopicId
from domain.events.ports import EventIntake
from domain.shared.errors import Unauthenticated, Unavailable
from domain.shared.ports import Clock
from domain.shared.viewer import Viewer

BATCH_CHARACTERS = 1_000_000  # of payload
TURN = 100  # lines, after which others have theirs
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
    """Gives batches to the intake, each when the one before is stored, and counts what became of them.

    Two at once would be no quicker, as a topic takes one after the other anyway; and what stands behind a batch that
    could not be stored would be stored before it.
    """

    def __init__(self, topic_id: TopicId, intake: EventIntake, tally: Tally) -> None:
        self._topic_id, self._intake, self._tally = topic_id, intake, tally
        self._storing: asyncio.Task[Taken] | None = None

    async def give(self, events: list[NewEvent]) -> None:
        """Returns as soon as the intake has them, to be stored while more is read. Raises what it raises of those
        before, and Unavailable when it stays full: it refuses at once when too much waits."""
        await self.all_stored()
        for _ in range(FULL_PATIENCE):
            self._storing = asyncio.create_task(self._intake.take(self._topic_id, events))
            await asyncio.sleep(0)
            if not _is_refused(self._storing):
                return
            await asyncio.sleep(FULL_PAUSE_S)
        await self.all_stored()

    async def all_stored(self) -> None:
        """Wait for what was given."""
        storing, self._storing = self._storing, None
        if storing is not None:
            self._tally.taken += await storing

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Whatever ended the stream, what was given is stored, or was not, before that is told."""
        if self._storing is None:
            return
        if kind is not None and issubclass(kind, asyncio.CancelledError):
            self._storing.cancel()
        (outcome,) = await asyncio.gather(self._storing, return_exceptions=True)
        if isinstance(outcome, Taken):
            self._tally.taken += outcome


async def take_lines(
    pieces: AsyncIterator[bytes], tally: Tally, *, topic_id: TopicId, viewer: Viewer, intake: EventIntake, clock: Clock
) -> None:
    """Store the events that a stream's lines tell of, adding up in `tally` what became of each.

    An empty piece says that nothing came for a moment: what is there is stored then. Raises what `pieces` raises, what
    the intake raises, and Unauthenticated when the viewer's time is over; the tally is right then, too.
    """
    lines = Lines()
    async with InOrder(topic_id, intake, tally) as stored:
        batch = _Batch(tally)
        async for piece in pieces:
            now = clock.now()
            if viewer.expires_at is not None and viewer.expires_at <= now:
                raise Unauthenticated("Your token has expired meanwhile. Send what is not counted here with a new one.")
            for number, line in lines.feed(piece):
                batch.add(number, line, now)
                if batch.is_full:
                    await stored.give(batch.emptied())
                elif not number % TURN:
                    await asyncio.sleep(0)  # a line that is no event costs its sender next to nothing
            if not piece and batch.events:
                await stored.give(batch.emptied())
        for number, line in lines.rest():
            batch.add(number, line, clock.now())
        if batch.events:
            await stored.give(batch.emptied())
        await stored.all_stored()


class _Batch:
    """Events that wait until there are enough of them to be stored together."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.events: list[NewEvent] = []
        self._characters = 0

    def add(self, number: int, line: bytes | None, now: datetime) -> None:
        """Read a line; what is no event is told by its number. Blank lines count as lines, and for nothing else."""
        if line is not None and (not line or line.isspace()):
            return
        is_told = len(self._tally.reasons) < MOST_TOLD
        if not is_told and len(line or b"") < SHORTEST_LINE:
            self._tally.malformed += 1
            return
        try:
            event = event_of(line, now=now, is_told=is_told)
        except EventRefused as refused:
            self._tally.malformed += 1
            if is_told:
                self._tally.reasons.append((number, refused.message))
            return
        self.events.append(event)
        self._characters += len(event.payload)

    @property
    def is_full(self) -> bool:
        """Whether it is to be stored now."""
        return len(self.events) == MAX_BATCH or self._characters > BATCH_CHARACTERS

    def emptied(self) -> list[NewEvent]:
        """What was in it."""
        events, self.events, self._characters = self.events, [], 0
        return events


def _is_refused(storing: asyncio.Task[Taken]) -> bool:
    return storing.done() and not storing.cancelled() and isinstance(storing.exception(), Unavailable)
