"""The one PostgreSQL that Cairn writes to and reads from: its pool, its transactions, and Piccolo's engine over both.

Piccolo's own engine dials the server when it is constructed, which is mended here.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.table import Table

from domain.shared.errors import Unavailable
from infrastructure.database.failures import outage_of, translate_outage
from infrastructure.database.leases import Leases
from infrastructure.database.transaction import HealedTransaction

CONNECT_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 30.0
IDLE_CONNECTION_S = 60.0
CACHED_STATEMENT_BYTES = 65_536  # a read of many fields is longer than asyncpg's 15 KiB
CLOSE_TIMEOUT_S = 5.0


class CairnEngine(PostgresEngine):
    """Piccolo's engine, dialling nobody until the pool is opened."""

    def __init__(self, database_url: str) -> None:
        super().__init__(config={"dsn": database_url})

    async def check_version(self) -> None:
        """The version is looked at by `cairn doctor`, not on construction."""

    async def prep_database(self) -> None:
        """No extension is needed."""

    leases: Leases | None = None

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """A transaction of one repository call."""
        return HealedTransaction(engine=self, allow_nested=allow_nested)


class Database:
    """A pool of connections, opened lazily so that the API can start before its database does."""

    def __init__(
        self,
        database_url: str,
        *,
        pool_size: int = 10,
        statement_cache_size: int = 256,
        command_timeout_s: float | None = COMMAND_TIMEOUT_S,
    ) -> None:
        self.engine = CairnEngine(database_url)
        self._url = database_url
        self._pool_size = pool_size
        self._statement_cache_size = statement_cache_size
        self._command_timeout_s = command_timeout_s

    def patient(self) -> Self:
        """The same server over a connection of its own, whose statements may take as long as they need."""
        cache = self._statement_cache_size
        return type(self)(self._url, pool_size=1, statement_cache_size=cache, command_timeout_s=None)

    async def open(self, tables: Sequence[type[Table]] = ()) -> None:
        """Make the pool (connecting to nobody yet) and give `tables` this engine."""
        self.engine.pool = await asyncpg.create_pool(
            self._url,
            min_size=0,
            max_size=self._pool_size,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=self._command_timeout_s,
            statement_cache_size=self._statement_cache_size,
            max_cacheable_statement_size=CACHED_STATEMENT_BYTES,
            max_inactive_connection_lifetime=IDLE_CONNECTION_S,
            # No session state is ever set, so the reset query, a round trip per statement, is left out.
            reset=_no_reset,
        )
        self.engine.leases = Leases(self.engine.pool, patience_s=self._command_timeout_s)
        for table in tables:
            table._meta.db = self.engine

    async def close(self) -> None:
        """Close the pool, waiting a moment for what is under way; what takes longer is cut off."""
        pool, self.engine.pool = self.engine.pool, None
        leases, self.engine.leases = self.engine.leases, None
        if pool is not None and leases is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await leases.close()
                    await pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for one statement, or several that need no transaction."""
        leases = self._open_leases()
        connection = await leases.take()
        try:
            with translate_outage(connection):
                yield connection
        except BaseException:
            await leases.give_up(connection)
            raise
        await leases.give(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[asyncpg.Connection]:
        """A transaction; Piccolo's queries inside it take part in it."""
        self._open_leases()
        async with self.engine.transaction() as transaction:
            with translate_outage(transaction.connection):
                yield transaction.connection

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """The rows of one statement."""
        async with self.connection() as connection:
            return cast("list[asyncpg.Record]", await connection.fetch(sql, *args))

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first column of the first row of one statement, or None."""
        leases = self._open_leases()  # every read comes by here: `connection` would cost it a tenth
        connection = await leases.take()
        try:
            value = await connection.fetchval(sql, *args)
        except BaseException as error:
            translated = outage_of(error, connection)
            await leases.give_up(connection)
            if translated is None:
                raise
            raise translated from error
        if not leases.give_at_once(connection):
            await leases.give_up(connection)
        return value

    async def ping(self) -> None:
        """Raise Unavailable unless the server takes writes."""
        if await self.fetchval("select pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool"):
            raise Unavailable("The database answers, but it is read-only now.")

    def _open_leases(self) -> Leases:
        if self.engine.leases is None:
            raise Unavailable("The database connection is closed: the server is stopping.")
        return self.engine.leases


async def _no_reset(_connection: asyncpg.Connection) -> None:
    """Leave the session as it is."""
