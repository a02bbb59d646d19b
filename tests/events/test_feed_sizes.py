"""However large events are, and however many want them, a feed holds only so many bytes of them at once."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest

from app.edge.operation import Answer
from app.events.feeds import Feeds
from app.events.groups import TURN_BYTES
from app.events.kept import KeptAnswers
from app.events.pages import FIRST_SPAN, LARGEST, MOST_BY_TIME, Pages
from app.events.recent import Memory, Recent
from domain.events.model import EVERYTHING, Bounds, Event, EventFilter, TopicId
from domain.events.places import cursor_of
from tests.factories.following import Stand, a_stand
from tests.fakes.feeds import START, TOPIC, FakeLog, FakeSink, FakeWire, NumberedEvents, an_event, settled

LARGE = "x" * 60_000


@dataclass(frozen=True)
class LargeEvents:
    """An Encoding whose answers have a third of what is put at once."""

    def answer(self, event: Event) -> Answer:
        return Answer(str(event.offset).encode().ljust(TURN_BYTES // 3), cursor_of(TOPIC, event.offset))


@dataclass(eq=False)
class Measuring(FakeSink):
    """A sink that notes how much it was given at once, and is full from then on if it is to."""

    sizes: list[int] = field(default_factory=list)
    fills: bool = False

    def put(self, answers: Sequence[Answer]) -> bool:
        self.sizes.append(sum(len(answer.body) for answer in answers))
        if self.fills:
            self.fill()
        return super().put(answers)


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with a_stand() as stand:
        yield stand


@pytest.mark.parametrize("after", [3, 0])
async def test_so_many_bytes_are_put_at_once_and_no_more(stand: Stand, after: int) -> None:
    sink = Measuring()
    stand.log.commit(10)
    stand.join(after=13 if after else 0, encoding=LargeEvents(), sink=sink)
    await settled()
    stand.publish(10)
    await settled()
    assert sink.offsets == list(range(14 if after else 1, 24))
    assert max(sink.sizes) < TURN_BYTES * 4 / 3


async def test_who_is_full_in_the_middle_of_a_turn_gets_the_rest_later_and_once(stand: Stand) -> None:
    sink = stand.join(after=3, encoding=LargeEvents(), sink=Measuring())
    await settled()
    assert isinstance(sink, Measuring)
    sink.fills = True
    stand.publish(10)
    await settled()
    assert 0 < len(sink.offsets) < 10
    sink.fills = False
    sink.drain()
    await settled()
    assert sink.offsets == list(range(4, 14))


async def test_pages_of_large_events_are_short() -> None:
    log = FakeLog()
    log.commit(600, payload=LARGE)
    async with a_stand(log) as stand:
        sink = stand.join(after=0)
        await settled()
        stand.log.commit(100, payload=LARGE)
        await stand.tick()
    assert sink.offsets == list(range(1, 701))
    assert max(sum(len(event.payload) for event in page) for page in log.pages) < 1_100_000


async def test_a_feed_of_large_events_remembers_the_last_of_those_before_it_began() -> None:
    log = FakeLog()
    log.commit(600, payload=LARGE)
    async with a_stand(log) as stand:
        stand.join(after=600)
        await settled()
        asked = len(log.questions)
        late = stand.join(after=598)
        await settled()
    assert (late.offsets, len(log.questions)) == ([599, 600], asked)


async def test_few_feeds_read_the_log_at_once() -> None:
    class Busy(FakeLog):
        reading = most = 0

        async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
            return dict.fromkeys(topic_ids, Bounds(1, self.head))

        async def after(self, *args: object, **how: object) -> list[Event]:
            self.reading += 1
            self.most = max(self.most, self.reading)
            events = await super().after(*args, **how)  # type: ignore[arg-type]
            self.reading -= 1
            return events

    log, wire = Busy(head=3), FakeWire()
    feeds = Feeds(log, wire)
    for number in range(20):
        feeds.join(TopicId(UUID(int=number)), EVERYTHING, NumberedEvents(), FakeSink(), after=3)
    await settled()
    log.commit()
    wire.tell(None)
    await settled()
    await feeds.close()
    assert log.most <= 3


async def test_a_span_of_times_is_looked_for_a_stretch_at_a_time() -> None:
    log = FakeLog()
    log.head = 10 * MOST_BY_TIME
    for offset in (1, 3 * MOST_BY_TIME, 10 * MOST_BY_TIME - 1_000):
        log.events[offset] = an_event(offset)
    async with a_stand(log) as stand:
        sink = stand.join(after=0, wanted=EventFilter(occurred_from=START + timedelta(seconds=2)))
        await settled()
    assert sink.offsets == [3 * MOST_BY_TIME, 10 * MOST_BY_TIME - 1_000]
    assert max(log.looked_through) <= 50_000


async def test_what_many_sources_say_is_looked_for_no_further_than_a_page_reaches() -> None:
    log = FakeLog(head=20 * LARGEST)
    pages, at = Pages(log, TOPIC, EventFilter(frozenset({"mat"}))), 0
    while at < log.head:
        _, at = await pages.after(at, log.head)
    assert max(log.looked_through) <= max(FIRST_SPAN, 2 * LARGEST)


async def test_a_source_that_never_speaks_takes_a_few_pages_however_long_the_history() -> None:
    log = FakeLog()
    log.head = 100_000_000
    pages, at = Pages(log, TOPIC, EventFilter(frozenset({"nobody"}))), 0
    while at < log.head:
        _, at = await pages.after(at, log.head)
    assert len(log.pages) < 15


async def test_what_is_remembered_of_all_topics_is_shared_out() -> None:
    memory = Memory(most=300_000, feeds=1)
    first = Recent(0, memory)
    first.add([an_event(at, payload=LARGE) for at in range(1, 11)])
    assert 200_000 < first.bytes <= 300_000
    memory.feeds = 3
    first.trim()
    assert (first.bytes <= 100_000, first.start) == (True, 9)


async def test_a_tick_makes_room_for_topics_that_have_come(stand: Stand) -> None:
    stand.join(after=0)
    await settled()
    stand.publish(60, payload=LARGE)
    await settled()
    for number in range(100):
        stand.feeds.join(TopicId(UUID(int=number)), EVERYTHING, NumberedEvents(), FakeSink(), after=0)
    await stand.tick()
    asked = stand.log.questions.count("after")
    late = stand.join(after=10)
    await settled()
    assert (late.offsets, stand.log.questions.count("after") > asked) == (list(range(11, 64)), True)


async def test_a_group_that_nobody_catches_up_with_keeps_no_answers(stand: Stand) -> None:
    encoding = NumberedEvents()
    for _ in range(2):
        stand.join(after=3, encoding=encoding)
    await settled()
    stand.publish(5)
    await settled()
    stand.join(after=3, encoding=encoding)
    await settled()
    assert encoding.encoded == [4, 5, 6, 7, 8] * 2


async def test_who_lags_behind_the_others_shares_their_answers(stand: Stand) -> None:
    quick, slow = stand.join(after=3), stand.join(after=3)
    await settled()
    slow.fill()
    stand.publish()
    await settled()
    stand.publish(5)
    await settled()
    slow.drain()
    await settled()
    assert all(one is other for one, other in zip(quick.answers[1:], slow.answers[1:], strict=True))


def test_answers_are_kept_up_to_so_many_bytes() -> None:
    kept = KeptAnswers(most_bytes=100)
    for number in range(10):
        kept.keep(number, Answer(b"x" * 30))
    assert ([number for number in range(10) if kept.get(number)], kept.bytes) == ([7, 8, 9], 90)


async def test_a_semaphore_is_free_again_after_an_outage(stand: Stand) -> None:
    stand.log.is_away = True
    sink = stand.join(after=0)
    await stand.tick(10)
    stand.log.is_away = False
    await stand.tick()
    await asyncio.sleep(0)
    assert sink.offsets == [1, 2, 3]
