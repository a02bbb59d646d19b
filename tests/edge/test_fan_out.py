"""One event goes to all who have joined a broadcast; a slow one hurts only itself, and nobody who leaves is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from app.edge.refusals import RequestRefused
from tests.factories.sockets import LEGACY, TRANSPORT, Client, Sockets, sockets

WATCH = "subscription { relayed }"
SIGNED_IN = {"token": "reader"}


@pytest.fixture(params=[True, False], ids=["short way", "long way"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Sockets]:
    async with sockets(direct=request.param) as server:
        yield server


def told(messages: list[dict[str, Any]]) -> list[str]:
    return [message["payload"]["data"]["relayed"] for message in messages]


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_each_gets_every_answer_under_their_own_id(server: Sockets, protocol: str) -> None:
    relay = server.track.relay
    async with (
        server.greeted(protocol, payload=SIGNED_IN) as one,
        server.greeted(protocol, payload=SIGNED_IN) as other,
    ):
        await one.ask("a", WATCH)
        await other.ask("b", WATCH)
        await relay.until(2)

        relay.tell("1", "2")
        relay.tell("3")

        for client, id in ((one, "a"), (other, "b")):
            heard = [await client.hear() for _ in range(3)]
            assert (told(heard), {message["id"] for message in heard}) == (["1", "2", "3"], {id})


async def test_whoever_waits_for_a_broadcast_keeps_no_scope_open(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        await server.track.until_open(0)


async def test_whoever_waits_for_a_broadcast_keeps_no_task(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("q", "{ hello }")
        await client.hear_of("q")
        before = len(asyncio.all_tasks())
        await client.ask("a", WATCH)
        await server.track.relay.until(1)
        await server.track.until_open(0)
        await asyncio.sleep(0)

        assert len(asyncio.all_tasks()) == before


@pytest.mark.parametrize(("protocol", "type_"), [(TRANSPORT, "complete"), (LEGACY, "stop")])
async def test_whoever_ends_it_leaves_the_others(server: Sockets, protocol: str, type_: str) -> None:
    async with server.greeted(protocol, payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        await client.say(type=type_, id="a")

        await server.track.relay.until(0)


async def test_whoever_vanishes_leaves_the_others(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        client.connection.transport.abort()

        await server.track.relay.until(0)


async def test_an_id_may_be_used_again_once_it_was_ended(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)
        await client.say(type="complete", id="a")
        await server.track.relay.until(0)

        await client.ask("a", WATCH)
        await server.track.relay.until(1)
        server.track.relay.tell("1")

        assert told([await client.hear()]) == ["1"]


async def test_an_id_that_waits_for_a_broadcast_is_taken(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        await client.ask("a", WATCH)

        assert await client.end() == (4409, "Subscriber for a already exists")
    await server.track.relay.until(0)


async def test_what_waits_for_a_broadcast_counts_among_the_operations_of_a_socket() -> None:
    async with sockets(most_operations=1) as server, server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        await client.ask("b", "{ hello }")

        assert "LIMIT_EXCEEDED" in str(await client.hear())


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_the_end_of_a_broadcast_completes_the_operation(server: Sockets, protocol: str) -> None:
    async with server.greeted(protocol, payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        server.track.relay.tell("1")
        server.track.relay.end()

        assert [message["type"] for message in await client.hear_of("a")][-1] == "complete"
        await client.ask("a", "{ hello }")
        assert (await client.hear_of("a"))[-1]["type"] == "complete"


async def test_an_error_that_ends_a_broadcast_ends_the_operation(server: Sockets) -> None:
    async with server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        server.track.relay.end(RequestRefused.because("It is gone.", code="CURSOR_EXPIRED", earliest="here"))

        (error,) = (await client.hear())["payload"]
        assert (error["message"], error["extensions"]["earliest"]) == ("It is gone.", "here")
        assert error["extensions"]["requestId"]


async def test_a_stranger_joins_nothing(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("a", WATCH)

        assert "UNAUTHENTICATED" in str(await client.hear())
    assert server.track.relay.sinks == []


async def test_the_end_of_a_token_ends_what_was_joined_with_it(server: Sockets) -> None:
    async with server.greeted(payload={"token": "short"}) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)

        assert await client.end() == (4403, "token expired")
    await server.track.relay.until(0)


async def test_a_socket_that_reads_nothing_is_ended_while_all_others_get_everything() -> None:
    async with sockets(most_waiting=5) as server, AsyncExitStack() as open_sockets:
        relay = server.track.relay
        readers: list[Client] = []
        for _ in range(50):
            client = await open_sockets.enter_async_context(server.greeted(payload=SIGNED_IN))
            await client.ask("a", WATCH)
            readers.append(client)
        slow = await open_sockets.enter_async_context(server.greeted(payload=SIGNED_IN))
        await slow.ask("slow", WATCH)
        await relay.until(51)

        large, count = "x" * 200_000, 0
        while len(relay.sinks) == 51:
            count += 1
            relay.tell(f"{count} {large}")
            numbers = [told([await client.hear()])[0].split()[0] for client in readers]
            assert numbers == [str(count)] * 50

        *before, last = await slow.hear_of("slow")
    assert last["payload"][0]["extensions"]["code"] == "SLOW_CONSUMER"
    numbers = [one.split()[0] for one in told(before)]
    assert numbers == [str(number) for number in range(1, len(before) + 1)]
    assert last["payload"][0]["extensions"]["cursor"].split()[0] == numbers[-1]


async def test_direct_and_queued_writes_keep_their_order_on_a_real_socket() -> None:
    async with sockets(most_waiting=10_000) as server, server.greeted(payload=SIGNED_IN) as client:
        await client.ask("a", WATCH)
        await server.track.relay.until(1)
        sizes = [10, 30_000, 7_000, 5, 100_000, 3] * 20

        heard: list[dict[str, Any]] = []
        for number, size in enumerate(sizes):
            server.track.relay.tell(f"{number} {'x' * size}")
            if number % 3 == 0:
                await client.say(type="ping")
        while len(heard) < len(sizes):
            message = await client.hear()
            heard += [message] if message["type"] == "next" else []

    assert [int(one.split()[0]) for one in told(heard)] == list(range(len(sizes)))
