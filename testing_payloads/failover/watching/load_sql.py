"""The load of the watch past Cairn: a table of its own, by SQL through HAProxy."""

import asyncio
import os

import asyncpg

from testing_payloads.failover.watching.load import Failed
from testing_payloads.failover.watching.looks import SILENT, in_few_words

STATEMENT_S = 2.0


class ThroughSql:
    """Writes to a table of its own where HAProxy sends writers, and reads it where it sends readers.

    Statements without parameters, one round trip each: pgbouncer may give each another connection.
    """

    def __init__(self, writer_url: str, reader_url: str) -> None:
        self._writer = _Connected(writer_url)
        self._reader = _Connected(reader_url)
        self._table = f"cairn_watch_{os.getpid()}"
        self._made = False

    async def write(self, number: int) -> None:
        """See Load."""
        if not self._made:
            await self._writer.execute(f"create table if not exists {self._table} (number bigint)")
            self._made = True
        await self._writer.execute(f"delete from {self._table}; insert into {self._table} values ({number})")

    async def read(self, least: int) -> None:  # noqa: ARG002 - a reader may be a moment behind: that is no mistake
        """See Load."""
        await self._reader.execute(f"select number from {self._table}" if self._made else "select")

    async def end(self) -> None:
        """See Load."""
        try:
            if self._made:
                await self._writer.execute(f"drop table if exists {self._table}")
        except Failed:
            return
        finally:
            self._writer.hang_up()
            self._reader.hang_up()


class _Connected:
    """One connection, made again after each failure."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def execute(self, sql: str) -> None:
        try:
            async with asyncio.timeout(STATEMENT_S):
                if self._connection is None or self._connection.is_closed():
                    self._connection = await asyncpg.connect(self._url, statement_cache_size=0)
                await self._connection.execute(sql)
        except asyncpg.UndefinedTableError:
            return  # a reader that has not heard of the table yet
        except SILENT as error:
            self.hang_up()
            raise Failed(in_few_words(error)) from error

    def hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
