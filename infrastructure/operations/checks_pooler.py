"""Whether a pooler such as pgbouncer stands before the database, and whether what Cairn prepares survives in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import Enum, auto

import asyncpg

from domain.operations.ports import Fault
from infrastructure.database.engine import Database
from infrastructure.operations.checks_asking import Examined, asked

WHO_SERVES = "select pg_backend_pid()"
ROUNDS = 3  # other clients may take the backends away that are looked for
SECOND_BACKEND_WITHIN_S = 2.0


class Pooling(Enum):
    """What stands between Cairn and the database, and what it does with prepared statements."""

    NONE = auto()
    BY_SESSION = auto()
    FOLLOWS_STATEMENTS = auto()
    LOSES_STATEMENTS = auto()
    UNDECIDED = auto()
    NO_SECOND_BACKEND = auto()
    NO_TRANSACTIONS = auto()


FINE = {
    Pooling.NONE: "none in between",
    Pooling.BY_SESSION: "one in between, by session",
    Pooling.FOLLOWS_STATEMENTS: "one in between, by transaction, which keeps track of prepared statements",
    Pooling.LOSES_STATEMENTS: "one in between, by transaction; Cairn keeps no prepared statements",
    Pooling.UNDECIDED: "one in between, by transaction; too busy to tell what it does with prepared statements",
}


class PoolerCheck:
    """Prepared statements are either kept track of by the pooler, or not kept by Cairn."""

    def __init__(self, database: Examined, *, statement_cache: int, name: str = "pooler") -> None:
        self.name = name
        self._database, self._statement_cache = database, statement_cache

    async def run(self) -> str:
        """See HealthCheck."""
        async with asked(self._database) as database:
            pooling = await pooling_of(database)
        return judge(pooling, self._statement_cache)


def judge(pooling: Pooling, statement_cache: int) -> str:
    """How it is, in a few words. Raises Fault."""
    if pooling is Pooling.NO_TRANSACTIONS:
        raise Fault("A pooler takes no transactions.", "Give pgbouncer pool_mode = transaction.")
    if pooling is Pooling.NO_SECOND_BACKEND:
        raise Fault(
            f"A pooler has no second connection to the database within {SECOND_BACKEND_WITHIN_S:.0f} s.",
            "Raise pgbouncer's default_pool_size: 20 is its default. Look at the database's max_connections, too.",
        )
    if pooling is Pooling.LOSES_STATEMENTS and statement_cache:
        raise Fault(
            f"A pooler loses prepared statements, and each connection of Cairn's keeps {statement_cache} of them.",
            "Set CAIRN_DATABASE_STATEMENT_CACHE=0, or use pgbouncer 1.21 or newer with max_prepared_statements = 200.",
        )
    return FINE[pooling]


async def pooling_of(database: Database) -> Pooling:
    """Found out with two connections, in some twenty round trips."""
    async with database.connection() as one, database.connection() as other:
        if await _is_served_by_whom_it_was_told(one):
            return Pooling.NONE
        if not await _share_a_backend(one, other):
            return Pooling.BY_SESSION
        try:
            return await _statements_in(one, other)
        except asyncpg.InvalidSQLStatementNameError:
            return Pooling.LOSES_STATEMENTS
        except asyncpg.PostgresConnectionError as hung_up:
            if "statement pooling" not in str(hung_up):
                raise
            return Pooling.NO_TRANSACTIONS


async def _is_served_by_whom_it_was_told(connection: asyncpg.Connection) -> bool:
    """PostgreSQL tells its process at sign-in, to cancel by. A pooler makes up a number of its own."""
    return bool(connection.get_server_pid() == await connection.fetchval(WHO_SERVES))


async def _share_a_backend(one: asyncpg.Connection, other: asyncpg.Connection) -> bool:
    """Whether two open connections were served by the same process, which nothing but a pooler brings about."""
    seen: dict[asyncpg.Connection, set[int]] = {one: set(), other: set()}
    for connection in (one, other, other, one) * ROUNDS:  # not in turns: a pooler that deals in turns would hide it
        seen[connection].add(await connection.fetchval(WHO_SERVES))
    return bool(seen[one] & seen[other]) or max(map(len, seen.values())) > 1


async def _statements_in(one: asyncpg.Connection, other: asyncpg.Connection) -> Pooling:
    """Prepare by one, have the other hold the process that knows of it, and see what becomes of the statement."""
    name = f"cairn_doctor_{abs(one.get_server_pid())}"
    statement = await one.prepare(WHO_SERVES, name=name)
    for _ in range(ROUNDS):
        known_by = await statement.fetchval()
        async with _holding(other) as held:
            try:
                served_by = await statement.fetchval(timeout=SECOND_BACKEND_WITHIN_S)
            except asyncpg.InvalidSQLStatementNameError:
                if held == known_by:  # nothing is left behind in a connection that others use
                    await other.execute(f"deallocate {name}")
                raise
            except TimeoutError:
                return Pooling.NO_SECOND_BACKEND
        if served_by != known_by:
            return Pooling.FOLLOWS_STATEMENTS
    return Pooling.UNDECIDED


@asynccontextmanager
async def _holding(connection: asyncpg.Connection) -> AsyncIterator[int]:
    """The process that serves this connection's transaction, and nobody else while the block runs."""
    async with connection.transaction(readonly=True):
        yield await connection.fetchval(WHO_SERVES)
