"""What is published: events that can be told from one another, more than a third of them sent again in other words, and
a few under an id that stands for something else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import numpy as np
import orjson

FIRST = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
SUMMER = timezone(timedelta(hours=2))
RUNNERS = 40
SENT_SOONER, OTHER_PAYLOAD, OTHER_TIME, OTHER_SOURCE = range(4)
Sent = dict[str, Any]  # an event as GraphQL and the bulk route take it


@dataclass(frozen=True)
class Item:
    """One event of a batch: which, and as what it is sent."""

    number: int
    again: bool = False
    lie: int = SENT_SOONER  # what is other than it was before, if anything


@dataclass(frozen=True)
class Plan:
    """All that is published: `events`, of which so many are `repeated`, and `conflicts` beside them."""

    events: int
    batch: int
    publishers: int
    conflicts: int
    repeated: float = 0.35
    seed: int = 5

    @property
    def unique(self) -> int:
        """How many different events there are; their numbers begin at 0."""
        return self.events - round(self.events * self.repeated)

    @cached_property
    def shares(self) -> list[list[list[Item]]]:
        """The batches of each publisher, in the order in which it sends them."""
        rng = np.random.default_rng(self.seed)
        again = rng.integers(self.unique, size=self.events - self.unique).tolist()
        return [self._batches(place, again[place :: self.publishers], rng) for place in range(self.publishers)]

    @cached_property
    def conflicting(self) -> frozenset[int]:
        """The numbers of the events for whose ids something else is sent too."""
        return frozenset(item.number for share in self.shares for batch in share for item in batch if item.lie)

    def numbers(self, batches: int) -> frozenset[int]:
        """The events of so many batches of each publisher."""
        return frozenset(item.number for share in self.shares for batch in share[:batches] for item in batch)

    def _batches(self, place: int, again: Sequence[int], rng: np.random.Generator) -> list[list[Item]]:
        items = [Item(number) for number in range(place, self.unique, self.publishers)]
        items += [Item(number, again=True) for number in again]
        mixed = [items[one] for one in rng.permutation(len(items))]
        batches = [mixed[begun : begun + self.batch] for begun in range(0, len(mixed), self.batch)]
        conflicts = len(range(place, self.conflicts, self.publishers))
        lies = [self._lies(source, round(conflicts / (len(batches) - 1) + 0.5)) for source in batches[:-1]]
        left = conflicts
        for batch, some in zip(batches[1:], lies, strict=True):  # by then the batch before was acknowledged
            batch.extend(some[:left])
            left -= len(some[:left])
        assert left == 0, "there are too few batches for so many conflicts"
        return batches

    def _lies(self, batch: Sequence[Item], most: int) -> list[Item]:
        own = [item.number for item in batch if not item.again]
        return [Item(number, lie=1 + number % OTHER_SOURCE) for number in own[:most]]


def source_of(number: int) -> str:
    """Whose event it is."""
    return f"runner-{number % RUNNERS}"


def payload_of(number: int) -> Mapping[str, Any]:
    """What it says."""
    return {"type": "position", "number": number, "at": {"latitude": 47 + number / 1e6, "longitude": 8.5}, "note": "D′"}


def event(item: Item) -> Sent:
    """An event as it is sent: repeats say the same in another order, and tell the time in another zone."""
    number, payload = item.number, dict(payload_of(item.number))
    instant = FIRST + timedelta(milliseconds=number)
    if item.again:
        payload, instant = dict(reversed(payload.items())), instant.astimezone(SUMMER)
    if item.lie == OTHER_PAYLOAD:
        payload["number"] = -1
    if item.lie == OTHER_TIME:
        instant += timedelta(seconds=1)
    source = source_of(number + 1 if item.lie == OTHER_SOURCE else number)
    return {"eventId": f"{number:07}", "occurredAt": instant.isoformat(), "source": source, "payload": payload}


def lines(batch: Sequence[Item]) -> Iterator[bytes]:
    """For the bulk route: a line an event."""
    return (orjson.dumps(event(item), option=orjson.OPT_APPEND_NEWLINE) for item in batch)
