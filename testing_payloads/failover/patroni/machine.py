"""A machine of the Patroni rig: Patroni and the PostgreSQL it starts, which can be lost together or one by one."""

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import quote

from infrastructure.embedded.identity import give
from testing_payloads.failover.patroni import first as patroni_first
from testing_payloads.failover.patroni import settings as patroni_settings
from testing_payloads.failover.patroni.settings import HOST, PASSWORD, Ports
from testing_payloads.failover.servers.keeper import descendants
from testing_payloads.failover.servers.parts import part
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.programs import Postgres
from testing_payloads.failover.servers.refusals import RigRefused


class Machine:
    """One of the two. `home` holds its data, its configuration and its logs."""

    host = HOST

    def __init__(self, name: str, ports: Ports, home: Path, *, patroni: Path, postgres: Postgres, etcd: int) -> None:
        self.name, self.ports, self.port, self.data = name, ports, ports.postgres, home / "data"
        self._home, self._postgres, self._patroni = home, postgres, patroni
        self._web = ports.patroni
        self._process: Process | None = None
        home.mkdir(mode=0o700, exist_ok=True)
        told = patroni_settings.patroni(name, ports, etcd=etcd, home=home, programs=postgres.folder)
        self._configuration = home / "patroni.json"
        self._configuration.write_text(told, "utf-8")
        give(home, postgres.identity)

    @property
    def admin_url(self) -> str:
        """How the superuser signs in to this very server."""
        return f"postgresql://postgres:{quote(PASSWORD)}@{HOST}:{self.port}/postgres"

    @property
    def pid(self) -> int | None:
        """PostgreSQL's first process, if there is one; the note of one that was killed is not taken for it."""
        try:
            number = int((self.data / "postmaster.pid").read_text("ascii").partition("\n")[0])
        except (FileNotFoundError, ValueError):
            return None
        return number if self._process and number in descendants(self._process.pid) else None

    @property
    def is_running(self) -> bool:
        """Whether Patroni runs; PostgreSQL may be on its way."""
        return self._process is not None and self._process.is_running

    def start(self) -> None:
        """Start Patroni, which starts PostgreSQL in the part that is its own; again, it does nothing."""
        if not self.is_running:
            first = [sys.executable, "-I", "-S", patroni_first.__file__]
            self._process = Process(
                [*first, self._patroni, self._configuration],
                log=self._home / "patroni.log",
                identity=self._postgres.identity,
            )

    def kill(self) -> None:
        """Kill Patroni and PostgreSQL at once, as when the machine loses its power."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def kill_postgres(self) -> None:
        """Kill PostgreSQL alone, its first process and all its others; Patroni lives on and finds out."""
        if (first := self.pid) is not None:
            for process in (first, *descendants(first)):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def freeze(self) -> None:
        """Stop all of the machine where it stands."""
        if self._process is not None:
            self._process.freeze()

    def thaw(self) -> None:
        """Let all of it go on where it stood."""
        if self._process is not None:
            self._process.thaw()

    def says_it_writes(self, within_s: float = 0.2) -> bool:
        """Whether PostgreSQL itself says that it takes writes, whatever Patroni knows of it."""
        return part(HOST, self.port, within_s=within_s) == "writer"

    def has_the_lead(self) -> bool:
        """Whether its Patroni holds the leader's key and its PostgreSQL takes writes."""
        return ask(self._web, "/primary")[0] == HTTPStatus.OK

    def members(self) -> list[Mapping[str, Any]]:
        """What this machine's Patroni knows of both; nothing when it does not answer."""
        status, said = ask(self._web, "/cluster")
        return list(json.loads(said)["members"]) if status == HTTPStatus.OK else []

    def hand_over(self, to: str) -> None:
        """Have this machine, which writes, give the writing to the other in good order."""
        told = json.dumps({"leader": self.name, "candidate": to})
        status, said = ask(self._web, "/switchover", told=told, within_s=60)
        if status != HTTPStatus.OK:
            raise RigRefused(f"Patroni does not switch: {said}")


def ask(port: int, path: str, *, told: str | None = None, within_s: float = 2.0) -> tuple[int, str]:
    """A small web server's status and answer; 0 and the reason when there is none."""
    line = HTTPConnection(HOST, port, timeout=within_s)
    try:
        line.request("GET" if told is None else "POST", path, told)
        answer = line.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (OSError, HTTPException) as reason:
        return 0, str(reason)
    finally:
        line.close()
