"""Bring the database's tables up to date, all at once or not at all, whoever else is trying to."""

import asyncio
import importlib
import os
import pkgutil
from collections.abc import Awaitable, Callable
from types import ModuleType

import asyncpg
from piccolo.apps.migrations.auto import migration_manager
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

import migrations
from domain.shared.errors import Unavailable
from infrastructure.database import piccolo_conf
from infrastructure.database.engine import Database

APP_NAME = "cairn"
LOCK = 0x_CA_12_4E  # any number, the same for every replica
CREATE_TABLE = """
create table if not exists migration (
    id serial primary key, name varchar(200) not null, app_name varchar(200) not null,
    ran_on timestamp not null default current_timestamp)
"""
DONE = "select name from migration where app_name = $1"
RECORD = "insert into migration (name, app_name) values ($1, $2)"
ONE_AT_A_TIME = asyncio.Lock()  # within this process: Piccolo finds its engine in a global


async def migrate(database: Database) -> list[str]:
    """Apply what is pending, under a lock that replicas starting together wait for; return what was applied.

    Statements have no time limit here: an index over many runs takes its time, and so does whoever holds the lock.
    """
    patient = database.patient()
    await patient.open()
    try:
        return await _apply_pending(patient)
    finally:
        await patient.close()


async def pending_migrations(database: Database) -> list[str]:
    """The ids of the migrations that this release has and the database has not."""
    async with database.connection() as connection:
        return await _pending(connection)


async def _pending(connection: asyncpg.Connection) -> list[str]:
    # Asked without Piccolo: its tables have one engine in the whole process, which may be migrating just now.
    done = []
    if await connection.fetchval("select to_regclass('migration')"):
        done = [row["name"] for row in await connection.fetch(DONE, APP_NAME)]
    return sorted(set(_modules()) - set(done))


async def _apply_pending(database: Database) -> list[str]:
    os.environ["PICCOLO_CONF"] = piccolo_conf.__name__
    async with ONE_AT_A_TIME, database.transaction() as connection:
        piccolo_conf.DB = Migration._meta.db = database.engine
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(CREATE_TABLE)
        pending = await _pending(connection)
        for name in pending:
            await _apply(_modules()[name])
            await connection.execute(RECORD, name, APP_NAME)
    return pending


async def _apply(module: ModuleType) -> None:
    forwards: Callable[[], Awaitable[MigrationManager]] = module.forwards
    # Piccolo prints its progress. Redirecting stdout would take away everybody's meanwhile, not only Piccolo's.
    setattr(migration_manager, "print", _say_nothing)  # noqa: B010 - the module has no such name until now
    await (await forwards()).run()


def _say_nothing(*_: object, **__: object) -> None:
    """Print nowhere."""


def _modules() -> dict[str, ModuleType]:
    names = (module.name for module in pkgutil.iter_modules(migrations.__path__))
    modules = [importlib.import_module(f"{migrations.__name__}.{name}") for name in names]
    return {module.ID: module for module in modules}


class DatabaseMigrations:
    """See domain.shared.ports.Migrations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done = False

    async def apply(self) -> list[str]:
        """See Migrations.apply."""
        return await migrate(self._database)

    async def require_none_pending(self) -> None:
        """Asked once with success, never again: migrations of this release do not go away."""
        if not self._done:
            if pending := await pending_migrations(self._database):
                raise Unavailable(f"Migrations are pending: {', '.join(pending)}. Run `cairn migrate`.")
            self._done = True
