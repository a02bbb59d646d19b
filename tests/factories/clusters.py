"""Cairn as in production, on one machine: APIs, a worker, PostgreSQL and Valkey, each of which can be killed by itself.

The servers and the processes keep their addresses when they are started again.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.embedded import launch
from infrastructure.embedded.servers import EmbeddedServers
from infrastructure.machine.clock import SystemClock
from tests.conftest import CAIRN, ROOT, a_data_folder, clean_environment
from tests.factories.serving import is_ready, wait_until

DATABASE, REDIS = "PostgreSQL", "Valkey"
ENDS_WITHIN_S = 60
PORTS = range(20_000, 32_000)
_taken: set[int] = set()


@dataclass
class Program:
    """One of Cairn's own processes. It ends with whoever started it, who is to do so from the main thread."""

    name: str
    words: list[str]
    environment: Mapping[str, str]
    log: Path
    url: str | None = None  # none: a worker
    _process: subprocess.Popen[bytes] | None = None
    _said_before: int = 0

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_ready(self) -> bool:
        """Whether it works, as far as one can tell from outside."""
        assert self._process is not None
        assert self._process.poll() is None, f"{self.name} ended: {self.log.read_text()[-2000:]}"
        if self.url is None:
            return "worker ready" in self.log.read_text()[self._said_before :]
        try:
            return is_ready(self.url)
        except httpx.TransportError:
            return False

    def start(self) -> None:
        """Start it, and do not wait."""
        tie = [sys.executable, "-I", "-S", launch.__file__, os.getpid(), int(signal.SIGTERM), "same", 0, 0]
        self._said_before = len(self.log.read_text()) if self.log.exists() else 0
        with self.log.open("ab") as lines:
            self._process = subprocess.Popen(
                [*map(str, tie), *CAIRN, *self.words],
                stdin=subprocess.DEVNULL,
                stdout=lines,
                stderr=lines,
                env=clean_environment(**self.environment),
                cwd=ROOT,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it is ready."""
        wait_until(lambda: self.is_ready, within_s=ENDS_WITHIN_S)

    def end(self, by: signal.Signals) -> None:
        """Send it a signal that ends it, and wait until it has ended."""
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait(ENDS_WITHIN_S)
            self._process = None


@dataclass
class Cluster:
    """All of it. `folder` holds the keys, so that one token is good for every API."""

    folder: Path
    servers: EmbeddedServers
    apis: list[Program]
    worker: Program
    database_url: str

    @property
    def urls(self) -> list[str]:
        """Where the APIs answer: the same addresses after each start."""
        return [api.url for api in self.apis if api.url is not None]

    def token(self, name: str = "ada") -> str:
        """A token that each API takes."""
        return LocalTokens(self.folder, SystemClock()).issue(name)

    def kill_server(self, name: str) -> None:
        """Kill PostgreSQL or Valkey, as the kernel does when memory runs out."""
        os.kill(self.servers.process_ids[name], signal.SIGKILL)
        wait_until(lambda: name in self.servers.fallen())

    def revive_servers(self) -> None:
        """Start again what was killed, at the same address, and wait until it answers."""
        self.servers.revive()


@contextmanager
def a_cluster(*, replicas: int = 2, with_worker: bool = True, **settings: str) -> Iterator[Cluster]:
    """A cluster that is ready; whatever is left of it at the end is stopped."""
    with a_data_folder() as folder, EmbeddedServers(folder / "servers") as servers:
        addresses = servers.start()
        environment = {
            "CAIRN_DATABASE_URL": addresses.database_url,
            "CAIRN_REDIS_URL": addresses.redis_url,
            "CAIRN_DATA_DIR": str(folder),
            **settings,
        }
        apis = [_an_api(f"API {number}", folder, environment) for number in range(1, replicas + 1)]
        worker = Program("worker", ["worker"], environment, folder / "worker.log")
        started = [*apis, worker] if with_worker else apis
        try:
            LocalTokens(folder, SystemClock()).issue("ada")  # the key is there before several look for it
            for program in started:
                program.start()
            for program in started:
                program.wait()
            yield Cluster(folder, servers, apis, worker, addresses.database_url)
        finally:
            for program in started:
                program.end(signal.SIGKILL)


def _an_api(name: str, folder: Path, environment: Mapping[str, str]) -> Program:
    port = _free_port()
    words = ["serve", "--no-worker", "--port", str(port)]
    return Program(name, words, environment, folder / f"{name}.log", f"http://127.0.0.1:{port}")


def _free_port() -> int:
    """One that no client is given while its API is away: below those that the kernel gives to clients."""
    for port in range(PORTS.start + os.getpid() % (len(PORTS) // 2), PORTS.stop):
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _taken:
            _taken.add(port)
            return port
    raise AssertionError("no port is free")
