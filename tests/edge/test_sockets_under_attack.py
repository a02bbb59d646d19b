"""What no honest client sends, and clients that vanish or do not read: each comes to its end, and nothing is left."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
from starlette.types import Message
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from tests.factories.sockets import LEGACY, TRANSPORT, Client, Sockets, an_endpoint, sockets


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever is sent, the log tells of no fault."""
    with capture_logs() as logs, caplog.at_level(logging.WARNING):
        yield
        gc.collect()  # tasks whose exception nobody looked at tell of it when they are collected
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
    records = [*caplog.get_records("call"), *caplog.get_records("teardown")]
    assert [record.getMessage() for record in records] == []


@pytest.fixture
async def server() -> AsyncIterator[Sockets]:
    async with sockets() as server:
        yield server


NONSENSE: list[tuple[str, str | bytes]] = [
    ("nothing", ""),
    ("no JSON", "{"),
    ("not a number", '{"type": "ping", "payload": {"x": NaN}}'),
    ("very deep", '{"type": "ping", "payload": {"x": ' + "[" * 100_000 + "]" * 100_000 + "}}"),
    ("half a character", '{"type": "\\ud800"}'),
    ("null", "null"),
    ("a number", "1"),
    ("a string", '"ping"'),
    ("a list", '[{"type": "ping"}]'),
    ("no type", "{}"),
    ("a null type", '{"type": null}'),
    ("a number as type", '{"type": 1}'),
    ("an object as type", '{"type": {}}'),
    ("an unknown type", '{"type": "run"}'),
    ("a very long type", orjson.dumps({"type": "D′" * 100_000}).decode()),
    ("a type of line ends", '{"type": "\\r\\n\\u0000"}'),
    ("a word of the server", '{"type": "connection_ack"}'),
    ("an answer", '{"type": "next", "id": "1", "payload": {}}'),
    ("a binary frame", b'{"type": "ping"}'),
    ("an init with a list", '{"type": "connection_init", "payload": [1]}'),
    ("an init with a string", '{"type": "connection_init", "payload": "token"}'),
]
BEGINNINGS: list[tuple[str, str]] = [
    ("no id", '"payload": {"query": "{ hello }"}'),
    ("a null id", '"id": null, "payload": {"query": "{ hello }"}'),
    ("a very long id", f'"id": "{"x" * 1_001}", "payload": {{"query": "{{ hello }}"}}'),
    ("an empty id", '"id": "", "payload": {"query": "{ hello }"}'),
    ("a list as id", '"id": ["1"], "payload": {"query": "{ hello }"}'),
    ("a number as id", '"id": 1, "payload": {"query": "{ hello }"}'),
    ("no payload", '"id": "1"'),
    ("a null payload", '"id": "1", "payload": null'),
    ("a list as payload", '"id": "1", "payload": [{"query": "{ hello }"}]'),
    ("a string as payload", '"id": "1", "payload": "{ hello }"'),
    ("no query", '"id": "1", "payload": {}'),
    ("a null query", '"id": "1", "payload": {"query": null}'),
    ("a number as query", '"id": "1", "payload": {"query": 1}'),
    ("a number as documentId", '"id": "1", "payload": {"documentId": 1}'),
    ("variables in a list", '"id": "1", "payload": {"query": "{ hello }", "variables": [1]}'),
    ("variables in a string", '"id": "1", "payload": {"query": "{ hello }", "variables": "{}"}'),
    ("extensions in a string", '"id": "1", "payload": {"query": "{ hello }", "extensions": "x"}'),
    ("a number as operationName", '"id": "1", "payload": {"query": "{ hello }", "operationName": 1}'),
]


