"""Which errors mean that the database cannot be had now."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from domain.shared.errors import Unavailable

# Seen coming out of asyncpg while a server stopped, failed over or was cut off; two of them are no PostgresError.
OUTAGES = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    FileNotFoundError,  # the socket of an embedded server that is gone
    TimeoutError,
)


@contextmanager
def translate_outage() -> Iterator[None]:
    """Say Unavailable for what a client can only wait for."""
    try:
        yield
    except OUTAGES as error:
        raise Unavailable("The database cannot be reached just now. Nothing is wrong with your request.") from error
