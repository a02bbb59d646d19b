"""With a subscription for each of thousands of runners, an event and a farewell cost no more than with a few."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from app.edge.operation import Answer
from app.events.feed import LOOKED_AT_ONCE
from app.events.groups import TURN
from domain.events.model import EVERYTHING, Batch, Event, EventFilter
from tests.factories.following import Stand, a_stand
from tests.fakes.feeds import TOPIC, FakeSink, NumberedEvents, an_event, settled

GROUPS = 300


@dataclass(frozen=True)
class Counted(EventFilter):
    """A filter that counts how often it is asked."""

    asked: list[int] = field(default_factory=list, compare=False)

    def lets_pass(self, event: Event) -> bool:
        self.asked.append(event.offset)
        return super().lets_pass(event)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with a_stand() as stand:
        yield stand


def runners(*numbers: int) -> EventFilter:
    return EventFilter(frozenset(f"bib {number}" for number in numbers))


async def test_who_follows_one_runner_costs_nothing_when_another_is_seen(stand: Stand) -> None:
    filters = [Counted(frozenset({f"bib {number}"})) for number in range(GROUPS)]
    for wanted in filters:
        stand.join(after=3, wanted=wanted)
    await settled()
    stand.publish(source="bib 7")
    await settled()
    assert [number for number, wanted in enumerate(filters) if wanted.asked] == [7]


async def test_who_follows_several_gets_theirs_in_order(stand: Stand) -> None:
    sink = stand.join(after=3, wanted=runners(1, 2))
    await settled()
    batch = [an_event(3 + at, source=f"bib {bib}") for at, bib in enumerate([2, 3, 1, 2, 1, 3], start=1)]
    stand.log.events |= {event.offset: event for event in batch}
    stand.log.head = 9
    stand.wire.tell(Batch(TOPIC, batch))
    await settled()
    assert sink.offsets == [4, 6, 7, 8]


async def test_who_follows_nobody_is_told_nothing(stand: Stand) -> None:
    sink = stand.join(after=0, wanted=runners())
    await settled()
    stand.publish()
    await settled()
    assert sink.answers == []


async def test_one_who_leaves_takes_no_other_along(stand: Stand) -> None:
    leave = stand.feeds.join(TOPIC, runners(1), NumberedEvents(), FakeSink(), after=3)
    others = [stand.join(after=3, wanted=wanted) for wanted in (runners(1, 2), EVERYTHING)]
    await settled()
    leave()
    leave()
    stand.publish(source="bib 1")
    await settled()
    assert [sink.offsets for sink in others] == [[4], [4]]


async def test_a_farewell_costs_the_same_however_many_stay(stand: Stand) -> None:
    hashed: list[object] = []

    class Hashed(NumberedEvents):
        def __hash__(self) -> int:
            hashed.append(self)
            return 1

    leaves = [stand.feeds.join(TOPIC, runners(at), Hashed(), FakeSink(), after=3) for at in range(GROUPS)]
    await settled()
    hashed.clear()
    for leave in leaves:
        leave()
    assert len(hashed) <= 5 * GROUPS


async def test_while_many_groups_are_told_the_loop_goes_round(stand: Stand) -> None:
    made: list[object] = []

    @dataclass(frozen=True)
    class Made(NumberedEvents):
        def answer(self, event: Event) -> Answer:
            made.append(event)
            return super().answer(event)

    async def most_at_once() -> int:
        most = seen = 0
        while len(made) < GROUPS * TURN:
            await asyncio.sleep(0)
            most, seen = max(most, len(made) - seen), len(made)
        return most

    for number in range(GROUPS):
        stand.join(after=3, encoding=Made(str(number)))
    await settled()
    most = asyncio.create_task(most_at_once())
    stand.publish(TURN)
    assert await most <= LOOKED_AT_ONCE + TURN
