"""What the page about backups says to type is typed here, against a server that has Cairn's tables."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from infrastructure.database.engine import Database
from infrastructure.database.migrate import migrate
from infrastructure.embedded.identity import give
from tests.conftest import ROOT, a_data_folder, eventually
from tests.factories.standbys import Node, a_node

PAGE = (ROOT / "docs" / "backup-and-upgrade.md").read_text()
RECEIVING = "select count(*) from pg_stat_replication where application_name = 'pg_receivewal'"


@pytest.fixture
def node() -> Iterator[Node]:
    with a_node(wal_keep_size="64MB") as started:
        yield started


@pytest.fixture
def backup() -> Iterator[Path]:
    with a_data_folder() as folder:
        folder.chmod(0o755)  # PostgreSQL reads from it as somebody else
        yield folder


def blocks(title: str) -> list[str]:
    """The commands below a title of the page."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found: list[str] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    assert found, title
    return found


def surroundings(node: Node, backup: Path, **more: str) -> Mapping[str, str]:
    path = f"{node.cluster.programs}{os.pathsep}{os.environ['PATH']}"
    known = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return known | {"PATH": path, "PGHOST": str(node.sockets), "PGUSER": "postgres", "BACKUP": str(backup)} | more


def type_in(block: str, environment: Mapping[str, str]) -> None:
    ended = subprocess.run(
        ["sh", "-euc", block], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr


async def asked(node: Node, sql: str) -> object:
    connection = await asyncpg.connect(node.url)
    value = await connection.fetchval(sql)
    await connection.close()
    return value


@contextmanager
def receiving(environment: Mapping[str, str]) -> Iterator[None]:
    """The service that takes the server's changes away."""
    (block,) = [block for block in blocks("Every change") if "pg_receivewal" in block]
    with subprocess.Popen(["sh", "-euc", block], env=environment, stderr=subprocess.DEVNULL) as service:
        try:
            yield
        finally:
            service.kill()


async def test_a_dump_brings_everything_back(node: Node, backup: Path) -> None:
    database = Database(node.url, pool_size=1)
    await database.open()
    await migrate(database)
    await database.close()
    had = await asked(node, "select count(*) from migration")
    type_in(blocks("A dump")[0], surroundings(node, backup))
    await asked(node, "delete from migration")

    for block in blocks("A dump comes back"):
        type_in(block, surroundings(node, backup))
    assert had
    assert await asked(node, "select count(*) from migration") == had
    assert await asked(node, "select tableowner from pg_tables where tablename = 'migration'") == "cairn"


async def test_a_base_backup_and_every_change_go_back_to_a_moment(node: Node, backup: Path) -> None:
    _, taking, clearing = blocks("Every change")
    with receiving(surroundings(node, backup)):
        type_in(taking, surroundings(node, backup))
        type_in(clearing, surroundings(node, backup))
        await asked(node, "create table run as select 'this is to come back'::text as name")
        until = str(await asked(node, "select clock_timestamp()"))
        await asked(node, "delete from run")
        await eventually(lambda: asked(node, RECEIVING))
        node.stop()  # which waits until all has been taken away

    restored = replace(node, cluster=replace(node.cluster, path=node.cluster.path.with_name("restored")))
    preparing, afterwards = blocks("Back to a moment")
    type_in(preparing, surroundings(node, backup, PGDATA=str(restored.cluster.path), UNTIL=until))
    give(restored.cluster.path, node.cluster.identity)
    give(backup / "wal", node.cluster.identity)
    restored.start()
    try:
        await eventually(lambda: asked(restored, "select not pg_is_in_recovery()"))
        assert await asked(restored, "select name from run") == "this is to come back"
        type_in(afterwards, surroundings(node, backup))
        assert "recovery_target" not in (restored.cluster.path / "postgresql.auto.conf").read_text()
    finally:
        restored.stop()
