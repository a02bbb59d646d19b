"""What tests stand on: real servers, the real application, and clients that speak to it as somebody."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.analysis.jobs import analyse_runs
from app.main import create_app
from app.runs.jobs import import_runs
from app.zones.jobs import compute_zones
from configuration.settings import Settings, load_settings
from domain.accounts.ports import TokenIssuer
from domain.operations.model import JobId, JobKind
from domain.operations.ports import JobBoard
from domain.shared.errors import Unavailable
from domain.shared.ports import Migrations
from infrastructure.database.engine import Database
from infrastructure.embedded.servers import EmbeddedServers

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
READY_S = 60
WORK = {
    JobKind.IMPORT_RUNS: import_runs,
    JobKind.ANALYSE_RUNS: analyse_runs,
    JobKind.COMPUTE_ZONES: compute_zones,
}


LONGEST = ("test_schemathesis", "test_short_failovers", "test_feed_kill", "test_import_kill", "test_serve_refuses")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first: one of them at the end would have the other processes wait for it."""
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


@contextmanager
def a_data_folder() -> Iterator[Path]:
    """A folder with a short path, in memory where there is room: servers sync their files often."""
    shm = Path("/dev/shm")
    roomy = shm.is_dir() and os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 2_000_000_000
    folder = Path(tempfile.mkdtemp(prefix="cairn-test-", dir=shm if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of the servers that all tests of this run share; each test is an athlete of its own on them."""
    with a_data_folder() as folder, EmbeddedServers(folder) as servers:
        addresses = servers.start()
        yield replace(
            load_settings({}, data_dir=folder), database_url=addresses.database_url, redis_url=addresses.redis_url
        )


@pytest.fixture(scope="session")
async def app(settings: Settings) -> AsyncIterator[Starlette]:
    """The application, started, in this process."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        await _has_tables(application)
        yield application


async def _has_tables(application: Starlette) -> None:
    """On a busy machine an application serves before its tables are made."""
    async with Container(application.state.registry) as services:
        migrations = await services.aget(Migrations)

    async def made() -> bool:
        try:
            await migrations.require_none_pending()
        except Unavailable:
            return False
        return True

    await eventually(made)


@dataclass
class Athlete:
    """Somebody with a token, who asks the application in this process."""

    name: str
    token: str
    http: httpx.AsyncClient

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer to one operation."""
        response = await self.http.post("/graphql", json={"query": query, "variables": variables})
        answer: dict[str, Any] = response.json()
        return answer

    async def get(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an operation that must go well."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def upload(self, *files: tuple[str, bytes], **more: Any) -> dict[str, Any]:
        """The payload of importRuns with these files."""
        query = """mutation($input: ImportRunsInput!) { importRuns(input: $input) {
            job { id status } userErrors { code field message } } }"""
        variables = {"input": {"files": [None] * len(files), **more}}
        places = {str(at): [f"variables.input.files.{at}"] for at in range(len(files))}
        response = await self.http.post(
            "/graphql",
            data={
                "operations": orjson.dumps({"query": query, "variables": variables}).decode(),
                "map": orjson.dumps(places).decode(),
            },
            files={str(at): file for at, file in enumerate(files)},
            headers={"x-cairn-csrf": "1"},
        )
        answer = response.json()
        assert "errors" not in answer, answer
        payload: dict[str, Any] = answer["data"]["importRuns"]
        return payload


@pytest.fixture
async def athlete(app: Starlette, request: pytest.FixtureRequest) -> AsyncIterator[Callable[..., Athlete]]:
    """Makes athletes, each test's own: `ada = athlete("ada")`, with all usual scopes or those given."""
    async with Container(app.state.registry) as services:
        tokens = await services.aget(TokenIssuer)
    clients: list[httpx.AsyncClient] = []
    own = sha256(request.node.nodeid.encode()).hexdigest()[:16]

    def make(name: str = "ada", *, scopes: list[str] | None = None) -> Athlete:
        token = tokens.issue(f"{name} {own}"[:100], scopes=scopes, hours=1)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test", headers={"authorization": f"Bearer {token}"}
        )
        clients.append(client)
        return Athlete(name, token, client)

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def ada(athlete: Callable[..., Athlete]) -> Athlete:
    """An athlete."""
    return athlete("ada")


@pytest.fixture
async def bob(athlete: Callable[..., Athlete]) -> Athlete:
    """Another athlete."""
    return athlete("bob")


@pytest.fixture
async def work(app: Starlette) -> Callable[[], Any]:
    """Does in this process what a worker would: takes up every job that waits, and those that follow from it."""
    context = {"registry": app.state.registry}

    async def work_off() -> None:
        async with Container(app.state.registry) as services:
            board, database = await services.aget(JobBoard, Database)
            tried: set[JobId] = set()
            while True:
                await database.fetchval("update job set not_before = '-infinity' where kind = 'COMPUTE_ZONES'")
                jobs = [(kind, job_id) for kind, job_id in await board.open_jobs() if job_id not in tried]
                if not jobs:
                    return
                for kind, job_id in jobs:
                    tried.add(job_id)
                    await WORK[kind](context, str(job_id))

    return work_off


@pytest.fixture
async def statements(app: Starlette) -> Callable[[], Any]:
    """`async with statements() as sent:` collects the SQL that the application sends inside the block."""
    async with Container(app.state.registry) as services:
        database = await services.aget(Database)

    @asynccontextmanager
    async def collecting() -> AsyncIterator[list[str]]:
        sent: list[str] = []

        def note(query: Any) -> None:
            sent.append(query.query)

        leases = database.engine.leases
        connections = [await leases.take() for _ in range(database.engine.pool.get_max_size())]
        raw = [connection._con for connection in connections]
        for connection in raw:
            connection.add_query_logger(note)
        for connection in connections:
            await leases.give(connection)
        try:
            yield sent
        finally:
            await asyncio.sleep(0)  # asyncpg tells its loggers a moment later
            for connection in raw:
                connection.remove_query_logger(note)

    return collecting


@pytest.fixture(scope="session")
async def sql(settings: Settings) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the tests' own, to look behind the application."""
    connection = await asyncpg.connect(settings.database_url)
    yield connection
    await connection.close()


@dataclass
class LiveServer:
    """`cairn serve` as a process of its own."""

    url: str
    data_folder: Path
    process: subprocess.Popen[str]
    said: str

    def token(self, name: str = "runner", *more: str) -> str:
        """A token of its local mode."""
        command = [*CAIRN, "token", "--as", name, "--data-dir", str(self.data_folder), *more]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, env=clean_environment()
        ).stdout.strip()


