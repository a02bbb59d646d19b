"""The server that only follows, as this process knows it: its connections, and how far each was seen to have come.

Nobody waits for it: where it does not answer, or not fresh enough, or is a writer by now, whoever asks goes elsewhere.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from domain.shared.errors import Unavailable
from infrastructure.database.connections import STATEMENTS_CACHED, CairnConnection, open_pool
from infrastructure.database.failures import is_lost, translate_dialling
from infrastructure.database.leases import Leases

ANSWER_WITHIN_S = 1.0
CONNECTION_WITHIN_S = 0.1  # when all are in use the writer is less busy
LOOK_AGAIN_S = 1.0  # to dial is work for the writer, too: the balancer leads to it while there is no standby
CLOSE_TIMEOUT_S = 5.0
# A server that was promoted still tells how far it had replayed by then.
REPLAYED = "case when pg_is_in_recovery() then (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::bigint end"
FAILED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
log = structlog.get_logger("cairn.database")


class _FollowingConnection(CairnConnection):
    """Remembers its server's position. Behind a balancer may be several, and one tells nothing of another."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.passed = [0]  # in a list, which is the same one when the pool lends the connection again


class Standby:
    """A pool of its own. It is used while `look`, which somebody calls again and again, finds a standby there."""

    def __init__(self, url: str, *, pool_size: int, statement_cache_size: int = STATEMENTS_CACHED) -> None:
        self._url, self._pool_size, self._statement_cache_size = url, pool_size, statement_cache_size
        self.is_ready = False
        self._told_away = False
        self._look_after = 0.0
        self._leases: Leases | None = None
        self._lent = set[asyncpg.Connection]()
        self._looking: asyncpg.Connection | None = None

    async def answer(self, needed: int, sql: str, values: Sequence[Any]) -> tuple[Any, int] | None:
        """The value that a statement answers, and the position behind which it knows of nothing.

        None unless a standby that has passed the position `needed` answers it soon, and well.
        """
        if not self.is_ready or self._leases is None:
            return None
        try:
            connection = await self._leases.take()
        except Unavailable:
            return None
        self._lent.add(connection)
        try:
            answer = await _asked(connection, needed, sql, values)
        except FAILED as trouble:
            if isinstance(trouble, TimeoutError):
                connection.terminate()  # to wait until it has cancelled is to wait for it after all
            answer = None
        except BaseException:
            await self._give_up(connection)
            raise
        if is_lost(connection) or not self._leases.give_at_once(connection):
            await self._give_up(connection)
        else:
            self._lent.discard(connection)
        return answer

    async def look(self) -> None:
        """Find out whether it is there and follows; for a moment after it was lost nobody is asked."""
        if asyncio.get_running_loop().time() < self._look_after:
            return
        if self._leases is None:
            await self._open()
        try:
            with translate_dialling():
                if self._looking is None or is_lost(self._looking):
                    self._looking = await asyncpg.connect(
                        self._url, timeout=ANSWER_WITHIN_S, command_timeout=ANSWER_WITHIN_S / 2, statement_cache_size=0
                    )
                follows = await self._looking.fetchval("select pg_is_in_recovery()")
        except (Unavailable, asyncpg.PostgresError) as trouble:
            self.lose(str(trouble.__cause__ or trouble) or type(trouble.__cause__).__name__)
            return
        if not follows:
            self.lose("there is no standby behind CAIRN_DATABASE_READER_URL, but a writer")
        elif not self.is_ready:
            self.is_ready, self._told_away = True, False
            log.info("standby answers queries")

    def lose(self, reason: str) -> None:
        """Hang up, on statements under way too: whoever waits for one asks the writer."""
        if not self._told_away:
            self._told_away = True
            log.warning("standby not used", reason=reason)
        self.is_ready, self._look_after = False, asyncio.get_running_loop().time() + LOOK_AGAIN_S
        if self._looking is not None:
            self._looking.terminate()
            self._looking = None
        if self._leases is not None:
            self._leases.expire()
        for connection in self._lent:
            with suppress(asyncpg.InterfaceError):  # it is on its way back to the pool
                connection.terminate()

    async def close(self) -> None:
        """Close the pool."""
        self.is_ready = False
        if self._looking is not None:
            self._looking.terminate()
        leases, self._leases = self._leases, None
        if leases is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await leases.close()
                    await self._pool.close()

    async def _open(self) -> None:
        self._pool = await open_pool(
            self._url,
            size=self._pool_size,
            connect_within_s=ANSWER_WITHIN_S,
            command_timeout_s=ANSWER_WITHIN_S,
            statement_cache_size=self._statement_cache_size,
            connection_class=_FollowingConnection,
        )
        self._leases = Leases(self._pool, patience_s=CONNECTION_WITHIN_S)

    async def _give_up(self, connection: asyncpg.Connection) -> None:
        self._lent.discard(connection)
        if self._leases is not None:
            await self._leases.give_up(connection)


async def _asked(
    connection: asyncpg.Connection, needed: int, sql: str, values: Sequence[Any]
) -> tuple[Any, int] | None:
    passed: list[int] = connection.passed
    if passed[0] < needed:
        position = await connection.fetchval(f"select {REPLAYED}")
        if position is None or position < needed:
            return None
    # Asked for with the answer, and so after its snapshot was taken: what the answer shows stands before this position,
    # and the connection's next answer has all that does.
    value, position = await connection.fetchrow(f"select ({sql}), {REPLAYED}", *values)
    if position is None:
        return None
    passed[0] = position
    return value, position
