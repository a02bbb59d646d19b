"""A request ends when its client hangs up, or does not say what it wants; and for no other reason."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Message

from app.edge.http.hanging_up import Attendant, Client, ClientGone
from app.edge.refusals import RequestRefused

WHOLE = {"type": "http.request", "body": b"all"}
GONE = {"type": "http.disconnect"}


def saying(*messages: Message) -> Callable[[], object]:
    """A client that says this, and then nothing."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def a_client(*messages: Message, body_s: float = 60) -> Client:
    return Client(saying(*messages), Attendant(every_s=0, body_s=body_s))


async def test_what_it_takes_so_long_for_is_cancelled_when_the_client_hangs_up() -> None:
    ended_by = None
    async with a_client(WHOLE, GONE) as client:
        await client.body()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as wrong:
            ended_by = wrong
            raise

    assert isinstance(ended_by, asyncio.CancelledError)
    assert asyncio.current_task().cancelling() == 0


async def test_a_client_that_stays_is_served_however_long_it_takes() -> None:
    async with a_client(WHOLE) as client:
        await client.body()
        for _ in range(20):
            await asyncio.sleep(0.001)  # long enough to be looked at
        served = True

    assert served


async def test_a_server_that_says_gone_behind_the_answer_disturbs_nothing() -> None:
    async with a_client(WHOLE, GONE) as client:
        await client.body()
        client.answered()
        client.watch()
        for _ in range(20):
            await asyncio.sleep(0)
        tidied = True

    assert tidied


async def test_who_hangs_up_before_the_body_is_there_is_gone() -> None:
    with pytest.raises(ClientGone):
        async with a_client({"type": "http.request", "body": b"a", "more_body": True}, GONE) as client:
            await client.body()


@pytest.mark.parametrize("first", [(), ({"type": "http.request", "body": b"a", "more_body": True},)])
async def test_a_body_that_does_not_come_is_not_waited_for(first: tuple[Message, ...]) -> None:
    with pytest.raises(RequestRefused) as refused:
        async with a_client(*first, body_s=0.001) as client:
            await client.body()

    assert refused.value.status == 408


async def test_a_body_that_came_late_is_no_reason_to_end_what_follows() -> None:
    asked = asyncio.Event()

    async def receive() -> Message:
        if asked.is_set():
            await asyncio.Event().wait()
        asked.set()
        for _ in range(20):
            await asyncio.sleep(0)
        return WHOLE

    async with Client(receive, Attendant(every_s=0, body_s=0.02)) as client:
        body = await client.body()
        await asyncio.sleep(0.04)  # longer than the body might have taken

    assert body == b"all"


@pytest.mark.parametrize("then", [Client.leave_alone, Client.watch], ids=["an upload", "an event stream"])
async def test_what_comes_after_a_slow_start_is_not_ended_for_its_body(then: Callable[[Client], None]) -> None:
    async with a_client(body_s=0.001) as client:
        client.look()  # it takes long to find out who asks
        then(client)
        await asyncio.sleep(0.02)  # longer than the body might have taken
        served = True

    assert served


async def test_who_hangs_up_after_a_slow_start_is_noticed() -> None:
    ended = False
    async with a_client(GONE) as client:
        client.look()
        client.watch()
        try:
            await asyncio.Event().wait()
        finally:
            ended = True

    assert ended


async def test_a_server_that_ends_ends_the_request_too() -> None:
    began = asyncio.Event()

    async def request() -> None:
        async with a_client(WHOLE) as client:
            await client.body()
            began.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(request())
    await began.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running


async def test_no_task_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with a_client(WHOLE) as client:
        await client.body()
        client.watch()

    assert asyncio.all_tasks() == before
