"""How `cairn doctor` asks a database: nothing is written, and what keeps the database away is told once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from domain.operations.ports import Fault
from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.operations.faults import database_faults

ANSWERS_WITHIN_S = 5.0


def examined(database_url: str) -> Database:
    """A database as the checks ask it: over two connections that keep no statement for a pooler to lose."""
    return Database(database_url, pool_size=2, statement_cache_size=0, command_timeout_s=ANSWERS_WITHIN_S)


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Database]:
    """The database while the block runs. Raises Fault."""
    with database_faults():
        await database.open()
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def asked(database: Database) -> AsyncIterator[Database]:
    """For a second look, when the first has told already what keeps the database away."""
    await database.open()
    try:
        yield database
    except (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as trouble:
        raise Fault("The database cannot be asked.", "Mend the database first.") from trouble
    finally:
        await database.close()
