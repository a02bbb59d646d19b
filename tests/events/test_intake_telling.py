"""Batches go over the wire in the order of their topic, and no more of them wait than fit in memory."""

import asyncio
from uuid import UUID

import pytest

from domain.events.model import Batch, Event, TopicId
from infrastructure.events import telling
from infrastructure.events.telling import Telling
from tests.factories.intake import START, WireToNobody

ONE, OTHER = TopicId(UUID(int=1)), TopicId(UUID(int=2))


class SlowWire(WireToNobody):
    """The EventWire port, which sends to a topic once it is `open`."""

    def __init__(self) -> None:
        super().__init__()
        self.open = {ONE: asyncio.Event(), OTHER: asyncio.Event()}

    async def send(self, batch: Batch) -> None:
        await self.open[batch.topic_id].wait()
        await super().send(batch)


def a_batch(offset: int, topic_id: TopicId = ONE, characters: int = 10) -> Batch:
    return Batch(topic_id, [Event(str(offset), offset, START, START, "mat", "1" * characters)])


@pytest.fixture
def wire() -> SlowWire:
    return SlowWire()


async def test_a_topic_does_not_wait_for_another(wire: SlowWire) -> None:
    way = Telling(wire)
    way.tell(a_batch(1, ONE))
    way.tell(a_batch(1, OTHER))
    wire.open[OTHER].set()
    async with asyncio.timeout(5):
        while not wire.sent:  # noqa: ASYNC110 - a turn of the loop is all there is to wait for
            await asyncio.sleep(0)
    assert [batch.topic_id for batch in wire.sent] == [OTHER]
    wire.open[ONE].set()
    await way.rest()


async def test_what_does_not_fit_is_left_to_the_log_and_later_ones_are_sent_again(
    wire: SlowWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "MOST_WAITING", 25)
    way = Telling(wire)
    for offset in (1, 2, 3):
        way.tell(a_batch(offset))
    wire.open[ONE].set()
    await way.rest()
    way.tell(a_batch(4, characters=26))
    await way.rest()
    assert [batch.first for batch in wire.sent] == [1, 2, 4]
