"""A PostgreSQL of one's own that can be set up badly, a standby of it, and pgbouncer before it."""

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from infrastructure.embedded.child import Child
from infrastructure.embedded.cluster import Cluster
from infrastructure.embedded.identity import IdentityRefused, give, identities
from infrastructure.embedded.programs import postgres_programs
from tests.conftest import a_data_folder, eventually
from tests.factories.debian import install

ANYBODY = "local all all trust\nlocal replication all trust\n"  # who reaches the socket
STOPS_WITHIN_S = 30.0


@dataclass
class Node:
    """A server on a socket of its own; `settings` hold from its next start on."""

    cluster: Cluster
    sockets: Path
    settings: dict[str, str]
    child: Child | None = None

    @property
    def url(self) -> str:
        """Where the plain role `cairn` comes in."""
        return f"postgresql://cairn@/cairn?host={quote(str(self.sockets))}"

    @property
    def is_ready(self) -> bool:
        """Whether it says so itself, as a standby does too: the eighth line of its note."""
        note = self.cluster.path / "postmaster.pid"
        return note.exists() and note.read_text().rstrip().endswith("ready")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {
            "cluster_name": self.cluster.path.name,
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "idle_in_transaction_session_timeout": "30s",
            **self.settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.child = self.cluster.run("postgres", *options, farewell=signal.SIGINT)
        self.child.until(lambda: self.is_ready, patience_s=60, name=self.cluster.path.name)

    def stop(self) -> None:
        """Stop it in good order."""
        if self.child is not None:
            self.child.stop(STOPS_WITHIN_S)
            self.child = None

    async def do(self, *statements: str) -> None:
        """Do this as the superuser, and wait until the server has read its settings again."""
        connection = await self._superuser()
        for statement in statements:
            await connection.execute(statement)
        asked_at = await connection.fetchval("select clock_timestamp()")
        await connection.execute("select pg_reload_conf()")
        await connection.close()

        async def read_again() -> bool:
            newcomer = await self._superuser()
            read_at = await newcomer.fetchval("select pg_conf_load_time()")
            await newcomer.close()
            return bool(read_at > asked_at)

        await eventually(read_again)

    async def _superuser(self) -> asyncpg.Connection:
        return await asyncpg.connect(f"postgresql://postgres@/postgres?host={quote(str(self.sockets))}")


@contextmanager
def a_node(name: str = "a", **settings: str) -> Iterator[Node]:
    """A server with an empty database for Cairn; it has stopped when the block ends."""
    with a_data_folder() as folder:
        node = _new(folder, name, settings)
        node.start()
        try:
            yield node
        finally:
            node.stop()


@contextmanager
def a_standby(of: Node, name: str = "b", **settings: str) -> Iterator[Node]:
    """A copy of a server that runs, which follows it."""
    cluster = replace(of.cluster, path=of.cluster.path.with_name(name))
    node = Node(cluster, _sockets(cluster, name), settings)
    source = f"host={of.sockets} user=postgres"
    cluster.run("pg_basebackup", "--checkpoint=fast", "--no-sync", "-R", "-d", source, farewell=signal.SIGTERM).finish(
        patience_s=60, name="pg_basebackup"
    )
    node.start()
    try:
        yield node
    finally:
        node.stop()


@contextmanager
def a_pgbouncer(before: Node, *, pool_mode: str = "transaction", **settings: str | int) -> Iterator[str]:
    """The address of pgbouncer before a server; skips where there is none."""
    program = pgbouncer()
    sockets = _sockets(before.cluster, "pgbouncer")
    lines = {"listen_port": 6432, "unix_socket_dir": sockets, "auth_type": "any", "pool_mode": pool_mode, **settings}
    given = "".join(f"{name} = {value}\n" for name, value in lines.items())
    configuration = sockets / "pgbouncer.ini"
    configuration.write_text(f"[databases]\ncairn = host={before.sockets} user=cairn\n[pgbouncer]\n{given}")
    give(sockets, before.cluster.identity)
    child = Child(
        [program, configuration], log=sockets / "log", farewell=signal.SIGINT, identity=before.cluster.identity
    )
    try:
        child.until((sockets / ".s.PGSQL.6432").exists, patience_s=30, name="pgbouncer")
        yield f"postgresql://cairn@/cairn?host={quote(str(sockets))}&port=6432"
    finally:
        child.stop(STOPS_WITHIN_S)


@cache
def pgbouncer() -> str:
    """The program, installed if need be; skips where it cannot be."""
    if _pgbouncer() is None:
        install("pgbouncer")
    found = _pgbouncer()
    if found is None:
        pytest.skip("no pgbouncer here to stand between, and it could not be installed")
    return found


def _pgbouncer() -> str | None:
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/usr/local/sbin")


def _new(folder: Path, name: str, settings: dict[str, str]) -> Node:
    folder.chmod(0o711)  # so that whoever PostgreSQL runs as gets by
    for identity in identities():
        programs = postgres_programs(identity, folder / "programs")
        (data := folder / "data").mkdir(exist_ok=True)
        give(data, identity)
        cluster = Cluster(data / name, programs, identity, folder / "log")
        try:
            cluster.try_identity()
        except IdentityRefused:
            continue
        cluster.get_ready("development-only", new_password=True, require_room=lambda: None)
        (cluster.path / "pg_hba.conf").write_text(ANYBODY)
        return Node(cluster, _sockets(cluster, name), settings)
    raise AssertionError("this machine lends PostgreSQL no identity")


def _sockets(cluster: Cluster, name: str) -> Path:
    sockets = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=cluster.path.parent.parent))
    give(sockets, cluster.identity)
    return sockets
