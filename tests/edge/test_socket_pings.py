"""Sockets that were opened at the same moment are not pinged at the same moment for ever."""

from itertools import pairwise

from starlette.types import Message

from app.edge.sockets.socket_session import SocketTerms
from app.edge.sockets.transport_ws import TransportSession
from tests.factories.sockets import NOON, an_endpoint

SCOPE = {"type": "websocket", "headers": [], "extensions": {}}


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
