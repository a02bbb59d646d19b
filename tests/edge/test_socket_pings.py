"""Sockets that were opened at the same moment are not pinged at the same moment for ever."""

import asyncio
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


async def test_two_looks_in_a_moment_do_not_end_a_socket_whose_client_reads_on_a_little_later() -> None:
    endpoint, _ = an_endpoint()
    terms = SocketTerms(lambda: NOON, 5.0, 20.0, 100, 100)
    session = TransportSession(endpoint._engine, terms, SCOPE, receive_nothing, take_nothing)
    session.caller = Caller(HTTPConnection(SCOPE))
    running = asyncio.create_task(session.run())
    session.writer.say("a long history")
    await asyncio.sleep(0)

    for _ in range(3):
        session._look()

    await asyncio.sleep(0)
    assert not running.done()
    assert session._end is None
    running.cancel()
    await asyncio.wait({running})
