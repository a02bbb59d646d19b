"""How `cairn doctor` asks a database: nothing is written, and what keeps the database away is told once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from domain.operations.ports import Fault, NotLookedAt
from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.database.failures import Away, Full
from infrastructure.operations.faults import WRITER, fault_of

ANSWERS_WITHIN_S = 5.0
AWAY = (Away, Full, asyncpg.InterfaceError, OSError)


class Examined(Database):
    """A database as the checks ask it, and whether one of them has found that it cannot be asked."""

    setting = WRITER
    is_out_of_reach = False


def examined(database_url: str, *, setting: str = WRITER) -> Examined:
    """Over two connections that keep no statement for a pooler to lose; `setting` is where its address stands."""
    database = Examined(database_url, pool_size=2, statement_cache_size=0, command_timeout_s=ANSWERS_WITHIN_S)
    database.setting = setting
    return database


@asynccontextmanager
async def asked(database: Examined) -> AsyncIterator[Database]:
    """The database while the block runs. Raises Fault and, once the database was found away, NotLookedAt."""
    if database.is_out_of_reach:
        raise NotLookedAt
    try:
        await database.open()
        try:
            yield database
        finally:
            await database.close()
    except (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as trouble:
        # Whoever refuses one statement may answer the next.
        database.is_out_of_reach = isinstance(trouble, AWAY) or isinstance(trouble.__cause__, TimeoutError)
        fault = fault_of(trouble)
        raise Fault(fault.problem, fault.remedy.replace(WRITER, database.setting)) from trouble