def check(end: tuple[int | None, str | None]) -> None:
    code, reason = end
    assert code == 4400
    assert reason
    assert len(reason.encode()) <= 123


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
@pytest.mark.parametrize("message", [row[1] for row in NONSENSE], ids=[row[0] for row in NONSENSE])
async def test_nonsense_ends_the_socket_with_a_reason(server: Sockets, protocol: str, message: str | bytes) -> None:
    async with server.opened(protocol) as client:
        await client.connection.send(message)
        check(await client.end())


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
@pytest.mark.parametrize("rest", [row[1] for row in BEGINNINGS], ids=[row[0] for row in BEGINNINGS])
async def test_a_malformed_operation_ends_the_socket_with_a_reason(server: Sockets, protocol: str, rest: str) -> None:
    async with server.greeted(protocol) as client:
        await client.connection.send(f'{{"type": "{"start" if protocol == LEGACY else "subscribe"}", {rest}}}')
        check(await client.end())


@pytest.mark.parametrize(("protocol", "type_"), [(TRANSPORT, "complete"), (LEGACY, "stop")])
@pytest.mark.parametrize("id", [None, "", ["1"], 1])
async def test_the_end_of_no_operation_in_particular_is_malformed(
    server: Sockets, protocol: str, type_: str, id: object
) -> None:
    async with server.greeted(protocol) as client:
        await client.say(type=type_, id=id)
        check(await client.end())


@pytest.mark.parametrize("type_", ["ping", "pong"])
async def test_the_payload_of_a_ping_is_an_object(server: Sockets, type_: str) -> None:
    async with server.greeted() as client:
        await client.say(type=type_, payload=[1])
        check(await client.end())


@pytest.mark.parametrize("type_", ["ping", "pong"])
async def test_pings_carry_no_loads(server: Sockets, type_: str) -> None:
    async with server.greeted() as client:
        await client.say(type=type_, payload={"x": "′" * 400})
        code, reason = await client.end()
    assert (code, reason) == (4400, f"The `payload` of `{type_}` has at most 1,024 bytes.")


@pytest.mark.parametrize("type_", ["ping", "pong"])
async def test_pings_are_not_nested_deeper_than_can_be_said_again(server: Sockets, type_: str) -> None:
    async with server.greeted() as client:
        await client.connection.send(f'{{"type": "{type_}", "payload": {{"x": {"[" * 400 + "]" * 400}}}}}')
        check(await client.end())


async def test_nobody_subscribes_before_the_acknowledgement(server: Sockets) -> None:
    async with server.opened(TRANSPORT) as client:
        await client.ask("1", "{ hello }")
        assert await client.end() == (4401, "Unauthorized")


async def test_nobody_subscribes_while_it_is_found_out_who_they_are(server: Sockets) -> None:
    server.track.identified.clear()
    async with server.opened(TRANSPORT) as client:
        await client.say(type="connection_init")
        await client.ask("1", "{ hello }")
        assert await client.end() == (4401, "Unauthorized")


async def test_a_second_init_ends_the_socket(server: Sockets) -> None:
    async with server.greeted() as client:
        await client.say(type="connection_init")
        assert await client.end() == (4429, "Too many initialisation requests")


async def test_a_second_init_before_the_acknowledgement_ends_the_socket(server: Sockets) -> None:
    server.track.identified.clear()
    async with server.opened(TRANSPORT) as client:
        await client.say(type="connection_init")
        await client.say(type="connection_init")
        assert await client.end() == (4429, "Too many initialisation requests")


