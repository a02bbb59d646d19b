"""Whoever watches a job hears of it now, at every change and at its end, over a socket of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import orjson
import pytest
from starlette.requests import HTTPConnection
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.request import GraphQLRequest
from app.main import create_app
from configuration.settings import Settings
from tests.conftest import Athlete, LiveServer
from tests.factories.imports import Work, a_short_course, imported, undone
from tests.factories.recordings import fit_bytes

WATCH = """subscription($id: ID!) { job(id: $id) { id status progress message finishedAt
    items { fileName status run { name } } } }"""
NOWHERE = "redis://127.0.0.1:1"


@pytest.fixture(scope="module")
async def runner(live_server: LiveServer) -> AsyncIterator[Athlete]:
    """An athlete of the live server."""
    token = await asyncio.to_thread(live_server.token, "watcher")
    async with httpx.AsyncClient(base_url=live_server.url, headers={"authorization": f"Bearer {token}"}) as http:
        yield Athlete("watcher", token, http)


@pytest.fixture(scope="module")
async def stranger(live_server: LiveServer) -> str:
    """Another athlete's token."""
    return await asyncio.to_thread(live_server.token, "stranger")


@asynccontextmanager
async def a_socket(
    server: LiveServer, *, init: dict[str, Any] | None = None, headers: dict[str, str] | None = None
) -> AsyncIterator[ClientConnection]:
    """A socket past its connection_init."""
    url = server.url.replace("http", "ws") + "/graphql"
    protocol = Subprotocol("graphql-transport-ws")
    async with connect(url, subprotocols=[protocol], additional_headers=headers) as socket:
        await send(socket, type="connection_init", payload=init or {})
        assert (await receive(socket))["type"] == "connection_ack"
        yield socket


async def send(socket: ClientConnection, **message: Any) -> None:
    await socket.send(orjson.dumps(message).decode())


