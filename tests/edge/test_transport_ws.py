"""graphql-transport-ws by the book, over real sockets."""

from collections.abc import AsyncIterator

import pytest

from tests.factories.sockets import AWAY, EXPIRED, LEGACY, TRANSPORT, Sockets, sockets


@pytest.fixture
async def server() -> AsyncIterator[Sockets]:
    async with sockets() as server:
        yield server


async def test_a_query_is_answered_once_and_completed(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("q", "query($name: String!) { hello(name: $name) }", variables={"name": "Ada"})
        assert await client.hear_of("q") == [
            {"id": "q", "type": "next", "payload": {"data": {"hello": "Hello, Ada"}}},
            {"id": "q", "type": "complete"},
        ]


async def test_a_mutation_is_carried_out(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("m", 'mutation { greet(name: "Ada") }')
        first, last = await client.hear_of("m")
    assert (first["payload"], last["type"]) == ({"data": {"greet": "Greeted Ada"}}, "complete")


async def test_a_subscription_tells_every_event_and_its_end(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { laps(to: 3) }")
        *laps, last = await client.hear_of("s")
    assert [lap["payload"]["data"]["laps"] for lap in laps] == ["1", "2", "3"]
    assert last == {"id": "s", "type": "complete"}


async def test_several_operations_share_a_socket(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { forever }")
        assert (await client.hear())["id"] == "s"
        await client.ask("q", "{ hello }")
        assert [message["id"] for message in await client.hear_of("q")] == ["q", "q"]


async def test_the_operation_that_is_named_is_run(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("q", "query A { hello } query B { __typename }", operationName="B")
        first, _ = await client.hear_of("q")
    assert first["payload"] == {"data": {"__typename": "Query"}}


async def test_a_burst_does_not_overtake_a_client_that_reads(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { laps(to: 1000, pausing: false) }")
        *laps, last = await client.hear_of("s")
    assert (len(laps), last["type"]) == (1000, "complete")


async def test_after_complete_nothing_more_comes_and_the_feed_is_closed(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { forever }")
        await client.hear()
        await client.say(id="s", type="complete")
        await server.track.until_open(0)
        await client.ask("q", "{ hello }")
        assert {message["id"] for message in await client.hear_of("q")} == {"q"}


async def test_what_waits_to_be_read_is_dropped_by_complete() -> None:
    async with sockets(most_waiting=1000) as server, server.greeted() as client:
        await client.ask("s", "subscription { laps(to: 300, size: 100000) }")  # more than any buffer takes
        await server.track.until_open(1)
        await server.track.until_open(0)
        await client.say(id="s", type="complete")
        for id in ("q", "r"):
            await client.ask(id, "{ hello }")
            heard = await client.hear_of(id)
        assert [message["id"] for message in heard] == ["r", "r"]


async def test_a_query_that_runs_can_be_ended(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("q", "{ never }")
        await client.ask("first", "{ hello }")
        await client.hear_of("first")
        await server.track.until_open(1)
        await client.say(id="q", type="complete")
        await server.track.until_open(0)


async def test_an_id_is_free_again_once_its_operation_is_over(server: Sockets) -> None:
    async with server.greeted() as client:
        for _ in range(2):
            await client.ask("q", "{ hello }")
            assert len(await client.hear_of("q")) == 2


async def test_an_id_is_free_again_after_complete(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { forever(begin: 1) }")
        await client.hear()
        await client.say(id="s", type="complete")
        await client.ask("s", "subscription { forever(begin: 2) }")
        assert (await client.hear())["payload"]["data"]["forever"] == 2


async def test_complete_of_an_unknown_id_is_passed_over(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.say(id="nobody", type="complete")
        await client.ask("q", "{ hello }")
        assert len(await client.hear_of("q")) == 2


@pytest.mark.parametrize("payload", [None, {}, {"trail": [1]}])
async def test_a_ping_is_answered_before_connection_init_too(server: Sockets, payload: dict[str, object]) -> None:
    async with server.opened(TRANSPORT) as client:
        await client.say(type="ping", payload=payload)
        assert await client.hear() == ({"type": "pong", "payload": payload} if payload else {"type": "pong"})


async def test_an_unasked_pong_is_welcome(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.say(type="pong")
        await client.ask("q", "{ hello }")
        assert len(await client.hear_of("q")) == 2


@pytest.mark.parametrize(
    ("query", "more", "words"),
    [
        ("{ hello", {}, "Syntax Error"),
        ("", {}, "Syntax Error"),
        ("{ goodbye }", {}, "Cannot query field 'goodbye'"),
        ("query A { hello } query B { hello }", {"operationName": "C"}, "operationName"),
        ("query A { hello } query B { hello }", {}, "operationName"),
        ("subscription($to: Int!) { laps(to: $to) }", {"variables": {"to": "far"}}, "$to"),
    ],
)
async def test_what_cannot_be_run_is_an_error_of_its_id_and_the_socket_stays_open(
    server: Sockets, query: str, more: dict[str, object], words: str
) -> None:
    async with server.greeted() as client:
        await client.ask("w", query, **more)
        message = await client.hear()
        assert (message["type"], message["id"]) == ("error", "w")
        assert words in message["payload"][0]["message"]
        assert message["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        assert message["payload"][0]["extensions"]["requestId"]
        await client.ask("w", "{ hello }")
        assert len(await client.hear_of("w")) == 2


async def test_every_fault_of_a_document_is_told(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("w", "{ goodbye farewell }")
        assert len((await client.hear())["payload"]) == 2


async def test_a_resolvers_refusal_comes_with_the_answer(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("q", "{ hello me }")
        first, last = await client.hear_of("q")
    assert first["payload"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert last["type"] == "complete"


async def test_a_subscription_that_fails_in_its_middle_ends_with_an_error(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { stumbling }")
        first, last = await client.hear_of("s")
    assert (first["type"], last["type"]) == ("next", "error")
    assert last["payload"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_a_bug_in_a_feed_is_masked(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("s", "subscription { stumbling(bug: true) }")
        *_, last = await client.hear_of("s")
        assert (last["type"], last["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        assert "ankle" not in str(last)
        await client.ask("q", "{ hello }")
        assert len(await client.hear_of("q")) == 2


@pytest.mark.parametrize("way", ["payload", "header"])
async def test_operations_know_the_token_wherever_it_came(server: Sockets, way: str) -> None:
    payload = {"token": "good"} if way == "payload" else None
    headers = {"authorization": "Bearer good"} if way == "header" else None
    async with server.greeted(payload=payload, headers=headers) as client:
        await client.ask("q", "{ me }")
        first, _ = await client.hear_of("q")
    assert "errors" not in first["payload"]


@pytest.mark.parametrize("way", ["payload", "header"])
async def test_a_token_that_is_no_good_ends_the_socket_and_says_why(server: Sockets, way: str) -> None:
    headers = {"authorization": "Bearer bad"} if way == "header" else None
    async with server.opened(TRANSPORT, headers=headers) as client:
        await client.say(type="connection_init", payload={"token": "bad"} if way == "payload" else {})
        assert await client.end() == (4403, EXPIRED)


async def test_a_long_reason_is_cut_between_characters(server: Sockets) -> None:
    async with server.opened(TRANSPORT) as client:
        await client.say(type="connection_init", payload={"token": "wordy"})
        code, reason = await client.end()
    assert reason is not None
    assert (code, reason[-1]) == (4403, "…")
    assert 120 <= len(reason.encode()) <= 123


async def test_whoever_cannot_be_recognised_now_is_to_come_again(server: Sockets) -> None:
    async with server.opened(TRANSPORT) as client:
        await client.say(type="connection_init", payload={"token": "later"})
        assert await client.end() == (1013, AWAY)


async def test_a_bug_around_an_operation_is_masked(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.ask("q", "query Stumble { hello }", operationName="Stumble")
        message = await client.hear()
        assert (message["type"], message["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        assert "shoelace" not in str(message)
        await client.ask("q", "{ hello }")
        assert len(await client.hear_of("q")) == 2


async def test_a_bug_in_finding_out_who_it_is_ends_the_socket(server: Sockets) -> None:
    async with server.opened(TRANSPORT) as client:
        await client.say(type="connection_init", payload={"token": "of a kind that nobody thought of"})
        assert await client.end() == (4500, "Internal server error")


async def test_the_socket_ends_with_its_token(server: Sockets) -> None:
    async with server.greeted(payload={"token": "short"}) as client:
        await client.ask("s", "subscription { forever }")
        assert await client.end() == (4403, "token expired")
    await server.track.until_open(0)


async def test_a_token_may_last_for_thousands_of_years(server: Sockets) -> None:
    async with server.greeted(payload={"token": "long"}) as client:
        await client.ask("q", "{ me }")
        assert len(await client.hear_of("q")) == 2


async def test_a_socket_on_which_nothing_is_said_is_closed() -> None:
    async with sockets(init_timeout_s=0.05) as server, server.opened(TRANSPORT) as client:
        assert await client.end() == (4408, "Connection initialisation timeout")


async def test_pings_do_not_stand_in_for_connection_init() -> None:
    async with sockets(init_timeout_s=0.2) as server, server.opened(TRANSPORT) as client:
        await client.say(type="ping")
        assert await client.end() == (4408, "Connection initialisation timeout")


async def test_a_silent_client_is_asked_whether_it_is_there() -> None:
    async with sockets(ping_every_s=0.05) as server, server.greeted() as client:
        for _ in range(3):
            assert await client.hear() == {"type": "ping"}
            await client.say(type="pong")


async def test_a_client_that_answers_no_ping_is_let_go() -> None:
    async with sockets(ping_every_s=0.05) as server, server.greeted() as client:
        await client.ask("s", "subscription { forever }")
        assert await client.end() == (4499, "Nothing was heard for 0.1 s.")
        await server.track.until_open(0)


async def test_a_client_that_goes_on_talking_is_not_asked() -> None:
    async with sockets(ping_every_s=60) as server, server.greeted() as client:
        for _ in range(3):
            await client.say(type="ping")
            assert await client.hear() == {"type": "pong"}


@pytest.mark.parametrize("offered", [(), ("graphql-nonsense",), ("GRAPHQL-WS",)])
async def test_a_subprotocol_that_is_not_spoken_ends_the_socket(server: Sockets, offered: tuple[str, ...]) -> None:
    async with server.opened(*offered) as client:
        assert await client.end() == (4406, "Subprotocol not acceptable")


async def test_the_newer_of_two_subprotocols_is_spoken(server: Sockets) -> None:
    async with server.opened(LEGACY, "nonsense", TRANSPORT) as client:
        assert client.connection.subprotocol == TRANSPORT