@pytest.mark.parametrize("id", ["1", "x" * 94, "D′" * 200, "🏃" * 1_000])
async def test_an_id_is_used_once_at_a_time(server: Sockets, id: str) -> None:
    async with server.greeted() as client:
        await client.ask(id, "subscription { forever }")
        await client.hear()
        await client.ask(id, "{ hello }")
        code, reason = await client.end()
    assert reason is not None
    assert (code, len(reason.encode()) <= 123) == (4409, True)
    assert reason.startswith(f"Subscriber for {id[:20]}")
    assert reason.endswith(" already exists")
    await server.track.until_open(0)


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_a_socket_carries_so_many_operations_and_no_more(protocol: str) -> None:
    async with sockets(most_operations=2) as server, server.greeted(protocol) as client:
        for id in "12":
            await client.ask(id, "subscription { forever }")
            await client.hear()
        await client.ask("3", "{ hello }")
        refused = await client.hear()
        assert (refused["type"], refused["id"]) == ("error", "3")
        assert "LIMIT_EXCEEDED" in str(refused)
        assert "at most 2 operations" in str(refused)


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_operations_that_are_still_ending_count_too(protocol: str) -> None:
    async with sockets(most_operations=2) as server, server.greeted(protocol) as client:
        for id in "12":
            await client.ask(id, "subscription { lingering }")
            await client.hear()
            await client.say(id=id, type="stop" if protocol == LEGACY else "complete")
            if protocol == LEGACY:
                await client.hear()
        await client.ask("3", "{ hello }")
        assert "LIMIT_EXCEEDED" in str(await client.hear_of("3"))
        server.track.home.set()
        await server.track.until_open(0)
        await client.ask("4", "{ hello }")
        assert "LIMIT_EXCEEDED" not in str(await client.hear_of("4"))


async def test_operations_that_are_over_make_room_for_others() -> None:
    async with sockets(most_operations=2) as server, server.greeted() as client:
        for number in range(10):
            await client.ask(str(number), "{ hello }")
            assert (await client.hear_of(str(number)))[-1]["type"] == "complete"


def slow_error(message: dict[str, Any]) -> dict[str, Any]:
    """The error of a message, whichever protocol it came by."""
    payload = message["payload"]
    error: dict[str, Any] = payload if isinstance(payload, dict) else payload[0]
    return error


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_a_subscription_that_is_read_too_slowly_ends_with_the_cursor_to_resume_from(protocol: str) -> None:
    async with sockets(most_waiting=5) as server, server.greeted(protocol) as client:
        await client.ask("s", "subscription { laps(to: 1000000, size: 200000) }")  # more than any buffer takes
        await server.track.until_open(1)
        await server.track.until_open(0)
        *laps, last = await client.hear_of("s")
        await client.ask("q", "{ hello }")
        assert (await client.hear_of("q"))[-1]["type"] == "complete"
    error = slow_error(last)
    assert (last["type"], error["extensions"]["code"]) == ("error", "SLOW_CONSUMER")
    assert error["extensions"]["requestId"]
    numbers = [int(lap["payload"]["data"]["laps"].split()[0]) for lap in laps]
    assert numbers == list(range(1, len(laps) + 1))
    assert error["extensions"]["cursor"] == f"lap {numbers[-1]}"


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_a_client_that_asks_and_never_reads_is_let_go(protocol: str) -> None:
    async with sockets(ping_every_s=0.1) as server, server.greeted(protocol) as client:
        await client.ask("s", "subscription { forever }")
        await client.hear()
        for number in range(50):
            await client.ask(str(number), "{ large(size: 1000000) }")
        await server.track.until_open(0)
        assert (await client.end())[0] == 4499


async def test_pings_without_end_are_all_answered_once_their_answers_are_read(server: Sockets) -> None:
    payload = {"x": "x" * 1_000}

    async def ping(client: Client) -> None:
        for _ in range(3_000):
            await client.say(type="ping", payload=payload)

    async with server.greeted() as client:
        pinging = asyncio.create_task(ping(client))
        for _ in range(3_000):
            assert (await client.hear())["payload"] == payload
        await pinging


SCOPE = {"type": "websocket", "scheme": "ws", "headers": [], "subprotocols": [TRANSPORT], "extensions": {}}
PING = {"type": "websocket.receive", "text": '{"type": "ping"}'}


