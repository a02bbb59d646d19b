"""Events of a made-up race: a position of each of its runners every few seconds, and three in ten sent once more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any

import numpy as np
import orjson

BATCH = 500
REPEATED = 0.3
RUNNERS = 300
FIRST = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
MUTATION = """mutation Publish($input: PublishEventsInput!) { publishEvents(input: $input) {
  accepted duplicates conflicting headOffset userErrors { code field message } } }"""

Sent = dict[str, Any]  # an event as GraphQL and the bulk route take it


@dataclass(frozen=True)
class Spell:
    """The events of one spell of load: other ones for each seed."""

    seed: int
    events: int
    repeated: float = REPEATED
    batch: int = BATCH

    def batches(self) -> Iterator[list[Sent]]:
        """All of them; whatever comes once more came first in the batch before."""
        rng, number = np.random.default_rng(self.seed), 0
        before: list[Sent] = []
        for begun in range(0, self.events, self.batch):
            size = min(self.batch, self.events - begun)
            again = rng.permutation(len(before))[: round(size * self.repeated)]
            fresh = size - len(again)
            places = np.round(rng.random((fresh, 3)) * (1, 1, 600), 6).tolist()
            new = [self._event(number + offset, *place) for offset, place in enumerate(places)]
            both = new + [before[one] for one in again]
            yield [both[one] for one in rng.permutation(size)]
            number, before = number + fresh, new

    def _event(self, number: int, north: float, east: float, up: float) -> Sent:
        instant = FIRST + timedelta(milliseconds=number)
        return {
            "eventId": f"{self.seed:x}-{number:07}",
            "occurredAt": instant.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "source": f"runner-{number % RUNNERS}",
            "payload": {
                "type": "position",
                "latitude": round(47 + north, 6),
                "longitude": round(8 + east, 6),
                "altitudeM": round(400 + up, 1),
            },
        }


def unique(batches: Sequence[Sequence[Sent]]) -> int:
    """How many different events these are."""
    return len({event["eventId"] for batch in batches for event in batch})


def as_mutation(topic: str, batch: Sequence[Sent]) -> bytes:
    """The body of a request that publishes a batch."""
    return orjson.dumps({"query": MUTATION, "variables": {"input": {"topic": topic, "events": batch}}})


def as_lines(batch: Sequence[Sent]) -> bytes:
    """The same for the bulk route: a line an event."""
    return b"".join(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE) for event in batch)


def as_columns(batch: Sequence[Sent]) -> tuple[list[Any], ...]:
    """The same for PostgreSQL: ids, times, sources and payloads; by their ids, or two transactions lock one another."""
    batch = sorted(batch, key=itemgetter("eventId"))
    return (
        [event["eventId"] for event in batch],
        [datetime.fromisoformat(event["occurredAt"]) for event in batch],
        [event["source"] for event in batch],
        [orjson.dumps(event["payload"]).decode() for event in batch],
    )
