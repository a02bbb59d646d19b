"""What waits for a client that reads slowly takes so much memory and no more, whichever way it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

import orjson
import pytest

from app.edge.fan_out import Sink
from app.edge.http.outbox import Outbox
from app.edge.http.told import Told
from app.edge.iterating import one_by_one
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from app.edge.sockets.delivery import Delivery
from app.edge.sockets.writer import SocketWriter
from app.edge.waiting import FILLING_BYTES, MOST_BYTES
from tests.factories.broadcasts import Relay

MANY = 1_000_000  # answers: what is tried here are their bytes
TINY, LARGE = Answer(b"1", "tiny"), Answer(b"1" * FILLING_BYTES, "large")
HUGE = Answer(b"1" * (MOST_BYTES + 1), "huge")


@dataclass
class Slow:
    """A sink, and how its client reads one answer."""

    sink: Sink
    read: Callable[[], object]


class Unread:
    """The end of an operation that nobody reads."""

    def last_words(self, refused: RequestRefused | None) -> bytes:
        return orjson.dumps(refused and refused.errors[0]["extensions"]["code"])

    def over(self) -> None:
        """Nothing follows."""


async def blocked(_: str) -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def by_socket() -> AsyncIterator[Slow]:
    writer = SocketWriter(blocked)
    writer.say("in the way")
    delivery = Delivery(writer, b"", Unread(), most=MANY)
    yield Slow(delivery, delivery.take)
    if stopped := writer.stop():
        await asyncio.wait({stopped})


@asynccontextmanager
async def by_event_stream() -> AsyncIterator[Slow]:
    outbox = Outbox(MANY)
    yield Slow(Told(outbox, None, "r", lambda: None), outbox._take)


@asynccontextmanager
async def one_at_a_time() -> AsyncIterator[Slow]:
    relay = Relay()
    async with aclosing(one_by_one(relay, most_waiting=MANY)) as answers:
        first = asyncio.ensure_future(anext(answers))
        await relay.until(1)
        (sink,) = relay.sinks
        sink.put([TINY])
        await first
        yield Slow(sink, sink.next)  # type: ignore[attr-defined]


@pytest.fixture(params=[by_socket, by_event_stream, one_at_a_time])
async def slow(request: pytest.FixtureRequest) -> AsyncIterator[Slow]:
    async with request.param() as slow:
        yield slow


async def test_a_few_large_answers_that_wait_fill_a_sink(slow: Slow) -> None:
    slow.sink.put([TINY])
    before = slow.sink.is_filling
    slow.sink.put([LARGE])

    assert (before, slow.sink.is_filling) == (False, True)


async def test_there_is_room_again_when_large_answers_were_read(slow: Slow) -> None:
    slow.sink.put([LARGE, TINY])
    room = asyncio.create_task(slow.sink.room())
    await asyncio.sleep(0)
    waited = not room.done()

    slow.read()

    async with asyncio.timeout(10):
        await room
    assert waited


async def test_who_lets_too_many_bytes_wait_is_too_slow(slow: Slow) -> None:
    taken = [slow.sink.put([LARGE]) for _ in range(6)]

    assert taken == [True] * 4 + [False] * 2


async def test_a_huge_answer_is_taken_while_nothing_waits_and_nothing_behind_it(slow: Slow) -> None:
    assert [slow.sink.put([HUGE]), slow.sink.put([TINY])] == [True, False]


async def test_what_was_read_counts_no_more(slow: Slow) -> None:
    for _ in range(10):
        assert slow.sink.put([HUGE])
        slow.read()

    assert not slow.sink.is_filling
