"""The one PostgreSQL that Cairn writes to and reads from: its pool, its transactions, and Piccolo's engine over both.

Piccolo's own engine dials the server when it is constructed, which is mended here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Self, TypeVar

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.table import Table

from domain.shared.errors import Unavailable
from domain.shared.ports import HoldUp
from infrastructure.database.commits import Commits
from infrastructure.database.connections import STATEMENTS_CACHED, open_pool
from infrastructure.database.failures import NOT_DONE, outage_of, translate_dialling, translate_outage
from infrastructure.database.leases import Leases
from infrastructure.database.outage import Outage
from infrastructure.database.patience import Patience
from infrastructure.database.transaction import HealedTransaction
from infrastructure.database.turns import Turns, most_writers

CONNECT_TIMEOUT_S = 2.0
LOOK_TIMEOUT_S = 2.0  # no less: a server that is slow to take connections is not away
COMMAND_TIMEOUT_S = 30.0
PATIENCE_S = 10.0
CLOSE_TIMEOUT_S = 5.0
WRITABLE = "select not (pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool)"
T = TypeVar("T")


class CairnEngine(PostgresEngine):
    """Piccolo's engine, dialling nobody until the pool is opened."""

    def __init__(self, database_url: str) -> None:
        super().__init__(config={"dsn": database_url})

    async def check_version(self) -> None:
        """The version is looked at by `cairn doctor`, not on construction."""

    async def prep_database(self) -> None:
        """No extension is needed."""

    leases: Leases | None = None
    turns: Turns
    commits: Commits

    def transaction(self, allow_nested: bool = True) -> PostgresTransaction:
        """A transaction of one repository call."""
        return HealedTransaction(engine=self, allow_nested=allow_nested)


class Database:
    """A pool of connections, opened lazily so that the API can start before its database does.

    `fetch`, `fetchval`, `read` and `write` go on through an outage for `patience_s`, or until the operation under way
    must be answered; with none (0) an outage is told at once.
    """

    def __init__(
        self,
        database_url: str,
        *,
        pool_size: int = 10,
        statement_cache_size: int = STATEMENTS_CACHED,
        command_timeout_s: float | None = COMMAND_TIMEOUT_S,
        patience_s: float = 0.0,
        jitter: Callable[[], float] = lambda: 0.5,
    ) -> None:
        self.engine = CairnEngine(database_url)
        self._url = database_url
        self._pool_size = pool_size
        self._statement_cache_size = statement_cache_size
        self._command_timeout_s = command_timeout_s
        self.patience_s, self._jitter = patience_s, jitter

    def patient(self) -> Self:
        """The same server over a connection of its own, whose statements may take as long as they need."""
        cache = self._statement_cache_size
        return type(self)(self._url, pool_size=1, statement_cache_size=cache, command_timeout_s=None)

    async def open(self, tables: Sequence[type[Table]] = ()) -> None:
        """Make the pool (connecting to nobody yet) and give `tables` this engine."""
        self.engine.pool = await open_pool(
            self._url,
            size=self._pool_size,
            connect_within_s=CONNECT_TIMEOUT_S,
            command_timeout_s=self._command_timeout_s,
            statement_cache_size=self._statement_cache_size,
        )
        self.engine.leases = Leases(self.engine.pool, patience_s=self._command_timeout_s)
        self.engine.commits = Commits()
        self.engine.turns = Turns(most_writers(self._pool_size), patience_s=self._command_timeout_s)
        self._outage = Outage(self._look, self._jitter, lose=self.engine.leases.expire)
        self._patience = Patience(self._outage, longest_s=self.patience_s, jitter=self._jitter)
        for table in tables:
            table._meta.db = self.engine

    async def close(self) -> None:
        """Close the pool, waiting a moment for what is under way; what takes longer is cut off."""
        pool, self.engine.pool = self.engine.pool, None
        leases, self.engine.leases = self.engine.leases, None
        if pool is not None and leases is not None:
            await self._outage.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await leases.close()
                    await pool.close()

    @property
    def hold_up(self) -> HoldUp | None:
        """See Outages.hold_up."""
        if self._outage.is_on:
            return HoldUp.AWAY
        return HoldUp.COMMITS_WAIT if self.engine.commits.wait else None

    def wait_no_longer(self) -> None:
        """See Outages.wait_no_longer."""
        self._outage.stop()

    @property
    def outages(self) -> int:
        """How many there have been: what is remembered from before the last one may have been lost in it."""
        return self._outage.count

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for one statement, or several that need no transaction. Nothing in it is tried again."""
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
        """A transaction; Piccolo's queries inside it take part in it. Nothing in it is tried again."""
        self._open_leases()
        async with self.engine.transaction() as transaction:
            with translate_outage(transaction.connection):
                yield transaction.connection

    async def read(self, ask: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """What `ask` answers of a connection; it only reads, or does what may be done twice, as it may be."""

        async def attempt() -> T:
            async with self.connection() as connection:
                return await ask(connection)

        return await self._patience.see_through(attempt, for_writing=False, settles=True)

    async def write(self, change: Callable[[asyncpg.Connection], Awaitable[T]], *, settles: bool = False) -> T:
        """What `change` answers, in a transaction that is stored once.

        `change` is run again when the server goes away or another transaction gets in its way. When the server goes
        away during the commit it is run again only if it `settles`: if it finds by a key or an id that it was stored.
        Raises Unavailable, OutcomeUnknown.
        """

        async def attempt() -> T:
            async with self.transaction() as connection:
                return await change(connection)

        return await self._patience.see_through(attempt, for_writing=True, settles=settles)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """The rows of one statement, which is run again if the server goes away: twice it must do no harm."""
        return await self.read(lambda connection: connection.fetch(sql, *args))

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """The first column of the first row of one statement, or None; run again like that of `fetch`."""
        leases = self._open_leases()  # every read comes by here: `connection` would cost it a tenth
        if self._outage.is_on:
            return await self._fetchval_again(sql, args)
        try:
            connection = await leases.take()
        except NOT_DONE:
            if self.patience_s:
                return await self._fetchval_again(sql, args)
            raise
        try:
            value = await connection.fetchval(sql, *args)
        except BaseException as error:
            translated = outage_of(error, connection)
            await leases.give_up(connection)
            if translated is None:
                raise
            if not (isinstance(translated, NOT_DONE) and self.patience_s):
                raise translated from error
            return await self._fetchval_again(sql, args)
        if not leases.give_at_once(connection):
            await leases.give_up(connection)
        return value

    async def ping(self) -> None:
        """Raise Unavailable unless the server takes writes, and stores them; an outage is told at once."""
        if self.hold_up is HoldUp.COMMITS_WAIT:
            raise Unavailable("It answers, but what is written waits for the standby. `cairn doctor` tells more.")
        async with self.connection() as connection:
            if not await connection.fetchval(WRITABLE):
                raise Unavailable("The database answers, but it is read-only now.")

    async def _fetchval_again(self, sql: str, args: Sequence[Any]) -> Any:
        return await self.read(lambda connection: connection.fetchval(sql, *args))

    async def _look(self) -> bool:
        """Over a connection beside the pool's, which may all hang."""
        with translate_dialling():
            connection = await asyncpg.connect(
                self._url, timeout=LOOK_TIMEOUT_S, command_timeout=LOOK_TIMEOUT_S, statement_cache_size=0
            )
            try:
                return bool(await connection.fetchval(WRITABLE))
            finally:
                connection.terminate()

    def _open_leases(self) -> Leases:
        if self.engine.leases is None:
            raise Unavailable("The database connection is closed: the server is stopping.")
        return self.engine.leases
