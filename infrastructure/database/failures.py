"""Which errors mean that the database cannot be had now, and that it is worth asking again."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

import asyncpg

from domain.shared.errors import Unavailable

# Seen coming out of asyncpg while a server stopped, failed over or was cut off; two of them are no PostgresError.
OUTAGES = (
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,
    ConnectionError,
    TimeoutError,
)
# These mean so when the connection has gone with them. They tell of bugs, too: wrong arguments, two statements at once,
# a file that is not there.
OUTAGES_WHEN_LOST = (asyncpg.InterfaceError, OSError)
# The server is well, and this one connection is of no use any more.
SPOILT = (
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process stood still for so long that it was hung up on
    asyncpg.IdleSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,  # a table changed under a plan, as in a rolling release
    # A pooler has put another server behind this connection: what was prepared is not there, or is there already.
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.DuplicatePreparedStatementError,
)
# While dialling there is no misuse yet: whatever the network or the server's door says is an outage.
NOT_REACHED = (
    *OUTAGES,
    *OUTAGES_WHEN_LOST,
    asyncpg.PostgresError,
)


AGAIN = "Nothing is wrong with your request: send it again in a moment, a mutation with the same idempotencyKey."


class Away(Unavailable):
    """The server does not answer. What was asked was not done, unless it was a single statement that went out."""

    def __init__(self, message: str = f"The database cannot be reached just now. {AGAIN}") -> None:
        super().__init__(message)


class ReadOnly(Away):
    """The server answers, and takes no writes: it follows another one, or is about to."""

    def __init__(self) -> None:
        super().__init__(f"The database takes no writes just now. {AGAIN}")


class Spoilt(Unavailable):
    """A connection that is of no use any more; nothing was done, and another one will do."""

    def __init__(self) -> None:
        super().__init__("A connection to the database had to be given up. Send it again.")


class Full(Unavailable):
    """The server takes no further connections, and serves those that it has."""

    def __init__(self) -> None:
        super().__init__("The database takes no further connections just now. Try again in a moment.")


NOT_DONE = (Away, Spoilt, Full)  # of a single statement, or one that may be done twice: it is worth doing again


class OutcomeUnknown(Unavailable):
    """The server went away while a transaction was being committed: it is stored, or it is not."""

    def __init__(self) -> None:
        super().__init__(
            "The database went away while this was being stored, and nobody can tell whether it was. Send it again "
            "with the same idempotencyKey to find out."
        )


class CommitWaits(OutcomeUnknown):
    """A COMMIT takes longer than anybody waits: the standby that must have it is gone. It is not taken back."""


class Collided(Unavailable):
    """PostgreSQL ended this transaction so that another one could go on; the same again will do."""

    def __init__(self) -> None:
        super().__init__("Two changes got in each other's way, and this one was taken back. Send it again.")


class TookTooLong(Unavailable):
    """The database answers, but a statement was given up for its length."""

    def __init__(self) -> None:
        super().__init__("This took the database too long and was given up. Ask for less at once.")


class ShortOfSomething(Unavailable):
    """The database lacks disk, memory or the like."""

    def __init__(self) -> None:
        super().__init__("The database is short of disk or memory just now. Nothing is wrong with your request.")


class Held(Unavailable):
    """What this would change is held by another transaction for longer than one may wait."""

    def __init__(self) -> None:
        super().__init__("Another change holds for long what this one needs, and it was given up. Send it again.")


class TablesMissing(Unavailable):
    """A table of this release is not there: its migrations are under way, or nobody has asked for them."""

    def __init__(self) -> None:
        super().__init__("The database is being brought up to date. If this lasts, run `cairn migrate`.")


# The server answers, and did not do this.
MEANINGS: Sequence[tuple[tuple[type[asyncpg.PostgresError], ...], Callable[[], Unavailable]]] = (
    ((asyncpg.TransactionRollbackError,), Collided),
    ((asyncpg.LockNotAvailableError,), Held),
    ((asyncpg.QueryCanceledError, asyncpg.TransactionTimeoutError), TookTooLong),
    ((asyncpg.UndefinedTableError,), TablesMissing),
    (
        (
            asyncpg.DiskFullError,
            asyncpg.OutOfMemoryError,
            asyncpg.ConfigurationLimitExceededError,
            asyncpg.PostgresIOError,
        ),
        ShortOfSomething,
    ),
)
FAILURES = (*OUTAGES, *SPOILT, *chain.from_iterable(kinds for kinds, _ in MEANINGS), *OUTAGES_WHEN_LOST)


@contextmanager
def translate_dialling() -> Iterator[None]:
    """Say Unavailable when no connection can be had. A malformed address stays the bug that it is."""
    try:
        yield
    except asyncpg.ClientConfigurationError:
        raise
    except asyncpg.TooManyConnectionsError as error:
        raise Full from error
    except NOT_REACHED as error:
        raise Away from error


@contextmanager
def translate_outage(connection: asyncpg.Connection) -> Iterator[None]:
    """Say Unavailable for what a client can only wait for, Collided for what it can send again at once."""
    try:
        yield
    except FAILURES as error:
        translated = outage_of(error, connection)
        if translated is None:
            raise
        raise translated from error


def outage_of(error: BaseException, connection: asyncpg.Connection) -> Unavailable | None:
    """What a failure means for a client; None for a bug."""
    for failures, meaning in MEANINGS:
        if isinstance(error, failures):
            return meaning()
    if isinstance(error, TimeoutError) and not is_lost(connection):
        return TookTooLong()
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return ReadOnly()
    if isinstance(error, SPOILT):
        hang_up(connection)
        return Spoilt()
    if isinstance(error, OUTAGES) or (isinstance(error, OUTAGES_WHEN_LOST) and is_lost(connection)):
        return Away()
    return None


def hang_up(connection: asyncpg.Connection) -> None:
    """At once: a server that is gone would not answer a farewell."""
    if not is_lost(connection):
        connection.terminate()


def is_lost(connection: asyncpg.Connection) -> bool:
    """Whether the server has gone from the other end."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it back already
        return True
