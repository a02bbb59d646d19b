"""Answers wait for a slow socket, so many and no more, and none holds up another's."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.uri import parse_uri

from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from app.edge.sockets.delivery import Delivery
from app.edge.sockets.direct import answer_frames, text_frame
from app.edge.sockets.writer import MOST_WORD_BYTES, MOST_WORDS, SocketWriter


class Wire:
    """A socket that takes messages when a test lets it."""

    def __init__(self, *, takes: bool = True) -> None:
        self.taken: list[str] = []
        self.gone = False
        self._free = asyncio.Event()
        if takes:
            self._free.set()

    async def send(self, message: str) -> None:
        await self._free.wait()
        if self.gone:
            raise ConnectionResetError
        self.taken.append(message)

    def flow(self) -> None:
        self._free.set()


def answer(number: int, cursor: str | None = None) -> Answer:
    return Answer(orjson.dumps(number), cursor)


@dataclass
class Lap:
    """Whose answers these are."""

    ended: Callable[[], None] = lambda: None

    def last_words(self, refused: RequestRefused | None) -> bytes:
        return orjson.dumps(refused.errors[0]["extensions"]) if refused else b"end"

    def over(self) -> None:
        self.ended()


def delivery(
    writer: SocketWriter, name: str = "a", *, most: int = 3, ended: Callable[[], None] = lambda: None
) -> Delivery:
    return Delivery(writer, f'{{"{name}":'.encode(), Lap(ended), most=most)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_answers_go_out_in_their_order_and_the_end_comes_last() -> None:
    wire = Wire()
    laps = delivery(SocketWriter(wire.send))

    for number in (1, 2):
        laps.put([answer(number)])
    laps.end()
    await settled()

    assert wire.taken == ['{"a":1}', '{"a":2}', "end"]


async def test_an_operation_ends_when_the_socket_takes_its_last_message_and_not_before() -> None:
    wire, ended = Wire(takes=False), asyncio.Event()
    writer = SocketWriter(wire.send)
    writer.say("in the way")
    await settled()
    laps = delivery(writer, ended=ended.set)

    laps.end()
    await settled()
    assert not ended.is_set()
    wire.flow()
    await settled()

    assert ended.is_set()


async def test_too_many_answers_that_wait_end_the_subscription() -> None:
    wire = Wire(takes=False)
    laps = delivery(SocketWriter(wire.send), most=3)
    laps.put([answer(0)])
    await settled()  # this one is being sent

    for number in (1, 2, 3):
        laps.put([answer(number)])

    assert not laps.put([answer(4)])
    wire.flow()
    await settled()
    assert [orjson.loads(message).get("code") for message in wire.taken] == [None, "SLOW_CONSUMER"]


async def test_the_cursor_is_that_of_the_last_answer_that_the_socket_took() -> None:
    wire = Wire(takes=False)
    laps = delivery(SocketWriter(wire.send), most=1)
    laps.put([answer(1, "after 1")])
    await settled()
    laps.put([answer(2, "after 2")])

    laps.put([answer(3, "after 3")])
    wire.flow()
    await settled()

    first, last = wire.taken
    assert (first, orjson.loads(last)["cursor"]) == ('{"a":1}', "after 1")


async def test_a_feed_without_cursors_has_none_to_resume_from() -> None:
    wire = Wire()
    laps = delivery(SocketWriter(wire.send), most=0)

    laps.put([answer(1)])
    await settled()

    assert orjson.loads(wire.taken[0])["cursor"] is None


async def test_a_busy_feed_does_not_hold_up_a_quiet_one() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    busy, quiet = delivery(writer, "busy", most=10), delivery(writer, "quiet")
    for number in range(5):
        busy.put([answer(number)])
    quiet.put([answer(0)])

    wire.flow()
    await settled()

    assert wire.taken.index('{"quiet":0}') <= 2
    assert len(wire.taken) == 6


async def test_words_of_the_protocol_go_before_answers() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    laps = delivery(writer)
    for number in (1, 2):
        laps.put([answer(number)])
    await settled()

    writer.say("pong")
    wire.flow()
    await settled()

    assert wire.taken == ['{"a":1}', "pong", '{"a":2}']


async def test_what_is_dropped_is_not_sent_nor_what_comes_after() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    writer.say("first")
    laps = delivery(writer)
    laps.put([answer(1)])

    laps.drop()
    laps.put([answer(2)])
    laps.end()
    wire.flow()
    await settled()

    assert wire.taken == ["first"]


async def test_a_client_that_has_gone_is_written_to_no_more() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    for word in ("one", "two"):
        writer.say(word)
    wire.gone = True
    wire.flow()
    await settled()
    wire.gone = False

    writer.say("three")
    await settled()

    assert wire.taken == []


async def test_whoever_lets_many_words_wait_is_not_listened_to_until_few_do() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    for number in range(MOST_WORDS + 2):
        writer.say(str(number))

    room = asyncio.create_task(writer.room())
    await settled()
    assert not room.done()
    wire.flow()

    await room


async def test_a_few_large_words_that_wait_leave_no_room_either() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    for _ in range(3):  # of which the first is being written
        writer.say("′" * (MOST_WORD_BYTES // 6 + 1))

    room = asyncio.create_task(writer.room())
    await settled()
    assert not room.done()
    wire.flow()
    await asyncio.wait_for(room, 10)

    writer.say("short")
    await asyncio.wait_for(writer.room(), 10)  # what was written counts no more


async def test_there_is_room_at_once_when_the_client_has_gone() -> None:
    wire = Wire(takes=False)
    wire.gone = True
    writer = SocketWriter(wire.send)
    for number in range(MOST_WORDS + 2):
        writer.say(str(number))

    room = asyncio.create_task(writer.room())
    await settled()
    wire.flow()

    await room


async def test_a_writer_is_stuck_for_as_long_as_nothing_goes_out_since_the_first_look() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    writer.say("word")
    await settled()

    assert [writer.stuck_s(now) for now in (100.0, 100.1, 120.0)] == pytest.approx([0, 0.1, 20])


async def test_a_writer_that_rests_is_not_stuck() -> None:
    writer = SocketWriter(Wire().send)
    writer.say("word")
    await settled()

    assert [writer.stuck_s(now) for now in (100, 120)] == [0, 0]


async def test_a_writer_is_not_stuck_since_before_anything_waited() -> None:
    wire = Wire(takes=False)
    writer = SocketWriter(wire.send)
    writer.stuck_s(100)
    writer.say("word")
    await settled()

    assert writer.stuck_s(120) == 0


async def test_a_client_that_reads_a_part_of_a_message_is_not_stuck() -> None:
    direct, _, writer = both_ways()
    writer.say("word")
    direct.open, direct.waiting = False, 6  # with what opens a frame
    writer.say("another")
    await settled()
    read, stuck_s = [], []

    for now, direct.waiting in ((100, 6), (120, 5), (140, 5)):
        read.append(writer.read)
        stuck_s.append(writer.stuck_s(now))

    assert (read, stuck_s) == ([0, 1, 1], [0, 0, 20])


async def test_whoever_is_given_up_is_told_so_next_and_from_where_to_go_on() -> None:
    direct, wire, writer = both_ways()
    laps = delivery(writer)
    laps.put([answer(1, "after 1")])
    direct.open = False
    laps.put([answer(2, "after 2"), answer(3, "after 3")])
    await settled()

    laps.give_up()
    direct.open = True
    wire.flow()
    await settled()

    *told, last = direct.frames
    assert (told, orjson.loads(last)["cursor"]) == (['{"a":1}', '{"a":2}'], "after 2")


async def test_a_writer_that_was_stopped_leaves_no_task() -> None:
    before = asyncio.all_tasks()
    writer = SocketWriter(Wire(takes=False).send)
    writer.say("word")
    await settled()

    writer.stop()
    await settled()

    assert asyncio.all_tasks() == before


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=30))
def test_every_answer_goes_out_once_and_each_operations_in_order(bursts: list[tuple[str, int]]) -> None:
    async def sent() -> tuple[list[str], dict[str, list[str]]]:
        wire, ended = Wire(), {name: asyncio.Event() for name in "abc"}
        writer = SocketWriter(wire.send)
        lanes = {name: delivery(writer, name, most=200, ended=ended[name].set) for name in "abc"}
        put: dict[str, list[str]] = {name: [] for name in "abc"}
        for name, burst in bursts:
            for _ in range(burst):
                lanes[name].put([answer(len(put[name]))])
                put[name].append(f'{{"{name}":{len(put[name])}}}')
            await asyncio.sleep(0)
        for name in "abc":
            lanes[name].end()
            await ended[name].wait()
        await settled()
        return wire.taken, put

    taken, put = asyncio.run(sent())

    for name, expected in put.items():
        assert [message for message in taken if f'"{name}"' in message] == expected
    assert sorted(set(taken) - {one for each in put.values() for one in each}) == ["end"]
    assert len(taken) == sum(map(len, put.values())) + len("abc")


class Direct:
    """A short way out that is open when a test says so."""

    def __init__(self) -> None:
        self.open = True
        self.waiting = 0
        self.frames: list[str] = []

    def takes(self) -> bool:
        return self.open

    def write(self, frames: bytes) -> None:
        while frames:
            length, frames = frames[1], frames[2:]
            self.frames.append(frames[:length].decode())
            frames = frames[length:]

    def unread(self) -> int:
        return self.waiting


def both_ways() -> tuple[Direct, Wire, SocketWriter]:
    """A socket with a short way out; what goes the long way is written among the rest."""
    direct, wire = Direct(), Wire(takes=False)
    wire.taken = direct.frames
    return direct, wire, SocketWriter(wire.send, direct)


async def test_what_the_socket_takes_goes_out_at_once_and_without_a_task() -> None:
    direct, _, writer = both_ways()
    before = asyncio.all_tasks()

    writer.say("pong")
    delivery(writer).put([answer(1), answer(2)])

    assert (direct.frames, asyncio.all_tasks()) == (["pong", '{"a":1}', '{"a":2}'], before)


async def test_order_is_kept_when_what_waits_is_followed_by_what_could_go_at_once() -> None:
    direct, wire, writer = both_ways()
    laps = delivery(writer)
    direct.open = False
    laps.put([answer(1)])
    await settled()

    direct.open = True
    laps.put([answer(2)])
    wire.flow()
    await settled()
    laps.put([answer(3)])

    assert direct.frames == ['{"a":1}', '{"a":2}', '{"a":3}']


async def test_words_that_wait_are_not_overtaken_by_answers() -> None:
    direct, wire, writer = both_ways()
    direct.open = False
    writer.say("ack")
    await settled()

    direct.open = True
    delivery(writer).put([answer(1)])
    wire.flow()
    await settled()

    assert direct.frames == ["ack", '{"a":1}']


async def test_answers_that_come_together_are_taken_together_however_many_may_wait() -> None:
    direct, wire, writer = both_ways()
    laps = delivery(writer, most=2)
    direct.open = False

    assert laps.put([answer(number) for number in range(5)])
    wire.flow()
    await settled()

    assert direct.frames == [f'{{"a":{number}}}' for number in range(5)]


async def test_the_cursor_of_what_went_out_at_once_counts() -> None:
    direct, wire, writer = both_ways()
    laps = delivery(writer, most=1)
    laps.put([answer(1, "after 1"), answer(2, "after 2")])
    direct.open = False
    writer.say("in the way")
    await settled()

    laps.put([answer(3, "after 3")])
    laps.put([answer(4, "after 4")])
    wire.flow()
    await settled()

    assert orjson.loads(direct.frames[-1])["cursor"] == "after 2"


async def test_an_operation_that_ends_at_once_says_so_after_its_answers() -> None:
    direct, _, writer = both_ways()
    ended = asyncio.Event()
    laps = delivery(writer, ended=ended.set)

    laps.put([answer(1)])
    laps.end()

    assert (direct.frames, ended.is_set()) == (['{"a":1}', "end"], True)


async def test_whoever_catches_up_waits_until_few_answers_do() -> None:
    direct, wire, writer = both_ways()
    direct.open = False
    laps = delivery(writer, most=4)
    laps.put([answer(number) for number in range(4)])

    room = asyncio.create_task(laps.room())
    await settled()
    assert not room.done()
    wire.flow()

    await asyncio.wait_for(room, 10)


async def test_whoever_catches_up_for_a_client_that_has_gone_is_let_go() -> None:
    direct, _, writer = both_ways()
    direct.open = False
    laps = delivery(writer, most=2)
    laps.put([answer(number) for number in range(4)])
    room = asyncio.create_task(laps.room())
    await settled()

    laps.drop()

    await asyncio.wait_for(room, 10)
    assert not laps.put([answer(5)])


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65_535, 65_536, 100_000])
def test_frames_are_what_a_websocket_client_reads(length: int) -> None:
    client = ClientProtocol(parse_uri("ws://test"), state=State.OPEN, max_size=None)

    client.receive_data(text_frame(b"x" * length) + answer_frames(b"[", [Answer(b"y" * length)]))

    read = [frame for frame in client.events_received() if isinstance(frame, Frame)]
    assert [(frame.opcode, frame.fin) for frame in read] == [(Opcode.TEXT, True)] * 2
    assert [bytes(frame.data) for frame in read] == [b"x" * length, b"[" + b"y" * length + b"}"]