async def receive(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(30):
        message: dict[str, Any] = orjson.loads(await socket.recv())
        return message


async def watched(socket: ClientConnection, job_id: str) -> list[dict[str, Any]]:
    """All messages about a job, to the last one."""
    await send(socket, id="1", type="subscribe", payload={"query": WATCH, "variables": {"id": job_id}})
    messages = [await receive(socket)]
    while messages[-1]["type"] == "next":
        messages.append(await receive(socket))
    return messages


@pytest.mark.parametrize("way", ["header", "connection_init", "both"])
async def test_a_job_is_told_of_to_its_end_wherever_the_token_came(
    live_server: LiveServer, runner: Athlete, way: str
) -> None:
    bearer = {"authorization": f"Bearer {runner.token}"}
    start = {"header": 0, "connection_init": 100, "both": 200}[way]
    files = [(f"{nth}.fit", fit_bytes(a_short_course(start + nth))) for nth in range(8)]
    socket = a_socket(
        live_server,
        init=bearer if way != "header" else None,
        headers=bearer if way != "connection_init" else None,
    )
    async with socket as connection:
        job_id = (await runner.upload(*files))["job"]["id"]
        *changes, last = await watched(connection, job_id)
    assert last == {"id": "1", "type": "complete"}
    told = [change["payload"]["data"]["job"] for change in changes]
    progress = [job["progress"] for job in told]
    assert progress == sorted(progress)
    assert (told[-1]["status"], told[-1]["message"], progress[-1]) == ("SUCCEEDED", "8 imported", 1)
    assert [item["run"]["name"] for item in told[-1]["items"]] == [str(nth) for nth in range(8)]


async def test_a_job_that_has_ended_is_told_once(live_server: LiveServer, runner: Athlete) -> None:
    bearer = {"authorization": f"Bearer {runner.token}"}
    job_id = (await runner.upload(("no.txt", b"no")))["job"]["id"]
    async with a_socket(live_server, init=bearer) as socket:
        await watched(socket, job_id)
        change, last = await watched(socket, job_id)
    assert change["payload"]["data"]["job"]["status"] == "FAILED"
    assert last["type"] == "complete"


async def test_another_athletes_job_is_an_error(live_server: LiveServer, runner: Athlete, stranger: str) -> None:
    job_id = (await runner.upload(("no.txt", b"no")))["job"]["id"]
    async with a_socket(live_server, init={"authorization": f"Bearer {stranger}"}) as socket:
        for id in (job_id, "nonsense", "Job:01a1fc64-1a20-7000-920a-5b50461644f3"):
            assert "NOT_FOUND" in str(await watched(socket, id))


async def test_nobody_is_told_without_a_token(live_server: LiveServer, runner: Athlete) -> None:
    job_id = (await runner.upload(("no.txt", b"no")))["job"]["id"]
    async with a_socket(live_server) as socket:
        assert "UNAUTHENTICATED" in str(await watched(socket, job_id))


async def test_a_watcher_may_leave_in_the_middle_and_another_goes_on(live_server: LiveServer, runner: Athlete) -> None:
    bearer = {"authorization": f"Bearer {runner.token}"}
    files = [(f"{nth}.fit", fit_bytes(a_short_course(300 + nth))) for nth in range(8)]
    async with a_socket(live_server, init=bearer) as leaving, a_socket(live_server, init=bearer) as staying:
        job_id = (await runner.upload(*files))["job"]["id"]
        await send(leaving, id="1", type="subscribe", payload={"query": WATCH, "variables": {"id": job_id}})
        await receive(leaving)
        await send(leaving, id="1", type="complete")
        *_, end, last = await watched(staying, job_id)
    assert end["payload"]["data"]["job"]["status"] == "SUCCEEDED"
    assert last["type"] == "complete"


@asynccontextmanager
async def watching(settings: Settings, athlete: Athlete, job_id: str) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """What an application with these settings tells of a job."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        bearer = f"Bearer {athlete.token}".encode()
        caller = Caller(HTTPConnection({"type": "websocket", "headers": [(b"authorization", bearer)]}))
        engine: Engine = application.state.engine
        stream = engine.events(engine.prepare(GraphQLRequest(WATCH, variables={"id": job_id})), caller, "watching")

        async def jobs() -> AsyncIterator[dict[str, Any]]:
            async for answer in stream:
                yield orjson.loads(answer.body)["data"]["job"]

        yield jobs()
        await stream.aclose()


async def test_changes_are_heard_of_while_redis_is_away(settings: Settings, ada: Athlete, work: Work) -> None:
    job_id = (await ada.upload(("a.fit", fit_bytes(a_short_course()))))["job"]["id"]
    async with watching(replace(settings, redis_url=NOWHERE), ada, job_id) as jobs:
        assert (await anext(jobs))["status"] == "QUEUED"
        await work()
        told = [job["status"] async for job in jobs]
    assert told[-1] == "SUCCEEDED"


async def test_a_job_that_is_taken_back_ends_for_its_watchers(settings: Settings, ada: Athlete) -> None:
    job_id = (await ada.upload(("a.fit", fit_bytes(a_short_course()))))["job"]["id"]
    async with watching(settings, ada, job_id) as jobs:
        assert (await anext(jobs))["status"] == "QUEUED"
        await undone(ada, job_id)
        (last,) = [job async for job in jobs]
    assert last["status"] == "CANCELLED"


async def test_files_are_taken_while_redis_is_away(settings: Settings, ada: Athlete, work: Work) -> None:
    application = create_app(replace(settings, redis_url=NOWHERE))
    async with application.router.lifespan_context(application):
        transport = httpx.ASGITransport(application)
        headers = {"authorization": f"Bearer {ada.token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as http:
            payload = await Athlete("ada", ada.token, http).upload(("a.fit", fit_bytes(a_short_course())))
    assert payload["job"]["status"] == "QUEUED"
    job = await imported(ada, work, ("again.fit", fit_bytes(a_short_course())))
    assert job["items"][0]["status"] == "ALREADY_IMPORTED"
