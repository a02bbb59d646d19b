"""Who reads a feed slowly is served at their own pace; who reads nothing at all is told from where to go on."""

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson
import pytest

from app.edge.http.outbox import Outbox
from app.edge.http.told import Told
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from app.edge.sockets.delivery import Delivery
from app.edge.sockets.writer import SocketWriter
from app.events.feeds import Feeds
from app.events.groups import LOOKS
from domain.events.model import EVERYTHING
from domain.events.places import cursor_of
from tests.fakes.feeds import TOPIC, FakeLog, FakeSink, FakeWire, NumberedEvents, settled


@pytest.fixture
async def feeds() -> AsyncIterator[Feeds]:
    """Of five events, and without any patience."""
    feeds = Feeds(FakeLog(head=5), FakeWire(), patience_s=0)
    yield feeds
    await feeds.close()


async def until(so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not so():  # noqa: ASYNC110
            await asyncio.sleep(0)


class ReadingSlowly(FakeSink):
    """Is full for the first looks, and has read a byte between any two of them."""

    looks = 0

    @property  # type: ignore[override]
    def read(self) -> int:
        self.looks += 1
        if self.looks == 3 * LOOKS:
            self.drain()
        return self.looks

    @read.setter
    def read(self, _read: int) -> None:
        return


async def test_who_reads_nothing_for_long_is_given_up_and_forgotten(feeds: Feeds) -> None:
    sink = FakeSink()
    sink.fill()
    feeds.join(TOPIC, EVERYTHING, NumberedEvents(), sink, after=0)
    await until(lambda: sink.given_up)
    sink.drain()
    await settled()
    assert (sink.offsets, sink.given_up) == ([], 1)


async def test_who_reads_but_slowly_is_served_on(feeds: Feeds) -> None:
    sink = ReadingSlowly()
    sink.fill()
    feeds.join(TOPIC, EVERYTHING, NumberedEvents(), sink, after=0)
    await until(lambda: len(sink.answers) == 5)
    assert sink.given_up == 0


class Subscription:
    """Whose answers go over a socket."""

    def last_words(self, refused: RequestRefused | None) -> bytes:
        assert refused is not None
        return orjson.dumps(refused.errors[0]["extensions"])

    def over(self) -> None:
        return


async def test_a_socket_whose_client_reads_nothing_says_next_from_where_to_go_on() -> None:
    reads, told = asyncio.Event(), list[str]()

    async def send(text: str) -> None:
        await reads.wait()
        told.append(text)

    log, wire = FakeLog(head=5), FakeWire()
    feeds = Feeds(log, wire, linger_s=0, patience_s=0)
    sink = Delivery(SocketWriter(send), b"[", Subscription(), most=4)
    feeds.join(TOPIC, EVERYTHING, NumberedEvents(), sink, after=3)
    await settled()  # of two events the first is being sent
    for _ in range(3):
        wire.tell(log.commit())
        await settled()
    await until(lambda: not wire.followers)  # the only subscriber has been told, and is forgotten
    reads.set()
    await settled()
    await feeds.close()
    assert told[0] == "[4}"
    assert orjson.loads(told[1]) == {"code": "SLOW_CONSUMER", "cursor": cursor_of(TOPIC, 4)}


async def test_an_event_stream_whose_client_reads_nothing_says_next_from_where_to_go_on() -> None:
    outbox = Outbox()
    sink = Told(outbox, None, "request 1", lambda: None)
    sink.put([Answer(b"1", "after 1"), Answer(b"2", "after 2")])
    before = sink.read
    await outbox.next(0)
    assert sink.read > before

    sink.give_up()

    told = await outbox.next(0)
    assert told is not None
    assert b'"cursor":"after 1"' in told
