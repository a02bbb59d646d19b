"""The protocol of subscriptions-transport-ws, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.factories.sockets import AWAY, EXPIRED, LEGACY, Sockets, sockets


@pytest.fixture
async def server() -> AsyncIterator[Sockets]:
    async with sockets() as server:
        yield server


async def test_a_subscription_tells_every_event_and_its_end(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        await client.ask("1", "subscription { laps(to: 2) }")
        assert await client.hear_of("1") == [
            {"id": "1", "type": "data", "payload": {"data": {"laps": "1"}}},
            {"id": "1", "type": "data", "payload": {"data": {"laps": "2"}}},
            {"id": "1", "type": "complete"},
        ]


@pytest.mark.parametrize("query", ["{ hello }", 'mutation { greet(name: "Ada") }'])
async def test_queries_and_mutations_are_answered_too(server: Sockets, query: str) -> None:
    async with server.greeted(LEGACY) as client:
        await client.ask("1", query)
        assert [message["type"] for message in await client.hear_of("1")] == ["data", "complete"]


async def test_stop_ends_a_subscription_and_is_confirmed(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        await client.ask("1", "subscription { forever }")
        await client.hear()
        await client.say(id="1", type="stop")
        assert await client.hear() == {"id": "1", "type": "complete"}
        await server.track.until_open(0)


async def test_stop_of_an_unknown_id_is_passed_over(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        await client.say(id="nobody", type="stop")
        await client.ask("1", "{ hello }")
        assert [message["id"] for message in await client.hear_of("1")] == ["1", "1"]


async def test_a_start_under_an_id_that_runs_takes_its_place(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        for begin in (1, 2):
            await client.ask("1", f"subscription {{ forever(begin: {begin}) }}")
            assert (await client.hear())["payload"]["data"]["forever"] == begin
        await server.track.until_open(1)


async def test_an_operation_may_be_started_before_the_acknowledgement(server: Sockets) -> None:
    server.track.identified.clear()
    async with server.opened(LEGACY) as client:
        await client.say(type="connection_init", payload={"token": "good"})
        await client.ask("1", "{ me }")
        await client.ask("0", "{ hello }")
        await client.say(id="0", type="stop")
        assert await client.hear() == {"id": "0", "type": "complete"}  # the server has heard of both by now
        server.track.identified.set()
        assert [await client.hear(), await client.hear()] == [{"type": "connection_ack"}, {"type": "ka"}]
        first, last = await client.hear_of("1")
    assert ("errors" in first["payload"], last["type"]) == (False, "complete")


async def test_an_operation_that_waits_for_the_acknowledgement_can_be_stopped(server: Sockets) -> None:
    server.track.identified.clear()
    async with server.opened(LEGACY) as client:
        await client.say(type="connection_init")
        await client.ask("1", "subscription { forever }")
        await client.say(id="1", type="stop")
        assert await client.hear() == {"id": "1", "type": "complete"}
        server.track.identified.set()
        assert await client.hear() == {"type": "connection_ack"}


async def test_nothing_is_started_before_connection_init(server: Sockets) -> None:
    async with server.opened(LEGACY) as client:
        await client.ask("1", "{ hello }")
        assert await client.end() == (4401, "Unauthorized")


@pytest.mark.parametrize("query", ["{ hello", "{ goodbye }"])
async def test_what_cannot_be_run_is_an_error_of_its_id(server: Sockets, query: str) -> None:
    async with server.greeted(LEGACY) as client:
        await client.ask("1", query)
        message = await client.hear()
        assert (message["type"], message["id"]) == ("error", "1")
        assert message["payload"]["extensions"]["code"] == "BAD_USER_INPUT"
        await client.ask("1", "{ hello }")
        assert len(await client.hear_of("1")) == 2


async def test_a_token_that_is_no_good_is_told_of_before_the_socket_ends(server: Sockets) -> None:
    async with server.opened(LEGACY) as client:
        await client.say(type="connection_init", payload={"token": "bad"})
        assert await client.hear() == {"type": "connection_error", "payload": {"message": EXPIRED}}
        assert await client.end() == (4403, EXPIRED)


async def test_whoever_cannot_be_recognised_now_is_to_come_again(server: Sockets) -> None:
    async with server.opened(LEGACY) as client:
        await client.say(type="connection_init", payload={"token": "later"})
        assert await client.hear() == {"type": "connection_error", "payload": {"message": AWAY}}
        assert await client.end() == (1013, AWAY)


async def test_the_socket_ends_with_its_token(server: Sockets) -> None:
    async with server.greeted(LEGACY, payload={"token": "short"}) as client:
        assert await client.end() == (4403, "token expired")


async def test_a_socket_on_which_nothing_is_said_is_closed() -> None:
    async with sockets(init_timeout_s=0.05) as server, server.opened(LEGACY) as client:
        assert await client.end() == (4408, "Connection initialisation timeout")


async def test_the_client_is_told_again_and_again_that_the_server_is_there() -> None:
    async with sockets(ping_every_s=0.02) as server, server.greeted(LEGACY) as client:
        for _ in range(3):
            assert await client.hear() == {"type": "ka"}


async def test_many_inits_are_acknowledged_and_keep_one_timer(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        tasks = len(asyncio.all_tasks())
        heard: list[dict[str, Any]] = []
        for _ in range(200):
            await client.say(type="connection_init")
            heard.append(await client.hear())
        assert heard == [{"type": "connection_ack"}] * 200
        assert len(asyncio.all_tasks()) == tasks
    assert len(server.track.asked) == 1


async def test_a_socket_does_not_become_somebody_elses(server: Sockets) -> None:
    async with server.greeted(LEGACY, payload={"token": "good"}) as client:
        await client.say(type="connection_init", payload={"token": "long"})
        assert await client.end() == (4429, "Too many initialisation requests")


async def test_parameters_too_deep_for_some_pythons_to_compare_end_the_socket_by_the_book(server: Sockets) -> None:
    async with server.opened(LEGACY) as client:
        for _ in range(2):
            deep = "[" * 1_000 + "]" * 1_000
            await client.connection.send(f'{{"type": "connection_init", "payload": {{"x": {deep}}}}}')
        await client.say(type="connection_terminate")
        assert await client.end() in ((4429, "Too many initialisation requests"), (1000, ""))


async def test_the_client_may_end_the_connection(server: Sockets) -> None:
    async with server.greeted(LEGACY) as client:
        await client.ask("1", "subscription { forever }")
        await client.hear()
        await client.say(type="connection_terminate")
        assert await client.end() == (1000, "")
        await server.track.until_open(0)
