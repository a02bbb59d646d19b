"""Bring the database's tables up to date, all at once or not at all, whoever else is trying to."""

import importlib
import os
import pkgutil
from collections.abc import Awaitable, Callable
from types import ModuleType

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
    Migration._meta.db = database.engine
    if await Migration.table_exists():
        done = await Migration.get_migrations_which_ran(app_name=APP_NAME)
    else:
        done = []
    return sorted(set(_modules()) - set(done))


async def _apply_pending(database: Database) -> list[str]:
    piccolo_conf.DB = database.engine
    os.environ["PICCOLO_CONF"] = piccolo_conf.__name__
    async with database.transaction() as connection:
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
        await connection.execute(CREATE_TABLE)
        pending = await pending_migrations(database)
        for name in pending:
            await _apply(_modules()[name])
    return pending


async def _apply(module: ModuleType) -> None:
    forwards: Callable[[], Awaitable[MigrationManager]] = module.forwards
    # Piccolo prints its progress. Redirecting stdout would take away everybody's meanwhile, not only Piccolo's.
    setattr(migration_manager, "print", _say_nothing)  # noqa: B010 - the module has no such name until now
    await (await forwards()).run()
    await Migration.insert(Migration(name=module.ID, app_name=APP_NAME))


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
