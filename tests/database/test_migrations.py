"""Migrations: all or nothing, once, whoever tries, on every PostgreSQL that is supported."""

import asyncio
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import asyncpg
import pytest
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

import migrations
from domain.shared.errors import Unavailable
from infrastructure.database import migrate as migrating
from infrastructure.database.engine import Database
from infrastructure.database.migrate import DatabaseMigrations, migrate, pending_migrations
from tests.conftest import ROOT, clean_environment
from tests.database.conftest import opened

OLDEST = Path("/usr/lib/postgresql/15/bin")
TABLES = """select table_name from information_schema.tables where table_schema = 'public' order by table_name"""
REPLICA = """
import asyncio, sys
from infrastructure.database.engine import Database
from infrastructure.database.migrate import migrate

async def replica():
    database = Database(sys.argv[1])
    await database.open()
    print(len(await migrate(database)))
    await database.close()

asyncio.run(replica())
"""


async def tables(database: Database) -> list[str]:
    return [row["table_name"] for row in await database.fetch(TABLES)]


async def test_an_empty_database_gets_all_tables_and_then_nothing(empty_url: str) -> None:
    async with opened(empty_url) as database:
        applied = await migrate(database)
        assert applied == sorted(applied)
        assert len(applied) == len([*pkgutil.iter_modules(migrations.__path__)])
        assert {"athlete", "plan", "workout", "run", "job", "migration"} <= set(await tables(database))
        assert await migrate(database) == []


async def test_what_is_pending_is_told_until_it_is_applied(empty_url: str) -> None:
    async with opened(empty_url) as database:
        pending = await pending_migrations(database)
        known = DatabaseMigrations(database)
        with pytest.raises(Unavailable, match=f"{pending[0]}.*cairn migrate"):
            await known.require_none_pending()
        assert await known.apply() == pending
        await known.require_none_pending()
        assert await pending_migrations(database) == []


async def test_asking_what_is_pending_does_not_disturb_who_migrates(empty_url: str) -> None:
    async with opened(empty_url) as database, opened(empty_url) as asking:
        migration = asyncio.create_task(migrate(database))
        while not migration.done():
            await pending_migrations(asking)
        assert await migration == sorted(migration.result())
        assert await pending_migrations(asking) == []


async def test_two_who_migrate_in_one_process_apply_each_migration_once(empty_url: str) -> None:
    async with opened(empty_url) as one, opened(empty_url) as other:
        applied = await asyncio.gather(migrate(one), migrate(other))
        assert sorted(map(bool, applied)) == [False, True]
        assert await pending_migrations(one) == []


async def test_replicas_that_start_together_apply_each_migration_once(empty_url: str) -> None:
    async def start() -> int:
        replica = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", REPLICA, empty_url), cwd=ROOT, stdout=subprocess.PIPE, env=clean_environment()
        )
        said, _ = await replica.communicate()
        return int(said)

    counts = await asyncio.gather(*(start() for _ in range(3)))
    async with opened(empty_url) as database:
        assert sum(counts) == max(counts) == await database.fetchval("select count(*) from migration")


def a_migration(id: str, *statements: str) -> ModuleType:
    """A module that runs `statements`, the last of which may fail."""

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=id, app_name="cairn", description="test")

        async def run() -> None:
            for statement in statements:
                await Migration.raw(statement)

        manager.add_raw(run)
        return manager

    module = ModuleType(id)
    module.__dict__.update(ID=id, forwards=forwards)
    return module


async def test_a_migration_that_fails_leaves_nothing_of_itself_or_of_those_before(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        a_migration("2026-01-01T00:00:00:000000", "create table first (id int)"),
        a_migration("2026-01-02T00:00:00:000000", "create table second (id int)", "select 1/0"),
    ]
    monkeypatch.setattr(migrating, "_modules", lambda: {module.ID: module for module in made})
    async with opened(empty_url) as database:
        with pytest.raises(asyncpg.DivisionByZeroError):
            await migrate(database)
        assert await tables(database) == []
        assert await pending_migrations(database) == [module.ID for module in made]


async def test_a_migration_may_take_longer_than_a_request(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = a_migration("2026-01-01T00:00:00:000000", "select pg_sleep(0.5)", "create table first (id int)")
    monkeypatch.setattr(migrating, "_modules", lambda: {made.ID: made})
    async with opened(empty_url, command_timeout_s=0.2) as database:
        assert await migrate(database) == [made.ID]


async def test_migrations_say_nothing_and_let_others_speak(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = a_migration("2026-01-01T00:00:00:000000", "select pg_sleep(0.1)")
    monkeypatch.setattr(migrating, "_modules", lambda: {made.ID: made})
    async with opened(empty_url) as database:
        going_on = asyncio.create_task(migrate(database))
        while not going_on.done():
            print("I am serving")
            await asyncio.sleep(0.01)
        await going_on
    assert set(capsys.readouterr().out.splitlines()) == {"I am serving"}


@pytest.fixture(scope="module")
def oldest_url() -> Iterator[str]:
    """A server of the oldest PostgreSQL that is supported, where it is installed."""
    if not OLDEST.is_dir():
        pytest.skip("PostgreSQL 15 is not installed here")
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="cairn-test-") as folder:
        if as_nobody:
            os.chown(folder, 65534, 65534)
        data = f"{folder}/data"
        control = [*as_nobody, OLDEST / "pg_ctl", "-D", data, "-s", "-w"]
        subprocess.run(
            [*as_nobody, OLDEST / "initdb", "-D", data, "-U", "cairn", "-A", "trust", "-N"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        subprocess.run([*control, "-o", options, "-l", f"{folder}/log", "start"], check=True, cwd=folder)
        try:
            yield f"postgresql://cairn@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, cwd=folder)


async def test_the_oldest_supported_server_gets_the_same_tables(oldest_url: str, empty_url: str) -> None:
    async with opened(oldest_url) as oldest, opened(empty_url) as newest:
        assert await migrate(oldest) == await migrate(newest)
        assert await tables(oldest) == await tables(newest)
