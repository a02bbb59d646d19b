"""Sockets that were opened at the same moment are not pinged at the same moment for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

from starlette.requests import HTTPConnection
from starlette.types import Message

from app.edge.operation import Caller
from app.edge.sockets.socket_session import SocketTerms
from app.edge.sockets.transport_ws import TransportSession
from tests.factories.sockets import NOON, an_endpoint

SCOPE: dict[str, object] = {"type": "websocket", "headers": [], "extensions": {}}


async def receive_nothing() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("nothing comes")


async def take_nothing(_message: Message) -> None:
    await asyncio.Event().wait()


async def receive() -> Message:
    raise AssertionError("nothing is read")


async def send(_message: Message) -> None:
    raise AssertionError("nothing is written")


async def test_each_socket_has_a_pace_of_its_own_never_quicker_than_was_agreed() -> None:
    endpoint, _ = an_endpoint()
    terms = SocketTerms(lambda: NOON, 5.0, 20.0, 100, 100)

    paces = sorted(TransportSession(endpoint._engine, terms, SCOPE, receive, send).ping_every_s for _ in range(100))

    assert 20.0 <= paces[0] < paces[-1] <= 24.0
    assert max(later - earlier for earlier, later in pairwise(paces)) < 0.2


@asynccontextmanager
async def a_socket_that_waits() -> AsyncIterator[tuple[TransportSession, asyncio.Task[None]]]:
    """Whose client has not read yet what was sent."""
    endpoint, _ = an_endpoint()
    terms = SocketTerms(lambda: NOON, 5.0, 20.0, 100, 100)
    session = TransportSession(endpoint._engine, terms, SCOPE, receive_nothing, take_nothing)
    session.caller = Caller(HTTPConnection(SCOPE))
    running = asyncio.create_task(session.run())
    session.writer.say("a long history")
    await asyncio.sleep(0)
    yield session, running
    running.cancel()
    await asyncio.wait({running})


async def test_two_looks_in_a_moment_do_not_end_a_socket_whose_client_reads_on_a_little_later() -> None:
    async with a_socket_that_waits() as (session, running):
        for _ in range(3):
            session._look()

        await asyncio.sleep(0)
        assert (running.done(), session._end) == (False, None)


async def test_a_client_that_reads_on_is_there_though_it_has_not_come_to_the_ping_yet() -> None:
    async with a_socket_that_waits() as (session, running):
        session.heard_at = session._look_at = session.loop.time() - 3_600

        session._look()

        await asyncio.sleep(0)
        assert (running.done(), session._end) == (False, None)
