"""An operation ends at its deadline or when nobody waits for it any more, and so does its SQL."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from infrastructure.embedded.servers import running_addresses
from tests.conftest import LiveServer, a_data_folder, a_live_server, eventually

READ = "{ runs { totalCount } }"
BY_GRAPHQL_CORE = {"cost": True}  # whoever asks for the cost is answered by graphql-core
WRITE = """mutation { recordRun(input: {name: "Too late", startedAt: "2026-01-01T10:00:00Z", distanceM: 1000,
    movingTimeS: 300}) { run { id } userErrors { message } } }"""
NO_SWEEPS = "--no-worker"  # a worker's own reads of runs would wait for the lock as well, and be taken for ours
WAITING = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid()"


@pytest.fixture(scope="module")
def hurried() -> Iterator[LiveServer]:
    """A server whose operations have two seconds."""
    with a_data_folder() as folder, a_live_server(folder, NO_SWEEPS, CAIRN_OPERATION_DEADLINE_S="2") as server:
        yield server


@pytest.fixture(scope="module")
def patient() -> Iterator[LiveServer]:
    """A server whose operations have ten minutes: what ends sooner ends for another reason."""
    with a_data_folder() as folder, a_live_server(folder, NO_SWEEPS, CAIRN_OPERATION_DEADLINE_S="600") as server:
        yield server


@asynccontextmanager
async def locked_runs(server: LiveServer) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """Nobody can read or write runs within the block; gives how many statements wait to."""
    addresses = running_addresses(server.data_folder)
    assert addresses is not None
    holding, watching = [await asyncpg.connect(addresses.database_url) for _ in range(2)]
    try:
        async with holding.transaction():
            await holding.execute("lock table run in access exclusive mode")
            yield lambda: watching.fetchval(WAITING)
    finally:
        await holding.close()
        await watching.close()


async def bearer(server: LiveServer) -> dict[str, str]:
    return {"authorization": f"Bearer {await asyncio.to_thread(server.token)}"}


@asynccontextmanager
async def a_client(server: LiveServer) -> AsyncIterator[httpx.AsyncClient]:
    headers = await bearer(server)
    async with httpx.AsyncClient(base_url=server.url, headers=headers, trust_env=False, timeout=60) as http:
        await http.post("/graphql", json={"query": READ})  # from now on its token is known
        yield http


@pytest.mark.parametrize(
    "asked", [{"query": READ}, {"query": READ, "extensions": BY_GRAPHQL_CORE}, {"query": WRITE}], ids=str
)
async def test_what_takes_too_long_is_given_up_with_its_sql(hurried: LiveServer, asked: dict[str, Any]) -> None:
    async with a_client(hurried) as http, locked_runs(hurried) as waiting:
        response = await http.post("/graphql", json=asked)

        (error,) = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
        assert "longer than 2 s" in error["message"]
        await eventually(lambda: _is_zero(waiting))


async def test_what_was_given_up_is_not_written_afterwards(hurried: LiveServer) -> None:
    async with a_client(hurried) as http:
        async with locked_runs(hurried) as waiting:
            await http.post("/graphql", json={"query": WRITE})
            await eventually(lambda: _is_zero(waiting))

        answer = await http.post("/graphql", json={"query": READ})
        assert answer.json() == {"data": {"runs": {"totalCount": 0}}}


@pytest.mark.parametrize(
    "asked", [{"query": READ}, {"query": READ, "extensions": BY_GRAPHQL_CORE}, {"query": WRITE}], ids=str
)
async def test_the_sql_of_a_client_who_hangs_up_ends(patient: LiveServer, asked: dict[str, Any]) -> None:
    async with locked_runs(patient) as waiting:
        hang_up = await _asked_by_hand(patient, asked)
        await eventually(waiting)

        hang_up()

        await eventually(lambda: _is_zero(waiting))


@pytest.mark.parametrize("way", ["complete", "close"])
async def test_the_sql_of_a_socket_s_operation_ends_with_it(patient: LiveServer, way: str) -> None:
    url = patient.url.replace("http", "ws") + "/graphql"
    async with locked_runs(patient) as waiting:
        async with connect(url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None) as socket:
            await _send(socket, type="connection_init", payload=await bearer(patient))
            await _send(socket, id="1", type="subscribe", payload={"query": READ})
            await eventually(waiting)
            if way == "complete":
                await _send(socket, id="1", type="complete")
                await eventually(lambda: _is_zero(waiting))

        await eventually(lambda: _is_zero(waiting))


async def _send(socket: Any, **message: Any) -> None:
    await socket.send(orjson.dumps(message).decode())


async def _is_zero(count: Callable[[], Awaitable[int]]) -> bool:
    return await count() == 0


async def _asked_by_hand(server: LiveServer, asked: dict[str, Any]) -> Callable[[], None]:
    """Send a request and do not wait for its answer; gives what hangs up."""
    address, body = urlsplit(server.url), orjson.dumps(asked)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = {
        "host": address.netloc,
        "content-type": "application/json",
        "content-length": str(len(body)),
        **await bearer(server),
    }
    lines = ["POST /graphql HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    writer.write("\r\n".join(lines).encode() + body)
    await writer.drain()
    return writer.close
