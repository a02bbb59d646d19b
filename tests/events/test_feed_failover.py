"""When the database has lost what was told, subscribers hear of it and can go on; when it lags, they wait."""

from collections.abc import AsyncIterator

import pytest

from app.events.feed import LOOKS_BELIEVED
from domain.events.model import Batch, Bounds
from domain.events.places import CursorAhead, cursor_of, start_of
from tests.factories.following import Stand, a_stand
from tests.fakes.feeds import TOPIC, FakeLog, FakeSink, NamedEvents, an_event, settled


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with a_stand(FakeLog(head=5)) as stand:
        yield stand


async def told_all(stand: Stand) -> FakeSink:
    sink = stand.join(encoding=NamedEvents())
    await settled()
    return sink


def endings(sink: FakeSink) -> list[object]:
    return [refused and refused.errors[0]["extensions"] for refused in sink.refused]


def expired(offset: int) -> list[object]:
    return [{"code": "CURSOR_EXPIRED", "earliest": cursor_of(TOPIC, offset)}]


async def test_lost_events_end_the_subscriptions_with_where_to_go_on(stand: Stand) -> None:
    sink = await told_all(stand)
    stand.log.lose(2)
    await stand.tick(LOOKS_BELIEVED)
    assert endings(sink) == expired(2)


async def test_a_look_or_two_that_find_less_than_was_told_end_nothing(stand: Stand) -> None:
    sink = await told_all(stand)
    for _ in range(3):
        stand.log.head = 3
        await stand.tick(2)
        stand.log.head = 5
        await stand.tick()
    stand.publish()
    await settled()
    assert (sink.names[-1], sink.refused) == ("e6", [])


@pytest.mark.parametrize("count", [3, 4, 700])
async def test_a_log_that_lost_events_and_took_as_many_or_more_is_noticed(stand: Stand, count: int) -> None:
    sink = await told_all(stand)
    stand.log.lose(2)
    stand.log.commit(count, name="new")
    await stand.tick()
    assert (sink.names, endings(sink)) == (["e1", "e2", "e3", "e4", "e5"], expired(2))


async def test_who_goes_on_from_there_gets_what_took_the_place_of_the_lost(stand: Stand) -> None:
    await told_all(stand)
    stand.log.lose(2)
    stand.log.commit(4, name="new")
    await stand.tick()
    sink = stand.join(after=2, encoding=NamedEvents())
    await stand.tick()
    assert sink.names == ["new3", "new4", "new5", "new6"]


async def test_a_batch_is_compared_with_all_that_was_told_at_its_places(stand: Stand) -> None:
    sink = await told_all(stand)
    stand.log.lose(2)
    batch = [an_event(3), an_event(4, event_id="other"), an_event(5, event_id="e4"), an_event(6, event_id="e5")]
    stand.log.events |= {event.offset: event for event in batch}
    stand.log.head = 6
    stand.wire.tell(Batch(TOPIC, batch))
    await settled()
    assert (sink.names, endings(sink)) == (["e1", "e2", "e3", "e4", "e5"], expired(3))


async def test_who_is_still_catching_up_goes_on_from_where_it_stands() -> None:
    async with a_stand(FakeLog(head=2_000)) as stand:
        slow = FakeSink()
        slow.fill()
        stand.join(after=100, sink=slow)
        await settled()
        stand.log.lose(1_990)
        await stand.tick(LOOKS_BELIEVED)
        assert endings(slow) == expired(100)


async def test_the_last_event_was_compacted_away_and_nobody_is_told_of_a_failover(stand: Stand) -> None:
    sink = await told_all(stand)
    stand.log.compact(5)
    await stand.tick()
    stand.publish()
    await stand.tick()
    assert (sink.names[-1], sink.refused) == ("e6", [])


async def test_all_that_was_told_is_past_its_retention_and_nobody_is_told_of_a_gap(stand: Stand) -> None:
    sink = await told_all(stand)
    stand.log.commit(2)
    stand.log.retain(6)
    await stand.tick()
    assert (sink.names[-2:], sink.refused) == (["e6", "e7"], [])


def test_a_cursor_ahead_of_the_last_event_is_told_with_the_place_of_that() -> None:
    with pytest.raises(CursorAhead) as refused:
        start_of(cursor_of(TOPIC, 6), TOPIC, Bounds(earliest=1, head=5))
    assert (refused.value.code, refused.value.earliest) == ("CURSOR_EXPIRED", cursor_of(TOPIC, 5))
