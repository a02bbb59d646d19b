"""Bodies of lines as a server hands them on, and an intake that only counts."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.types import Message, Receive

from domain.events.model import NewEvent, Taken, TopicId
from domain.shared.errors import Unavailable
from domain.shared.once import Once

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HUNG_UP: Message = {"type": "http.disconnect"}


def a_line(number: int | str = 1, **given: Any) -> bytes:
    """One event; the same for the same number."""
    event = {
        "eventId": f"mat-{number}",
        "occurredAt": "2026-11-21T07:30:00Z",
        "source": "mat",
        "payload": {"bib": number},
    }
    return orjson.dumps(event | given)


def lines(*numbers: int) -> bytes:
    """Events, a line each."""
    return b"".join(a_line(number) + b"\n" for number in numbers)


def receiving(*pieces: bytes, last: Message | None = None) -> Receive:
    """What a server hands on of a body, piece by piece; at its end, or hung up where `last` says so."""
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting = iter([*messages, last or {"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Message:
        return next(waiting)

    return receive


async def coming(pieces: Iterable[bytes]) -> AsyncGenerator[bytes]:
    """Pieces of a body, one after the other."""
    for piece in pieces:
        yield piece
        await asyncio.sleep(0)


@dataclass
class FakeEventIntake:
    """The EventIntake port: every event is new. The first `full` calls find it full; `broken_at` is the batch that
    fails; `steps` notes the first event of each batch, when it came and when it was stored."""

    full: int = 0
    broken_at: int | None = None
    took: list[list[NewEvent]] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    may_store: asyncio.Event = field(default_factory=asyncio.Event)
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.may_store.set()
        self._at_once = self._head = 0

    async def take(self, topic_id: TopicId, events: Sequence[NewEvent], *, once: Once | None = None) -> Taken:
        """Refuses before it waits when it is full, as the real one does."""
        if self.full:
            self.full -= 1
            raise Unavailable("Too many events wait.")
        number = len(self.took)
        self.took.append(list(events))
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.steps.append(("came", events[0].event_id))
        await self.may_store.wait()
        await asyncio.sleep(0)
        self._at_once -= 1
        if number == self.broken_at:
            raise Unavailable("The database is away.", retry_after_ms=2000)
        self.steps.append(("stored", events[0].event_id))
        self._head += len(events)
        return Taken(len(events), 0, 0, self._head)
