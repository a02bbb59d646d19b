"""An event stream is one of those who share the answers of a broadcast."""

import asyncio

import httpx
import orjson

from app.edge.refusals import RequestRefused
from tests.factories.edge_world import World, an_edge, served

STREAM = {"accept": "text/event-stream"}
WATCH = {"query": "subscription { relayed }"}


async def heard(http: httpx.AsyncClient) -> list[dict[str, object]]:
    """What a stream tells, to its end."""
    async with asyncio.timeout(20), http.stream("POST", "/graphql", json=WATCH, headers=STREAM) as answer:
        lines = [line async for line in answer.aiter_lines() if line.startswith("data: ")]
    return [orjson.loads(line[6:]) for line in lines]


async def test_every_answer_comes_and_then_the_end(world: World) -> None:
    async with served(an_edge(world)) as http:
        hearing = asyncio.create_task(heard(http))
        await world.relay.until(1)
        world.relay.tell("1", "2")
        world.relay.end()

        assert [event["data"] for event in await hearing] == [{"relayed": "1"}, {"relayed": "2"}]


async def test_what_ended_it_is_told(world: World) -> None:
    async with served(an_edge(world)) as http:
        hearing = asyncio.create_task(heard(http))
        await world.relay.until(1)
        world.relay.end(RequestRefused.because("It is gone.", code="CURSOR_EXPIRED"))

        assert "CURSOR_EXPIRED" in str(await hearing)


async def test_a_stream_whose_client_goes_leaves_the_others(world: World) -> None:
    async with served(an_edge(world)) as http:
        hearing = asyncio.create_task(heard(http))
        await world.relay.until(1)

        hearing.cancel()

        await world.relay.until(0)


async def test_a_stream_that_is_not_read_ends_with_the_cursor_of_what_was_sent(world: World) -> None:
    async with (
        served(an_edge(world)) as http,
        asyncio.timeout(20),
        http.stream("POST", "/graphql", json=WATCH, headers=STREAM) as answer,
    ):
        await world.relay.until(1)
        told = 0
        while world.relay.sinks:
            told += 1
            world.relay.tell(f"{told:06d} {'x' * 200_000}")
            await asyncio.sleep(0)
        events = [orjson.loads(line[6:]) async for line in answer.aiter_lines() if line.startswith("data: ")]

    *before, last = events
    assert last["errors"][0]["extensions"]["code"] == "SLOW_CONSUMER"
    assert last["errors"][0]["extensions"]["cursor"][:6] == f"{len(before):06d}"