CAIRN = [sys.executable, "-m", "app.cli"]


def clean_environment(**more: str) -> dict[str, str]:
    """This process's environment without Cairn's settings, and then `more`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CAIRN_")} | more


@contextmanager
def a_live_server(data_folder: Path, *options: str, **environment: str) -> Iterator[LiveServer]:
    """Start `cairn serve` on a free port, wait until it says it is ready, and end it in good order."""
    command = [*CAIRN, "serve", "--port", "0", "--data-dir", str(data_folder), *options]
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env=clean_environment(**environment),
            cwd=ROOT,
        )
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = process.stdout.readline()
                if not line:
                    complaints.seek(0)
                    raise AssertionError(f"cairn serve ended: {said} {complaints.read()}")
                said += line
            url = re.search(r"http://\S+:\d+", said)
            assert url is not None
            yield LiveServer(url.group(), data_folder, process, said)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            try:
                process.wait(READY_S)
            finally:
                process.kill()
                assert process.stdout is not None
                process.stdout.close()


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """One `cairn serve` with a worker, for all tests that need a server outside of this process."""
    with a_data_folder() as folder, a_live_server(folder) as server:
        yield server


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real recordings, where it is there."""
    if not SAMPLES.is_dir():
        pytest.skip("the folder of real recordings is not here")
    return SAMPLES


async def eventually(condition: Callable[[], Any], *, within_s: float = 30) -> Any:
    """What `condition` (async) gives once it is truthy; fails after a long while."""
    async with asyncio.timeout(within_s):
        while not (result := await condition()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # another process gives no event to wait for
        return result
