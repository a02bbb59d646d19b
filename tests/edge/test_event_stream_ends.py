"""Event streams take so much memory and so much time, and end in good order when the server does."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message

from app.edge.documents.limits import Limits
from app.edge.documents.operation_store import OperationStore
from app.edge.engine import Engine
from app.edge.http.exchange import Exchange
from app.edge.http.hanging_up import Attendant, Client
from app.edge.http.negotiation import accepted_by
from app.edge.http.server import GraphQLServer
from app.edge.http.sse import EventChannel
from app.edge.operation import Caller
from app.edge.request import GraphQLRequest
from domain.shared.viewer import Viewer
from tests.conftest import a_data_folder
from tests.edge.test_event_streams import STREAM, reserve, run
from tests.edge.test_http import code_of
from tests.edge.test_sse import COMPLETE, EVENTS, all_events, error_in, events_of
from tests.factories import serving as running
from tests.factories.edge_world import SCHEMA, FakeScopes, World, an_edge, served, tell

SCOPE = {"type": "http", "method": "POST", "path": "/graphql", "headers": []}


@pytest.fixture
async def own(online: httpx.AsyncClient) -> dict[str, str]:
    return await reserve(online)


async def test_answers_that_nobody_reads_count_as_operations(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    for number in range(100):
        assert (await run(online, own, "{ hello }", f"{number}")).status_code == 202

    response = await run(online, own, "{ hello }", "one more")

    assert (response.status_code, code_of(response)) == (429, "LIMIT_EXCEEDED")


async def test_answers_that_were_read_make_room(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    for number in range(100):
        await run(online, own, "{ hello }", f"{number}")
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        events = events_of(response)
        for _ in range(200):
            await anext(events)
        following = await run(online, own, "{ hello }", "one more")

    assert following.status_code == 202


async def test_an_id_is_taken_until_its_answer_was_read(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    await run(online, own, "{ hello }", "a")

    second = await run(online, own, "{ hello }", "a")

    assert (second.status_code, code_of(second)) == (409, "CONFLICT")


async def test_an_answer_that_is_no_longer_wanted_is_dropped(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    await run(online, own, '{ hello(name: "unwanted") }', "a")
    await online.delete(STREAM, params={"operationId": "a"}, headers=own)
    await run(online, own, "{ hello }", "a")
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        first = await anext(events_of(response))

    assert first[1]["payload"] == {"data": {"hello": "hello you"}}


def an_engine(world: World) -> Engine:
    return Engine(SCHEMA, store=OperationStore(SCHEMA, limits=Limits()), scopes=FakeScopes(world), tell=tell)


class Unread:
    """A client that takes the head of an answer and nothing after it; it stays on the line."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.blocked = asyncio.Event()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.body":
            await self._world.began.wait()
            self.blocked.set()
            await asyncio.Event().wait()

    async def receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError("it says nothing")

    async def is_told(self, channel: EventChannel) -> None:
        """Deliver to it, to the end."""
        async with Client(self.receive, Attendant()) as client:
            await channel.deliver(Exchange(SCOPE, client, self.send, {}, accepted_by(b""), "r"))


def an_endless_subscription(world: World, **options: object) -> EventChannel:
    engine = an_engine(world)
    channel = EventChannel(engine, now=world.now, **options)
    request = GraphQLRequest(query="subscription { endless }")
    channel.begin(None, engine.prepare(request), Caller(HTTPConnection(SCOPE)), "r")
    return channel


async def test_a_client_that_reads_nothing_is_let_go_with_its_operations(world: World) -> None:
    before = asyncio.all_tasks()
    async with asyncio.timeout(10):
        await Unread(world).is_told(an_endless_subscription(world, keep_alive_s=0.1))

    assert world.ended.is_set()
    assert asyncio.all_tasks() == before