async def test_whoever_pings_and_reads_nothing_is_not_listened_to_for_long() -> None:
    heard, reads = 0, asyncio.Event()

    async def receive() -> Message:
        nonlocal heard
        heard += 1
        return PING

    async def send(message: Message) -> None:
        if message["type"] != "websocket.accept":
            await reads.wait()

    async def listen() -> None:
        for _ in range(1_000):
            await asyncio.sleep(0)

    endpoint, _ = an_endpoint()
    serving = asyncio.create_task(endpoint(SCOPE, receive, send))
    await listen()
    before = heard
    await listen()
    assert heard == before < 100

    reads.set()
    await listen()
    assert heard > before
    serving.cancel()
    await asyncio.wait({serving})


async def test_a_server_that_has_closed_the_socket_by_itself_is_no_fault() -> None:
    events = iter([{"type": "websocket.connect"}, PING, {"type": "websocket.receive", "text": "nonsense"}])
    told: list[str] = []

    async def receive() -> Message:
        return next(events)

    async def send(message: Message) -> None:
        told.append(message["type"])
        if message["type"] != "websocket.accept":
            raise RuntimeError("Unexpected ASGI message, after sending 'websocket.close'.")

    endpoint, _ = an_endpoint()
    await endpoint(SCOPE, receive, send)
    assert told == ["websocket.accept", "websocket.send", "websocket.close"]


@pytest.mark.parametrize("protocol", [TRANSPORT, LEGACY])
async def test_nothing_is_left_of_clients_that_vanish(server: Sockets, protocol: str) -> None:
    async with server.greeted(protocol) as client:  # whatever is made once is there now
        await client.ask("q", "{ hello }")
        await client.hear_of("q")
    await _only(server, before := asyncio.all_tasks())

    for query in ("subscription { forever }", "{ never }", "subscription { laps(to: 100000, size: 10000) }"):
        for _ in range(5):
            async with server.greeted(protocol) as client:
                await client.ask("s", query)
                await server.track.until_open(1)
                client.connection.transport.abort()
            await server.track.until_open(0)

    await _only(server, before)


async def _only(server: Sockets, tasks: set[asyncio.Task[Any]]) -> None:
    """Wait until no other tasks run than these, of which some may have ended."""
    async with asyncio.timeout(10):
        while others := {task for task in asyncio.all_tasks() if not task.done()} - tasks:
            await asyncio.wait(others, timeout=0.01)  # some await others that are made only then
    assert server.track.open == 0


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://evil.example", ()),
        ("null", ()),
        ("", ()),
        ("nonsense", ()),
        ("https://[", ()),
        ("http://127.0.0.1:1", ()),
        ("http://localhost:{port}", ()),
        ("http://127.0.0.1:{port}.evil.example", ()),
        ("ftp://127.0.0.1:{port}", ()),
        ("https://app.example.evil.example", ("https://app.example",)),
        ("http://app.example", ("https://app.example",)),
    ],
)
async def test_a_page_from_elsewhere_opens_no_socket(origin: str, allowed: tuple[str, ...]) -> None:
    async with sockets(allowed) as server:
        named = origin.format(port=server.port)
        with pytest.raises(InvalidStatus) as refused:
            await connect(server.url, subprotocols=[Subprotocol(TRANSPORT)], additional_headers={"origin": named})
    response = refused.value.response
    assert (response.status_code, response.headers["content-type"]) == (403, "application/json; charset=utf-8")
    (error,) = orjson.loads(response.body or b"")["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["requestId"]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:{port}", ()),
        ("https://127.0.0.1:{port}", ()),  # a proxy ends TLS
        ("https://app.example", ("https://other.example", "https://app.example")),
        ("https://anywhere.example", ("*",)),
        ("null", ("*",)),
    ],
)
async def test_pages_of_ones_own_and_those_that_are_allowed_open_sockets(origin: str, allowed: tuple[str, ...]) -> None:
    async with (
        sockets(allowed) as server,
        server.greeted(headers={"origin": origin.format(port=server.port)}) as client,
    ):
        await client.ask("q", "{ hello }")
        assert len(await client.hear_of("q")) == 2
