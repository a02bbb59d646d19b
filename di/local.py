"""The servers, the worker and the tokens that Cairn brings along on a machine of one's own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from asyncpg import PostgresError

from configuration.settings import Settings
from domain.accounts.ports import TokenIssuer
from domain.operations.ports import Fault, HealthCheck
from domain.shared.errors import OperatorError, Unavailable
from domain.shared.ports import Migrations
from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.database.engine import Database
from infrastructure.database.failures import OUTAGES
from infrastructure.database.migrate import migrate as migrate_database
from infrastructure.embedded.companion import Companion
from infrastructure.embedded.servers import Addresses, CannotStart, EmbeddedServers, running_addresses
from infrastructure.machine.clock import SystemClock
from infrastructure.operations import checks as health
from infrastructure.operations.checks_asking import Examined, examined
from infrastructure.operations.checks_pooler import PoolerCheck
from infrastructure.operations.checks_reader import READER, ReaderCheck
from infrastructure.operations.checks_replication import ReplicationCheck
from infrastructure.operations.checks_server import ConnectionsCheck, DurabilityCheck
from infrastructure.operations.faults import database_faults, fault_of

STOPPED = "No Cairn runs on {}. Start it with `cairn serve`, or name another folder with --data-dir."


class CannotMigrate(OperatorError):
    """The database refuses, or cannot be reached; the text says what to do about it."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"The database's tables cannot be brought up to date. {fault.problem} {fault.remedy}")


@contextmanager
def started(settings: Settings) -> Iterator[tuple[Settings, EmbeddedServers | None]]:
    """Settings with the servers' addresses; the embedded servers run inside the block. Raises CannotStart."""
    if not settings.embedded:
        yield settings, None
        return
    servers = EmbeddedServers(settings.data_folder)
    addresses = servers.start()
    try:
        yield _with(settings, addresses), servers
    finally:
        servers.stop()


def connected(settings: Settings) -> Settings:
    """Settings with the addresses of the servers that a running Cairn has on this data folder. Raises CannotStart."""
    if not settings.embedded:
        return settings
    addresses = running_addresses(settings.data_folder)
    if addresses is None:
        raise CannotStart(STOPPED.format(settings.data_folder))
    return _with(settings, addresses)


@contextmanager
def started_or_connected(settings: Settings) -> Iterator[Settings]:
    """The servers of a running Cairn, or else one's own for as long as the block runs. Raises CannotStart."""
    if not settings.embedded or running_addresses(settings.data_folder):
        yield connected(settings)
    else:
        with started(settings) as (ready, _):
            yield ready


async def migrate(settings: Settings) -> list[str]:
    """Bring the database's tables up to date; answers what was applied. Raises CannotMigrate."""
    assert settings.database_url is not None
    # Nothing prepared, so that it may go through a pooler, too.
    database = Database(settings.database_url, pool_size=1, statement_cache_size=0)
    try:
        with database_faults():
            await database.open()
            try:
                return await migrate_database(database)
            finally:
                await database.close()
    except Fault as fault:
        raise CannotMigrate(fault) from fault


async def bring_up_to_date(migrations: Migrations) -> list[str]:
    """What a server does on its start: as `migrate`, but a database that is away raises Unavailable."""
    with suppress(Unavailable, PostgresError, OSError):
        await migrations.require_none_pending()
        return []  # so a role that may not make tables can serve once another has migrated
    try:
        return await migrations.apply()
    except (Unavailable, PostgresError, OSError) as trouble:
        fault, cause = fault_of(trouble), trouble.__cause__ or trouble
        if isinstance(cause, PostgresError) and not isinstance(cause, OUTAGES):
            raise CannotMigrate(fault) from trouble  # waiting does not mend it
        raise Unavailable(f"{fault.problem} {fault.remedy}") from trouble


def local_tokens(settings: Settings) -> TokenIssuer:
    """The tokens of local mode, signed with the key in the data folder. Raises KeyFileError."""
    return LocalTokens(settings.data_folder, SystemClock())


def spawn_worker(settings: Settings) -> Companion:
    """A worker beside this process: it ends when this one does, however that comes about."""
    return Companion("app.cli", ["worker"], worker_environment(settings, os.environ))


def worker_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which a worker uses this process's servers."""
    assert settings.database_url is not None
    assert settings.redis_url is not None
    return {
        **environ,
        "CAIRN_DATABASE_URL": settings.database_url,
        "CAIRN_REDIS_URL": settings.redis_url,
        "CAIRN_DATA_DIR": str(settings.data_folder),
    }


def checks(settings: Settings) -> list[HealthCheck]:
    """What `cairn doctor` looks at. Raises CannotStart when nothing runs on the data folder."""
    ready, clock = connected(settings), SystemClock()
    assert ready.database_url is not None
    assert ready.redis_url is not None
    database = examined(ready.database_url)
    cached = ready.database_statement_cache
    return [
        health.DatabaseCheck(database),
        health.MigrationsCheck(database),
        health.ClockCheck(database, clock),
        ConnectionsCheck(database, pool_size=ready.database_pool_size),
        DurabilityCheck(database),
        PoolerCheck(database, statement_cache=cached),
        ReplicationCheck(database),
        *_reader_checks(ready.database_reader_url, database, cached),
        health.RedisCheck(ready.redis_url),
        health.DiskCheck(ready.data_folder),
    ]


def _reader_checks(reader_url: str | None, writer: Examined, cached: int) -> list[HealthCheck]:
    if reader_url is None:
        return []
    reader = examined(reader_url, setting=READER)
    return [ReaderCheck(reader, writer), PoolerCheck(reader, statement_cache=cached, name="reader's pooler")]


def _with(settings: Settings, addresses: Addresses) -> Settings:
    return replace(settings, database_url=addresses.database_url, redis_url=addresses.redis_url)
