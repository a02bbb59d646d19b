"""Cairn's own processes on databases that may fail: two APIs and a worker, which keep running whatever is struck."""

import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from benchmarks.failing_over.connections import held_by
from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.machine.clock import SystemClock
from testing_payloads.failover.servers.ports import free_port
from tests.factories.clusters import Program
from tests.factories.serving import cairn, is_running, wait_until

POOL_SIZE = 5
# Debian's pgbouncer, in transaction mode, keeps no track of prepared statements.
BEHIND_PGBOUNCER = {"CAIRN_DATABASE_STATEMENT_CACHE": "0"}
DATABASE_URL, READER_URL = "CAIRN_DATABASE_URL", "CAIRN_DATABASE_READER_URL"


@dataclass(frozen=True)
class Way:
    """How a process comes to the writer, and to the standby if it may read there."""

    writer_url: str
    reader_url: str = ""


@dataclass(frozen=True)
class Cairn:
    """What was started. `direct_url` is a way to the writer past what the processes go through."""

    folder: Path
    apis: Sequence[Program]
    worker: Program
    direct_url: str
    http: httpx.Client

    @property
    def urls(self) -> list[str]:
        """Where the APIs answer."""
        return [api.url for api in self.apis if api.url is not None]

    def token(self, name: str) -> str:
        """A token that each API takes."""
        return LocalTokens(self.folder, SystemClock()).issue(name)

    def connections(self) -> dict[str, int]:
        """How many connections to the writer each process holds.

        Not counted is the one by which a process that reads from a standby asks where the writer's log stands.
        """
        return {
            program.name: held_by(program.pid, _port(program)) - (READER_URL in program.environment)
            for program in (*self.apis, self.worker)
        }

    def bugs(self) -> list[str]:
        """What the processes logged as mistakes of Cairn's own: each is a line `bug`."""
        lines = (line for program in (*self.apis, self.worker) for line in program.log.read_text().splitlines())
        return [line for line in lines if '"bug"' in line]

    def wait_ready(self) -> None:
        """Wait until every API says that it is ready; a process that has ended is told with its last words."""
        wait_until(lambda: all(self._is_ready(program) for program in (*self.apis, self.worker)), within_s=60)

    def _is_ready(self, program: Program) -> bool:
        """As `program.is_ready`, over connections that are kept: to make a client takes a busy machine a while."""
        if program.url is None or not is_running(program.pid):
            return program.is_ready
        try:
            answer = self.http.get(f"{program.url}/health/ready")
        except httpx.TransportError:
            return False
        return answer.status_code == 200 and answer.json()["status"] == "ready"


@contextmanager
def a_cairn(folder: Path, *, ways: Sequence[Way], direct_url: str, redis_url: str) -> Iterator[Cairn]:
    """Two APIs and a worker that are ready; they are killed at the end. To be called from the main thread.

    Each of the three has its own way to the writer; one that is not the direct way leads through pgbouncer.
    """
    known = {
        "CAIRN_REDIS_URL": redis_url,
        "CAIRN_DATA_DIR": str(folder),
        "CAIRN_DATABASE_POOL_SIZE": str(POOL_SIZE),
    }
    migrated = cairn("migrate", **known, **{DATABASE_URL: direct_url})
    assert migrated.returncode == 0, migrated.stderr
    LocalTokens(folder, SystemClock()).issue("somebody")  # the key is there before several look for it
    environments = [known | _environment(way, direct_url) for way in ways]
    apis = [_an_api(f"API {place}", folder, environment) for place, environment in enumerate(environments[:2], start=1)]
    worker = Program("worker", ["worker"], environments[2], folder / "worker.log")
    try:
        for program in (*apis, worker):
            program.start()
        for program in (*apis, worker):
            program.wait()
        with httpx.Client(trust_env=False, timeout=10) as http:
            yield Cairn(folder, apis, worker, direct_url, http)
    finally:
        for program in (*apis, worker):
            program.end(signal.SIGKILL)


def _an_api(name: str, folder: Path, environment: Mapping[str, str]) -> Program:
    port = free_port()
    words = ["serve", "--no-worker", "--port", str(port)]
    return Program(name, words, environment, folder / f"{name}.log", f"http://127.0.0.1:{port}")


def _environment(way: Way, direct_url: str) -> dict[str, str]:
    reading = {READER_URL: way.reader_url} if way.reader_url else {}
    return {DATABASE_URL: way.writer_url} | reading | ({} if way.writer_url == direct_url else BEHIND_PGBOUNCER)


def _port(program: Program) -> int:
    port = urlsplit(program.environment[DATABASE_URL]).port
    assert port is not None
    return port
