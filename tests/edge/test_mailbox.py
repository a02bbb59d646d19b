"""What stands in for asyncio's queue and event does what uvicorn asks of them."""

import asyncio

import pytest

from app.edge.sockets.mailbox import Gate, Mailbox


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_messages_come_in_their_order() -> None:
    mailbox = Mailbox()
    for message in (1, 2):
        mailbox.put_nowait(message)

    assert ([await mailbox.get(), await mailbox.get()], mailbox.empty()) == ([1, 2], True)


async def test_a_reader_waits_for_a_message() -> None:
    mailbox = Mailbox()
    reading = asyncio.create_task(mailbox.get())
    await settled()

    mailbox.put_nowait(1)
    mailbox.put_nowait(2)

    assert (await reading, mailbox.empty()) == (1, False)


async def test_a_reader_that_was_cancelled_takes_no_message_with_it() -> None:
    mailbox = Mailbox()
    reading = asyncio.create_task(mailbox.get())
    await settled()
    mailbox.put_nowait(1)
    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading

    assert await mailbox.get() == 1


async def test_an_open_gate_lets_pass_and_a_closed_one_when_it_opens() -> None:
    gate = Gate()
    await gate.wait()

    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(2)]
    await settled()
    assert [task.done() for task in waiting] == [False, False]
    gate.set()

    await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert gate.is_set()