async def test_a_client_that_reads_nothing_stays_no_longer_than_its_token(world: World) -> None:
    ada = Viewer(UUID(int=1), frozenset(), world.at + timedelta(seconds=0.1))
    async with asyncio.timeout(10):
        await Unread(world).is_told(an_endless_subscription(world, keep_alive_s=3600, who=ada))

    assert world.ended.is_set()


async def test_a_client_that_reads_nothing_does_not_hold_up_the_servers_end(world: World) -> None:
    client, channel = Unread(world), an_endless_subscription(world, keep_alive_s=3600)
    async with asyncio.timeout(10):
        telling = asyncio.create_task(client.is_told(channel))
        await client.blocked.wait()
        channel.close()
        await telling

    assert world.ended.is_set()


@asynccontextmanager
async def stoppable(world: World) -> AsyncIterator[tuple[httpx.AsyncClient, GraphQLServer]]:
    """An edge and its endpoint, which a test may stop."""
    app = an_edge(world)
    async with served(app) as http:
        yield http, app.routes[0].endpoint


async def test_a_server_that_stops_says_so_to_who_watches(world: World) -> None:
    query = {"query": "subscription { endless }"}
    async with (
        asyncio.timeout(10),
        stoppable(world) as (http, server),
        http.stream("POST", "/graphql", json=query, headers=EVENTS) as response,
    ):
        events = events_of(response)
        await anext(events)
        server.stop()
        wrong, complete = [event async for event in events]

    assert error_in(wrong)[0] == "UNAVAILABLE"
    assert wrong[1]["errors"][0]["extensions"]["retryAfterMs"]
    assert complete == COMPLETE
    assert world.ended.is_set()


async def test_a_server_that_stops_says_so_of_each_operation_of_a_stream(world: World) -> None:
    async with stoppable(world) as (http, server), asyncio.timeout(10):
        own = await reserve(http)
        async with http.stream("GET", STREAM, headers=own | EVENTS) as response:
            events = events_of(response)
            for id in ("a", "b"):
                await run(http, own, "subscription { endless }", id)
                await anext(events)
            server.stop()
            told = [(kind, data["id"]) async for kind, data in events]

    assert told == [("next", "a"), ("complete", "a"), ("next", "b"), ("complete", "b")]


async def test_reservations_that_nobody_opened_go_when_the_server_stops(world: World) -> None:
    async with stoppable(world) as (http, server):
        own = await reserve(http)
        await run(http, own, "subscription { endless }")
        await world.began.wait()
        server.stop()
        await world.ended.wait()
        opened = await http.get(STREAM, headers=own | EVENTS)

    assert opened.status_code == 404


async def test_a_server_that_stops_takes_no_more_streams(world: World) -> None:
    async with stoppable(world) as (http, server), asyncio.timeout(10):
        server.stop()
        wrong, complete = await all_events(http, "subscription { endless }")
        reserved = await http.put(STREAM, headers={"authorization": "Bearer ada"})

    assert error_in(wrong)[0] == "UNAVAILABLE"
    assert complete == COMPLETE
    assert (reserved.status_code, code_of(reserved)) == (503, "UNAVAILABLE")


def test_a_cairn_that_is_stopped_ends_its_event_streams_in_good_order() -> None:
    with a_data_folder() as folder, running.serving(home := folder / "data", "--no-worker") as cairn:
        signed = {"authorization": f"Bearer {running.token(home)}"}
        with httpx.Client(base_url=cairn.url, headers=signed, timeout=20, trust_env=False) as http:
            own = {"x-graphql-event-stream-token": http.put(STREAM).text}
            with http.stream("GET", STREAM, headers=own | EVENTS) as response:
                cairn.process.send_signal(signal.SIGINT)
                told = list(response.iter_lines())  # raises where it is cut off
        exit_code = cairn.process.wait(60)
        log = cairn.log.read_text()

    assert (told[0], exit_code) == (":", 0)
    assert not any(word in log.lower() for word in ("traceback", "cancel", "error")), log
