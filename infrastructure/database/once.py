"""A write and its idempotency key, in one transaction: whatever happens on the way, it is stored once."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from uuid import UUID

import asyncpg

from domain.shared.once import IdempotencyKeyReused, Once
from infrastructure.database.engine import Database

# The row is locked by the insert: a second request with the key waits here until the first has committed or gone.
CLAIM = """
insert into idempotency (athlete, key, fingerprint, answer) values ($1, $2, $3, '{}')
on conflict (athlete, key) do nothing returning key
"""
# `for update` leaves a trace, so that the answer waits until the standby has all that stands before it. A commit that
# somebody gave up waiting for may be seen before the standby has it; told again as stored, it could still be lost.
REMEMBERED = "select fingerprint, answer from idempotency where athlete = $1 and key = $2 for update"
KNOWN = "select exists (select from idempotency where athlete = $1 and key = $2)"
ANSWER = "update idempotency set answer = $3 where athlete = $1 and key = $2"
MARK = "insert into idempotency (athlete, key, fingerprint, answer) values ($1, $2, $3, $4)"
# A request with a key of its own has a fingerprint: so no key of a client's is forgotten, whatever it looks like.
FORGET_MADE = "delete from idempotency where fingerprint = '' and created_at < now() - interval '1 day'"

Write = Callable[[asyncpg.Connection], Awaitable[Sequence[UUID]]]


async def write_once(database: Database, once: Once | None, write: Write) -> list[UUID]:
    """Run `write` in a transaction and return the ids it answers; with a key that came before, the ids of then.

    It may be run again, when the server goes away or another transaction gets in its way: so it must do the same each
    time, with ids that were made before. Raises IdempotencyKeyReused when the key came with another request.
    """

    attempts = count(1)

    async def change(connection: asyncpg.Connection) -> list[UUID]:
        if once is None:
            return list(await write(connection))
        # A key of Cairn's own is new: it need not be claimed first, unless an earlier attempt may have been stored.
        doing = _marked if once.made and next(attempts) == 1 else _claimed
        return await doing(connection, once, write)

    return await database.write(change, settles=once is not None)


async def answer_to(database: Database, once: Once | None) -> list[UUID] | None:
    """The ids that a key was answered with before; None for a new one. Raises IdempotencyKeyReused."""
    if once is None or once.made or not await database.fetchval(KNOWN, once.athlete_id, once.key):
        return None
    rows = await database.fetch(REMEMBERED, once.athlete_id, once.key)
    return _answer(rows[0], once) if rows else None


async def forget_made_keys(database: Database) -> None:
    """Forget the keys that Cairn made for writes without one: they were for the minute of the write."""
    await database.fetchval(FORGET_MADE)


async def _claimed(connection: asyncpg.Connection, once: Once, write: Write) -> list[UUID]:
    if await connection.fetchval(CLAIM, once.athlete_id, once.key, once.fingerprint) is None:
        return _answer(await connection.fetchrow(REMEMBERED, once.athlete_id, once.key), once)
    ids = list(await write(connection))
    await connection.execute(ANSWER, once.athlete_id, once.key, ids)
    return ids


async def _marked(connection: asyncpg.Connection, once: Once, write: Write) -> list[UUID]:
    ids = list(await write(connection))
    await connection.execute(MARK, once.athlete_id, once.key, once.fingerprint, ids)
    return ids


def _answer(row: asyncpg.Record, once: Once) -> list[UUID]:
    fingerprint, answer = row
    if fingerprint != once.fingerprint:
        raise IdempotencyKeyReused
    return list(answer)
