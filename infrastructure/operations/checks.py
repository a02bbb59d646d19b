"""What an operator's first look should find: the database, its tables, the clocks, Redis and the disk."""

import os
import shutil
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.operations.ports import Fault
from domain.shared.ports import Clock
from infrastructure.database.migrate import pending_migrations
from infrastructure.operations.checks_asking import Examined, asked

OLDEST_POSTGRES = 15
CLOCKS_APART_S = 5.0
DISK_SPACE_BYTES = 1_000_000_000
REDIS_TIMEOUT_S = 2.0
WRITABLE = "select not (pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool)"


class DatabaseCheck:
    """PostgreSQL answers, is new enough and takes writes."""

    name = "database"

    def __init__(self, database: Examined) -> None:
        self._database = database

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            version = int(await database.fetchval("select current_setting('server_version_num')::int / 10000"))
            writable = await database.fetchval(WRITABLE)
        if version < OLDEST_POSTGRES:
            raise Fault(f"PostgreSQL {version} is too old.", f"Use PostgreSQL {OLDEST_POSTGRES} or newer.")
        if not writable:
            raise Fault(
                "This server takes no writes: it is a standby, or was made read-only.",
                "Point CAIRN_DATABASE_URL at the primary, or at the balancer's write port.",
            )
        return f"PostgreSQL {version}, writable"


class MigrationsCheck:
    """The database has this release's tables."""

    name = "migrations"

    def __init__(self, database: Examined) -> None:
        self._database = database

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            pending = await pending_migrations(database)
        if pending:
            raise Fault(f"{len(pending)} not applied: {', '.join(pending)}.", "Run `cairn migrate`.")
        return "all applied"


class ClockCheck:
    """This machine and the database's agree on the time: tokens and leases depend on it."""

    name = "clock"

    def __init__(self, database: Examined, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            theirs = await database.fetchval("select clock_timestamp()")
        apart_s = abs((self._clock.now() - theirs).total_seconds())
        if apart_s > CLOCKS_APART_S:
            raise Fault(
                f"This machine's clock and the database's are {apart_s:.0f} s apart.",
                "Turn on time synchronisation (NTP) on both machines.",
            )
        return "in step with the database's"


class RedisCheck:
    """Redis, or Valkey, answers."""

    name = "redis"

    def __init__(self, url: str) -> None:
        self._url = url

    async def run(self) -> str:
        """See HealthCheck."""
        redis = Redis.from_url(self._url, socket_connect_timeout=REDIS_TIMEOUT_S, socket_timeout=REDIS_TIMEOUT_S)
        try:
            info = await redis.info("server")
        except (RedisError, OSError) as trouble:
            raise Fault(
                f"It cannot be used: {str(trouble).rstrip('.')}.",
                "Start it, and check CAIRN_REDIS_URL. Until then no import is worked on; none is lost.",
            ) from trouble
        finally:
            await redis.aclose()
        return f"{info.get('server_name', 'redis')} {info.get('valkey_version') or info['redis_version']}"


class DiskCheck:
    """There is room left where the data lie."""

    name = "disk"

    def __init__(self, folder: Path, *, least_bytes: int = DISK_SPACE_BYTES) -> None:
        self._folder, self._least_bytes = folder, least_bytes

    async def run(self) -> str:
        """See HealthCheck."""
        there = _nearest(self._folder)
        free = shutil.disk_usage(there).free
        if free < self._least_bytes:
            raise Fault(f"Only {free / 1e6:.0f} MB are free at {there}.", "Make room, or move the data folder.")
        return f"{free / 1e9:.1f} GB free at {there}"


def _nearest(folder: Path) -> Path:
    """The folder itself or, before there is one, the folder that it would be made in."""
    return next(place for place in (folder, *folder.parents) if os.path.exists(place))
