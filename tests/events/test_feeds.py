"""One feed for all who follow a topic: who is told what, at whose cost, and what is said when it cannot go on."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.edge.iterating import one_by_one
from app.events.feed import READ_AHEAD
from app.events.feeds import EventsBehind, Feeds
from app.events.groups import MEMBERS_AT_ONCE
from domain.events.model import EVERYTHING, EventFilter
from domain.events.places import cursor_of
from domain.shared.errors import Unavailable
from tests.factories.following import Stand, a_stand
from tests.fakes.feeds import TOPIC, FakeLog, FakeSink, FakeWire, NumberedEvents, settled


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with a_stand() as stand:
        yield stand


async def test_history_goes_over_into_what_is_live(stand: Stand) -> None:
    sink = stand.join(after=1)
    await settled()
    stand.publish(2)
    await settled()
    assert sink.offsets == [2, 3, 4, 5]


async def test_an_event_is_encoded_once_for_all_who_want_the_same(stand: Stand) -> None:
    encoding = NumberedEvents()
    for _ in range(20):
        stand.feeds.join(TOPIC, EVERYTHING, encoding, FakeSink(), after=1)
    await settled()
    stand.publish(2)
    await settled()
    assert encoding.encoded == [2, 3, 4, 5]


async def test_all_get_the_very_same_bytes(stand: Stand) -> None:
    sinks = [stand.join(after=3) for _ in range(2)]
    await settled()
    stand.publish()
    await settled()
    assert sinks[0].answers[0] is sinks[1].answers[0]


async def test_an_event_that_nobody_wants_is_told_to_nobody(stand: Stand) -> None:
    sink = stand.join(after=3, wanted=EventFilter(frozenset({"phone"})))
    await settled()
    stand.publish(source="mat")
    stand.publish(source="phone")
    await settled()
    assert sink.offsets == [5]


@pytest.mark.parametrize(("after", "gets"), [(0, [1, 2, 3, 4, 5]), (3, [4, 5]), (4, [5])])
async def test_who_joins_while_others_are_being_told_misses_nothing_and_gets_nothing_twice(
    stand: Stand, after: int, gets: list[int]
) -> None:
    class Opening(FakeSink):
        """Lets another one in as soon as it is told of an event."""

        def put(self, answers: object) -> bool:
            stand.join(after=after, sink=late)
            return False

    late = FakeSink()
    stand.join(after=3, sink=Opening())
    for _ in range(MEMBERS_AT_ONCE + 50):
        stand.join(after=3)
    await settled()
    stand.publish()
    await settled()
    stand.publish()
    await settled()
    assert late.offsets == gets


async def test_who_leaves_while_others_are_being_told_gets_nothing_more(stand: Stand) -> None:
    for _ in range(MEMBERS_AT_ONCE):
        stand.join(after=3)
    last = FakeSink()
    leave = stand.feeds.join(TOPIC, EVERYTHING, NumberedEvents(), last, after=3)
    await settled()
    first = stand.join(after=3)
    stand.publish()
    while not stand.log.events.keys() <= set(first.offsets) | {1, 2, 3}:
        leave()
        await asyncio.sleep(0)
    assert last.offsets == []


async def test_who_refuses_an_answer_is_forgotten(stand: Stand) -> None:
    sink = stand.join(after=3)
    await settled()
    sink.refuses = True
    stand.publish()
    await settled()
    sink.refuses = False
    stand.publish()
    await settled()
    assert sink.offsets == []


async def test_who_reads_slowly_catches_up_later_and_holds_up_nobody(stand: Stand) -> None:
    slow, quick = stand.join(after=3), stand.join(after=3)
    await settled()
    slow.fill()
    stand.publish(100)
    await settled()
    assert (slow.offsets, len(quick.offsets)) == ([], 100)
    slow.drain()
    await settled()
    assert slow.offsets == quick.offsets


async def test_what_the_wire_lost_comes_with_the_next_tick(stand: Stand) -> None:
    sink = stand.join(after=3)
    await settled()
    stand.log.commit(2)
    await stand.tick()
    assert sink.offsets == [4, 5]


async def test_a_gap_is_filled_before_what_follows_it_is_told(stand: Stand) -> None:
    sink = stand.join(after=3)
    await settled()
    stand.log.commit(2)
    stand.publish()
    await settled()
    assert sink.offsets == [4, 5, 6]


async def test_offsets_that_were_compacted_away_are_no_gap(stand: Stand) -> None:
    stand.log.compact(2)
    sink = stand.join(after=0)
    await settled()
    assert (sink.offsets, sink.refused) == ([1, 3], [])


async def test_while_the_log_is_away_subscribers_wait(stand: Stand) -> None:
    stand.log.is_away = True
    sink = stand.join(after=0)
    stand.publish()
    await stand.tick()
    assert (sink.offsets, sink.refused) == ([], [])
    stand.log.is_away = False
    await stand.tick()
    assert sink.offsets == [1, 2, 3, 4]


async def test_what_the_wire_brings_is_told_while_the_log_is_away(stand: Stand) -> None:
    sink = stand.join(after=3)
    await settled()
    stand.log.is_away = True
    stand.publish()
    await settled()
    assert sink.offsets == [4]


async def test_a_latecomer_is_told_out_of_memory(stand: Stand) -> None:
    stand.join(after=3)
    await settled()
    asked = len(stand.log.questions)
    late = stand.join(after=0)
    await settled()
    assert (late.offsets, len(stand.log.questions)) == ([1, 2, 3], asked)


@pytest.mark.parametrize("after", [700 - READ_AHEAD - 1, 700 - READ_AHEAD, 700 - READ_AHEAD + 1])
async def test_who_comes_back_about_where_memory_begins_misses_nothing(after: int) -> None:
    feeds = Feeds(FakeLog(head=700), FakeWire())
    sink = FakeSink()
    feeds.join(TOPIC, EVERYTHING, NumberedEvents(), sink, after=after)
    await settled()
    await feeds.close()
    assert sink.offsets == list(range(after + 1, 701))


async def test_nobody_is_told_anything_once_the_feeds_are_closed(stand: Stand) -> None:
    waiting, live = FakeSink(), stand.join(after=3)
    waiting.fill()
    stand.join(after=0, sink=waiting)
    await settled()
    await stand.feeds.close()
    waiting.drain()
    stand.publish()
    await settled()
    assert (waiting.answers, waiting.refused, live.answers, live.refused) == ([], [], [], [])


async def test_history_that_was_deleted_while_it_was_read_is_told_with_the_earliest_that_is_left() -> None:
    log, wire = FakeLog(head=2_000), FakeWire()
    feeds = Feeds(log, wire)
    sink = FakeSink()
    sink.fill()
    feeds.join(TOPIC, EVERYTHING, NumberedEvents(), sink, after=100)
    await settled()
    log.retain(1_001)
    sink.drain()
    await settled()
    await feeds.close()
    extensions = sink.refused[0].errors[0]["extensions"]  # type: ignore[union-attr]
    assert extensions == {"code": "CURSOR_EXPIRED", "earliest": cursor_of(TOPIC, 1_000)}
    assert sink.offsets == list(range(101, 101 + len(sink.offsets)))


async def test_filtered_history_that_was_deleted_is_no_silent_gap() -> None:
    log, wire = FakeLog(head=2_000), FakeWire()
    log.retain(1_001)
    feeds = Feeds(log, wire)
    sink = FakeSink()
    feeds.join(TOPIC, EventFilter(frozenset({"phone"})), NumberedEvents(), sink, after=100)
    await settled()
    await feeds.close()
    assert [refused and refused.errors[0]["extensions"]["code"] for refused in sink.refused] == ["CURSOR_EXPIRED"]


async def test_when_the_last_has_left_the_topic_is_followed_no_more(stand: Stand) -> None:
    leaves = [stand.feeds.join(TOPIC, EVERYTHING, NumberedEvents(), FakeSink(), after=3) for _ in range(2)]
    await settled()
    leaves[0]()
    leaves[0]()
    await settled()
    assert len(stand.wire.followers) == 1
    leaves[1]()
    async with asyncio.timeout(10):
        while stand.wire.followers:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_those_who_ask_at_once_where_a_topic_ends_share_the_question(stand: Stand) -> None:
    found = await asyncio.gather(*(stand.feeds.bounds(TOPIC) for _ in range(50)))
    assert ({bounds.head for bounds in found}, stand.log.questions) == ({3}, ["bounds"])


async def test_who_asks_while_a_question_is_under_way_is_not_told_what_was_true_before(stand: Stand) -> None:
    first = asyncio.create_task(stand.feeds.bounds(TOPIC))
    await settled(3)
    stand.log.commit()
    assert (await stand.feeds.bounds(TOPIC)).head == 4
    await first


async def test_where_a_topic_ends_cannot_be_told_while_the_log_is_away(stand: Stand) -> None:
    stand.log.is_away = True
    with pytest.raises(Unavailable):
        await stand.feeds.bounds(TOPIC)


async def test_whoever_cannot_be_a_sink_is_given_one_answer_after_the_other(stand: Stand) -> None:
    answers = one_by_one(EventsBehind(stand.feeds, TOPIC, EVERYTHING, NumberedEvents(), 1))
    told = [await anext(answers), await anext(answers)]
    await answers.aclose()
    assert [answer.cursor for answer in told] == [cursor_of(TOPIC, 2), cursor_of(TOPIC, 3)]
