"""Whoever watches a topic over a WebSocket gets its events behind a cursor, each once, and can always go on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.events.feeds import Feeds
from domain.events.model import NewEvent
from domain.events.places import cursor_of
from domain.events.ports import EventIntake, EventLog, EventWire
from tests.conftest import Athlete, eventually
from tests.factories.intake import START
from tests.factories.sockets import TRANSPORT, Client, Sockets, Track, served
from tests.factories.topics import a_topic, an_event, events, publish

ALL = "cursor offset topic eventId source occurredAt receivedAt payload __typename"
WATCH = """subscription($topic: String!, $after: String, $filter: EventFilter) {
    events(topic: $topic, after: $after, filter: $filter) { cursor offset eventId } }"""
HEAD = "query($topic: String!) { topic(name: $topic) { headCursor } }"


@pytest.fixture
async def sockets(app: Starlette) -> AsyncIterator[Sockets]:
    """The application behind a real server."""
    async with served(app) as port:
        yield Sockets(port, Track())


@asynccontextmanager
async def watching(
    sockets: Sockets, who: Athlete, topic: str, query: str = WATCH, *, reading: bool = True, **variables: Any
) -> AsyncIterator[Client]:
    """A client that has asked to watch; not `reading`, it takes nothing from its socket."""
    async with sockets.greeted(TRANSPORT, payload={"authorization": f"Bearer {who.token}"}) as client:
        if not reading:
            client.connection.transport.pause_reading()
        await client.ask("1", query, variables={"topic": topic} | variables)
        yield client


async def next_of(client: Client, count: int = 1) -> list[dict[str, Any]]:
    """The next events."""
    heard = []
    while len(heard) < count:
        message = await client.hear()
        assert message["type"] == "next", message
        heard.append(message["payload"]["data"]["events"])
    return heard


async def refusal(client: Client) -> dict[str, Any]:
    """What the subscription ends with; what it tells before is passed over."""
    while (message := await client.hear())["type"] == "next":
        pass
    assert message["type"] == "error", message
    extensions: dict[str, Any] = message["payload"][0]["extensions"]
    return extensions


def ids(events: list[dict[str, Any]]) -> list[str]:
    return [event["eventId"] for event in events]


async def begun(client: Client, who: Athlete, topic: str) -> None:
    """Publish until the client hears it: from then on it is told everything."""
    for number in range(1_000):
        await publish(who, topic, [an_event(f"first {number}")])
        try:
            async with asyncio.timeout(0.2):
                await client.connection.recv()
                break
        except TimeoutError:
            continue


async def beginning(who: Athlete, topic: str) -> str:
    """The cursor behind which all that is published from now on follows."""
    return str((await who.get(HEAD, topic=topic))["topic"]["headCursor"])


async def test_history_goes_over_into_what_is_live(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(2))
    after = await beginning(ada, topic)
    await publish(ada, topic, events(3, first=3))
    async with watching(sockets, ada, topic, after=after) as client:
        await publish(ada, topic, events(2, first=6))
        assert ids(await next_of(client, 5)) == ["e3", "e4", "e5", "e6", "e7"]


async def test_without_a_cursor_only_what_is_new_is_told(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(3))
    async with watching(sockets, ada, topic) as client:
        await begun(client, ada, topic)
        await publish(ada, topic, [an_event("now")])
        told = ids(await next_of(client))
        while told[-1] != "now":
            assert told[-1].startswith("first")
            told += ids(await next_of(client))


async def test_an_event_is_told_as_it_is_read(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    head = await beginning(ada, topic)
    watch = f"subscription($topic: String!, $after: String) {{ events(topic: $topic, after: $after) {{ {ALL} }} }}"
    odd = an_event('ö\u2028"\\', source="mat 1", occurredAt="2026-11-01T10:00:00.123999+01:00")
    odd["payload"] = {"b": [1.5, None, True, "é\n"], "a": {"c": 12}}
    async with watching(sockets, ada, topic, watch, after=head) as client:
        await publish(ada, topic, [odd])
        (told,) = await next_of(client)
    read = f"query($n: String!) {{ topic(name: $n) {{ events {{ edges {{ cursor node {{ {ALL} }} }} }} }} }}"
    ((edge,),) = [(await ada.get(read, n=topic))["topic"]["events"]["edges"]]
    assert (told, told["cursor"]) == (edge["node"], edge["cursor"])


async def test_who_resumes_behind_the_last_event_gets_what_follows(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    head = await beginning(ada, topic)
    async with watching(sockets, ada, topic, after=head) as client:
        await publish(ada, topic, events(3))
        seen = await next_of(client, 2)
    await publish(ada, topic, events(2, first=4))
    async with watching(sockets, ada, topic, after=seen[-1]["cursor"]) as client:
        assert ids(await next_of(client, 3)) == ["e3", "e4", "e5"]


async def test_a_filter_lets_pass_what_meets_all_of_it_in_history_and_live(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    times = [f"2026-11-01T0{hour}:00:00Z" for hour in (7, 8, 9)]
    batch = [an_event(f"{s}{at[12]}", source=s, occurredAt=at) for s in "ab" for at in times]
    after = await beginning(ada, topic)
    await publish(ada, topic, batch)
    filter = {"sources": ["b"], "from": times[1], "to": times[1]}
    async with watching(sockets, ada, topic, after=after, filter=filter) as client:
        assert ids(await next_of(client)) == ["b8"]
        await publish(ada, topic, [event | {"eventId": event["eventId"] + " again"} for event in batch])
        assert ids(await next_of(client)) == ["b8 again"]


@pytest.fixture
async def impatient(app: Starlette) -> AsyncIterator[Feeds]:
    """The application does not wait for long for whoever reads nothing."""
    async with Container(app.state.registry) as services:
        usual, log, wire = await services.aget(Feeds, EventLog, EventWire)
    feeds = Feeds(log, wire, patience_s=0.05, linger_s=0)
    app.state.registry.register_value(Feeds, feeds)
    yield feeds
    app.state.registry.register_value(Feeds, usual)
    await feeds.close()


async def has_been(feeds: Feeds, *, followed: bool) -> bool:
    """Whether anybody follows a topic."""
    return feeds.follows_any is followed


async def test_who_reads_nothing_is_told_so_with_a_cursor_that_resumes(
    ada: Athlete, sockets: Sockets, app: Starlette, impatient: Feeds, sql: asyncpg.Connection
) -> None:
    topic = await a_topic(ada)
    after = await beginning(ada, topic)
    topic_id = await sql.fetchval("select id from topic where name = $1", topic)
    large = [NewEvent(f"e{at}", START, "mat", '"' + "x" * 60_000 + '"') for at in range(400)]
    async with Container(app.state.registry) as services:
        await (await services.aget(EventIntake)).take(topic_id, large)
    watch = WATCH.replace("eventId", "eventId payload")
    told: list[str] = []
    async with watching(sockets, ada, topic, watch, reading=False, after=after) as client:
        await eventually(lambda: has_been(impatient, followed=True))
        await eventually(lambda: has_been(impatient, followed=False))
        client.connection.transport.resume_reading()
        while (message := await client.hear())["type"] == "next":
            told.append(message["payload"]["data"]["events"]["eventId"])
    extensions = message["payload"][0]["extensions"]
    assert extensions["code"] == "SLOW_CONSUMER"
    async with watching(sockets, ada, topic, after=extensions["cursor"]) as client:
        told += ids(await next_of(client, 400 - len(told)))
    assert told == [event.event_id for event in large]


@pytest.mark.parametrize("after", ["nonsense", "W10=", cursor_of("0" * 32, 0), cursor_of("0" * 32, -1)])
async def test_what_is_no_cursor_of_the_topic_is_refused(ada: Athlete, sockets: Sockets, after: str) -> None:
    async with watching(sockets, ada, await a_topic(ada), after=after) as client:
        assert (await refusal(client))["code"] == "BAD_USER_INPUT"


async def test_a_cursor_ahead_of_the_topic_is_told_where_to_go_on(ada: Athlete, sockets: Sockets) -> None:
    topic = await a_topic(ada)
    id = (await ada.get("query($n: String!) { topic(name: $n) { id } }", n=topic))["topic"]["id"].partition(":")[2]
    async with watching(sockets, ada, topic, after=cursor_of(id, 1)) as client:
        refused = await refusal(client)
    assert (refused["code"], refused["earliest"]) == ("CURSOR_EXPIRED", cursor_of(id, 0))


async def test_an_expired_cursor_is_told_with_the_earliest_that_is_left(
    ada: Athlete, sockets: Sockets, sql: asyncpg.Connection
) -> None:
    topic = await a_topic(ada)
    start = await beginning(ada, topic)
    await publish(ada, topic, events(5))
    topic_id = await sql.fetchval("update topic set earliest = 4 where name = $1 returning id", topic)
    await sql.execute("delete from event where topic = $1 and feed_offset < 4", topic_id)
    async with watching(sockets, ada, topic, after=start) as client:
        refused = await refusal(client)
    assert refused["code"] == "CURSOR_EXPIRED"
    async with watching(sockets, ada, topic, after=refused["earliest"]) as client:
        assert ids(await next_of(client, 2)) == ["e4", "e5"]


async def test_an_unknown_topic_is_not_found(ada: Athlete, sockets: Sockets) -> None:
    async with watching(sockets, ada, "no-such-topic") as client:
        assert (await refusal(client))["code"] == "NOT_FOUND"


async def test_watching_needs_the_scope_for_reading_events(athlete: Callable[..., Athlete], sockets: Sockets) -> None:
    runner = athlete("eve", scopes=["training:read", "events:publish"])
    async with watching(sockets, runner, await a_topic(athlete("ada"))) as client:
        assert (await refusal(client))["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    "filter",
    [
        {"sources": [f"s{number}" for number in range(101)]},
        {"sources": ["mat", "m\0t"]},
        {"sources": ["m" * 201]},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
    ],
)
async def test_a_filter_that_nothing_can_meet_is_refused(
    ada: Athlete, sockets: Sockets, filter: dict[str, Any]
) -> None:
    async with watching(sockets, ada, await a_topic(ada), filter=filter) as client:
        assert (await refusal(client))["code"] == "BAD_USER_INPUT"
