"""A broadcast is iterated by whoever takes one answer at a time."""

import asyncio
from contextlib import aclosing

import pytest

from app.edge.iterating import one_by_one
from app.edge.operation import Answer
from app.edge.refusals import RequestRefused
from tests.factories.broadcasts import Relay


async def all_of(relay: Relay, *, most_waiting: int = 100) -> list[str | None]:
    return [answer.cursor async for answer in one_by_one(relay, most_waiting=most_waiting)]


async def test_answers_come_in_their_order_to_the_end() -> None:
    relay = Relay()
    taking = asyncio.create_task(all_of(relay))
    await relay.until(1)
    relay.tell("1", "2")
    relay.tell("3")
    relay.end()

    assert await taking == ["1", "2", "3"]


async def test_what_ends_it_is_raised_behind_what_came_before() -> None:
    relay, taken = Relay(), []

    async def take() -> None:
        async for answer in one_by_one(relay):
            taken.append(answer.cursor)

    taking = asyncio.create_task(take())
    await relay.until(1)
    relay.tell("1")
    relay.end(RequestRefused.because("It is gone.", code="CURSOR_EXPIRED"))

    with pytest.raises(RequestRefused, match="It is gone"):
        await taking
    assert taken == ["1"]


async def test_whoever_takes_them_too_slowly_is_refused_with_the_cursor_of_the_last_one_taken() -> None:
    relay = Relay()
    async with aclosing(one_by_one(relay, most_waiting=2)) as answers:
        first: asyncio.Future[Answer] = asyncio.ensure_future(anext(answers))
        await relay.until(1)
        relay.tell("1")
        await first
        for value in ("2", "3", "4"):
            relay.tell(value)

        with pytest.raises(RequestRefused) as refused:
            await anext(answers)

    assert refused.value.errors[0]["extensions"]["cursor"] == "1"
    assert relay.sinks == []


async def test_whoever_stops_leaves() -> None:
    relay = Relay()
    taking = asyncio.create_task(all_of(relay))
    await relay.until(1)

    taking.cancel()

    await relay.until(0)


async def test_whoever_catches_up_waits_for_room() -> None:
    relay = Relay()
    answers = one_by_one(relay, most_waiting=4)
    first = asyncio.ensure_future(anext(answers))
    await relay.until(1)
    (sink,) = relay.sinks
    relay.tell("1", "2", "3", "4")
    room = asyncio.create_task(sink.room())
    await first
    await asyncio.sleep(0)
    assert (sink.is_filling, room.done()) == (True, False)

    async with aclosing(answers):
        await anext(answers)
        await anext(answers)
        await asyncio.wait_for(room, 10)
