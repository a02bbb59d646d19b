"""What Cairn's connections to PostgreSQL do otherwise than asyncpg's."""

import socket
import sys
from typing import Any

import asyncpg

# A server that is cut off says nothing, and TCP would wait for it for a quarter of an hour. What was sent must have
# arrived within so long; a connection on which nobody speaks is asked whether the other end is still there.
UNHEARD_S = 4
KEEPALIVE = (("TCP_KEEPIDLE", 3), ("TCP_KEEPINTVL", 1), ("TCP_KEEPCNT", 3))
A_DAY_S = 86_400.0
IDLE_CONNECTION_S = 60.0
STATEMENTS_CACHED = 256
CACHED_STATEMENT_BYTES = 65_536  # a read of many fields is longer than asyncpg's 15 KiB
COMMIT = "COMMIT;"  # as asyncpg's Transaction says it


class CairnConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection that waits for its commits.

    To give up a COMMIT is to cancel it, and PostgreSQL then shows the rows though the synchronous standby does not
    have them: https://www.postgresql.org/docs/current/warm-standby.html#SYNCHRONOUS-REPLICATION
    """

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - asyncpg's own
        """As asyncpg's, but that a COMMIT takes as long as it takes, and must be one: of a transaction in which a
        statement failed PostgreSQL makes a ROLLBACK, and says so in its answer only."""
        if query != COMMIT:
            return str(await super().execute(query, *args, timeout=timeout))
        told = str(await super().execute(query, timeout=A_DAY_S))
        if told != "COMMIT":
            raise asyncpg.InFailedSQLTransactionError(
                "An error in this transaction was passed over: nothing is stored."
            )
        return told


async def open_pool(
    url: str,
    *,
    size: int,
    connect_within_s: float,
    command_timeout_s: float | None,
    statement_cache_size: int,
    connection_class: type[CairnConnection] = CairnConnection,
) -> asyncpg.Pool:
    """A pool that connects to nobody yet, so that Cairn starts before its databases do."""
    return await asyncpg.create_pool(
        url,
        min_size=0,
        max_size=size,
        timeout=connect_within_s,
        command_timeout=command_timeout_s,
        statement_cache_size=statement_cache_size,
        max_cacheable_statement_size=CACHED_STATEMENT_BYTES,
        max_inactive_connection_lifetime=IDLE_CONNECTION_S,
        connection_class=connection_class,
        init=_notice_silence,
        reset=_reset_nothing,
    )


async def _notice_silence(connection: Any) -> None:
    """Have the kernel hang up on a server that does not answer any more. Sockets of this machine need none of it."""
    wire = connection._transport.get_extra_info("socket")  # asyncpg has no public way to it
    if wire is None or wire.family == socket.AF_UNIX or sys.platform != "linux":
        return
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE:
        wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_S * 1000)


async def _reset_nothing(_connection: Any) -> None:
    """No session state is ever set, so asyncpg's reset query, a round trip per statement, is left out."""
