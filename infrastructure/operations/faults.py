"""What an operator is told of a database that cannot be used: what it said, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from domain.operations.ports import Fault
from domain.shared.errors import Unavailable

START_IT = "Start it, and check host and port in CAIRN_DATABASE_URL."
REMEDIES = {
    asyncpg.InvalidAuthorizationSpecificationError: "Check the user and the password in CAIRN_DATABASE_URL.",
    asyncpg.InvalidCatalogNameError: "Make this database, or correct its name in CAIRN_DATABASE_URL.",
    asyncpg.InsufficientPrivilegeError: "Give this user the right to make tables there, and to write to them.",
    asyncpg.ReadOnlySQLTransactionError: "Point CAIRN_DATABASE_URL at the primary, or at the balancer's write port.",
    asyncpg.TooManyConnectionsError: "Raise its max_connections, or lower CAIRN_DATABASE_POOL_SIZE.",
    asyncpg.CannotConnectNowError: "It is starting or stopping: try again in a moment.",
    asyncpg.ClientConfigurationError: "Correct CAIRN_DATABASE_URL.",
    OSError: START_IT,
}


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
    remedy = next((remedy for kind, remedy in REMEDIES.items() if isinstance(cause, kind)), "Its log tells more.")
    if isinstance(cause, TimeoutError) and not str(cause):
        return Fault("It does not answer.", remedy)
    words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    said = words.partition("\n")[0].strip().rstrip(".") or type(cause).__name__
    return Fault(f"It cannot be used: {said}.", remedy)
