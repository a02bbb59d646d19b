"""One PostgreSQL of the pair, started by the very scripts that docker-compose.multi-db.yml starts it with."""

import os
import re
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from infrastructure.embedded.identity import give
from testing_payloads.failover.servers.parts import Part, part
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.programs import Postgres
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.servers.server import Server
from testing_payloads.failover.servers.shared_memory import remove_shared_memory
from testing_payloads.failover.servers.sql import run_sql

CONFIGURATION = Path(__file__).parents[3] / "configuration" / "postgres"
IMAGE = Path(__file__).parent / "image"
_INITDB_SCRIPTS = ("10-cairn.sh", "20-pair.sh")


@dataclass(frozen=True, slots=True)
class Passwords:
    """Of the superuser, of the role that replicates, and of Cairn's own role: new ones for each rig."""

    superuser: str
    replicator: str
    cairn: str


@dataclass(slots=True)
class Node(Server):
    """One of the two. `partner_address` is where the other answers, `balancer` from where HAProxy's check comes."""

    name: str
    host: str
    port: int
    folder: Path
    postgres: Postgres
    passwords: Passwords
    partner_address: tuple[str, int]
    balancer: str
    inside: Sequence[str] = ()
    is_frozen: bool = False

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        return f"Node {self.name}"

    @property
    def data(self) -> Path:
        """The folder of its data."""
        return self.folder / "data"

    @property
    def cluster_name(self) -> str:
        """Its name in `synchronous_standby_names` and in `pg_stat_replication`."""
        return f"postgres_{self.name}"

    @property
    def admin_url(self) -> str:
        """Its address for the superuser, past HAProxy."""
        return f"postgresql://postgres:{self.passwords.superuser}@{self.host}:{self.port}/postgres"

    def part(self) -> Part | None:
        """Writer or standby, asked just now; None when it does not run or does not answer."""
        return part(self.host, self.port) if self.is_running and not self.is_frozen else None

    def sql(self, *statements: str, within_s: float = 30.0) -> str:
        """Run statements as the superuser; what the last one gives, as text."""
        return run_sql(self.postgres.folder / "psql", self.admin_url, *statements, within_s=within_s)

    def prepare(self) -> None:
        """Make its folder and its configuration."""
        (self.folder / "run").mkdir(parents=True, exist_ok=True, mode=0o700)
        scripts = self.folder / "initdb"
        scripts.mkdir(exist_ok=True)
        for name in _INITDB_SCRIPTS:
            shutil.copy(CONFIGURATION / name, scripts)
        (self.folder / "postgresql.conf").write_text(self._settings(), encoding="utf-8")
        (self.folder / "pg_hba.conf").write_text(self._access(), encoding="utf-8")
        shutil.copy(CONFIGURATION / "join.sh", self.folder)
        shutil.copytree(IMAGE, self.folder / "image", dirs_exist_ok=True)
        give(self.folder, self.postgres.identity)

    def begin(self, *, first: bool) -> None:
        """Start it in the part that is its own, and do not wait. `first` may make an empty database."""
        if self.is_running:
            raise RigRefused(f"Node {self.name} runs already.")
        self.is_frozen = False
        started = Process(
            ["/bin/sh", self.folder / "join.sh", "postgres", *self._options()],
            log=self.folder / "postgres.log",
            identity=self.postgres.identity,
            environment=self._environment(first=first),
            farewell=signal.SIGQUIT,
            inside=self.inside,
        )
        self.take(started)

    def wait_ready(self, within_s: float = 60.0) -> None:
        """Wait until it answers; refuses with its last words when it ends instead."""
        self.process.until(self.part, name=self.title, within_s=within_s)

    def stop(self) -> None:
        """Stop it fast, in good order, and wait until it has ended."""
        if self.is_frozen:
            raise RigRefused(f"{self.title} is frozen, so it would not hear that it is to stop: thaw it first.")
        process = self.process
        process.send(signal.SIGINT)
        process.wait()

    def freeze(self) -> None:
        """Stop it and all its backends where they stand: connections stay open, and nothing answers."""
        self.process.freeze()
        self.is_frozen = True

    def thaw(self) -> None:
        """Let it go on, as if nothing had happened."""
        self.process.thaw()
        self.is_frozen = False

    def forget(self) -> None:
        """Wait until it has ended, and take away the one thing that it leaves outside of its folder when killed."""
        Server.forget(self)  # super() does not find its class in a dataclass with slots
        remove_shared_memory(self.data / "postmaster.pid")

    def _options(self) -> list[str]:
        return ["-c", f"config_file={self.folder / 'postgresql.conf'}", "-c", f"cluster_name={self.cluster_name}"]

    def _environment(self, *, first: bool) -> Mapping[str, str]:
        host, port = self.partner_address
        return {
            "PATH": f"{self.folder / 'image'}:{self.postgres.folder}:{os.defpath}",
            "PGDATA": str(self.data),
            "PGHOST": str(self.folder / "run"),
            "PGUSER": "postgres",
            "CONFIG_FILE": str(self.folder / "postgresql.conf"),
            "INITDB_SCRIPTS": str(self.folder / "initdb"),
            "PARTNER": host,
            "PARTNER_PORT": str(port),
            "FIRST": "yes" if first else "no",
            "POSTGRES_PASSWORD": self.passwords.superuser,
            "REPLICATION_PASSWORD": self.passwords.replicator,
            "DATABASE_PASSWORD": self.passwords.cairn,
        }

    def _settings(self) -> str:
        """The pair's own file, and at its end what is different without a container of one's own."""
        text = (CONFIGURATION / "postgresql.conf").read_text(encoding="utf-8")
        if self.postgres.major < 16:
            text = re.sub(r"^reserved_connections = .*\n", "", text, flags=re.MULTILINE)
        own = {
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder / "run"),
            "hba_file": str(self.folder / "pg_hba.conf"),
            "shared_buffers": "64MB",
            "dynamic_shared_memory_type": "mmap",  # in the data folder: nothing stays in /dev/shm after kill -9
        }
        return text + "\n# The rig.\n" + "".join(f"{name} = '{value}'\n" for name, value in own.items())

    def _access(self) -> str:
        """The pair's own rules, for the address that HAProxy has here, and a way in for the superuser of the rig."""
        text = (CONFIGURATION / "pg_hba.conf").read_text(encoding="utf-8")
        text = re.sub(r"\S+(?=\s+trust$)", f"{self.balancer}/32", text, flags=re.MULTILINE)
        text = text.replace("peer", "scram-sha-256")
        return f"{text}\nhost    all          postgres     {self.balancer}/32     scram-sha-256\n"
