"""What an operator is told of a database that cannot be used: what it said, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from domain.operations.ports import Fault
from domain.shared.errors import Unavailable

WRITER = "CAIRN_DATABASE_URL"
START_IT = "Start it, and check host and port in CAIRN_DATABASE_URL."
NOBODY_BEHIND = (
    "Behind a balancer or a pooler: start or promote one of the pair or, when two take writes, stop the one that was "
    "not promoted last. docs/failover.md tells how. Without one, the database's log tells more."
)
LOST_STATEMENTS = (
    "A pooler such as pgbouncer loses what Cairn prepares. Set CAIRN_DATABASE_STATEMENT_CACHE=0, or use pgbouncer 1.21 "
    "or newer with max_prepared_statements = 200."
)
REMEDIES = {
    asyncpg.InvalidAuthorizationSpecificationError: "Check the user and the password in CAIRN_DATABASE_URL.",
    asyncpg.InvalidCatalogNameError: "Make this database, or correct its name in CAIRN_DATABASE_URL.",
    asyncpg.InsufficientPrivilegeError: "Give this user the right to make tables there, and to write to them.",
    asyncpg.ReadOnlySQLTransactionError: "Point CAIRN_DATABASE_URL at the primary, or at the balancer's write port.",
    asyncpg.TooManyConnectionsError: "Raise its max_connections, or lower CAIRN_DATABASE_POOL_SIZE.",
    asyncpg.CannotConnectNowError: "It is starting or stopping: try again in a moment.",
    asyncpg.ClientConfigurationError: "Correct CAIRN_DATABASE_URL.",
    asyncpg.DuplicatePreparedStatementError: LOST_STATEMENTS,
    asyncpg.InvalidSQLStatementNameError: LOST_STATEMENTS,
    OSError: START_IT,
}
# A connection that was taken and hung up on; asyncpg says the second when it was about to ask for TLS.
HANGING_UP = (ConnectionResetError, BrokenPipeError, asyncpg.ConnectionDoesNotExistError)
LOST_AT_ONCE = "unexpected connection_lost() call"
# https://github.com/pgbouncer/pgbouncer/blob/master/src/janitor.c
POOLER_SAYS = ("server login has been failing", "pgbouncer cannot connect to server")


@contextmanager
def database_faults() -> Iterator[None]:
    """Raise Fault for whatever the database refuses."""
    try:
        yield
    except (Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as trouble:
        raise fault_of(trouble) from trouble


def fault_of(trouble: BaseException) -> Fault:
    """What `trouble` means for whoever runs Cairn."""
    cause = trouble.__cause__ if isinstance(trouble, Unavailable) and trouble.__cause__ else trouble
    if fault := _of_what_stands_between(cause):
        return fault
    remedy = next((remedy for kind, remedy in REMEDIES.items() if isinstance(cause, kind)), "Its log tells more.")
    if isinstance(cause, TimeoutError) and not str(cause):
        return Fault("It does not answer.", remedy)
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    said = words.partition("\n")[0].strip().rstrip(".") or type(cause).__name__
    return Fault(f"It cannot be used: {said}.", remedy)


def _of_what_stands_between(cause: BaseException) -> Fault | None:
    """A balancer or a pooler that answers, with no database behind it."""
    if any(words in str(cause) for words in POOLER_SAYS):
        return Fault("A pooler such as pgbouncer answers, and has no database behind it.", NOBODY_BEHIND)
    if isinstance(cause, HANGING_UP) or LOST_AT_ONCE in str(cause):
        return Fault("Whatever listens there hung up, as a balancer does without a writer or with two.", NOBODY_BEHIND)
    return None
