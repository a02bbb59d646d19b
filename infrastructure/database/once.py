"""A write and its idempotency key, in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import asyncpg

from domain.shared.once import IdempotencyKeyReused, Once
from infrastructure.database.engine import Database
from infrastructure.database.failures import Collided

ATTEMPTS = 3

# The row is locked by the insert: a second request with the key waits here until the first has committed or gone.
CLAIM = """
insert into idempotency (athlete, key, fingerprint, answer) values ($1, $2, $3, '{}')
on conflict (athlete, key) do nothing returning key
"""
REMEMBERED = "select fingerprint, answer from idempotency where athlete = $1 and key = $2"
ANSWER = "update idempotency set answer = $3 where athlete = $1 and key = $2"


Write = Callable[[asyncpg.Connection], Awaitable[Sequence[UUID]]]


async def write_once(database: Database, once: Once | None, write: Write) -> list[UUID]:
    """Run `write` in a transaction and return the ids it answers; with a key that came before, the ids of then.

    When it collides with another transaction it is run again, so it must do the same each time: its ids are made
    before. Raises IdempotencyKeyReused when the key came with another request.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await _attempt(database, once, write)
        except Collided:
            continue
    return await _attempt(database, once, write)


async def answer_to(database: Database, once: Once | None) -> list[UUID] | None:
    """The ids that a key was answered with before; None for a new one. Raises IdempotencyKeyReused."""
    rows = [] if once is None else await database.fetch(REMEMBERED, once.athlete_id, once.key)
    if once is None or not rows:
        return None
    fingerprint, answer = rows[0]
    if fingerprint != once.fingerprint:
        raise IdempotencyKeyReused
    return list(answer)


async def _attempt(database: Database, once: Once | None, write: Write) -> list[UUID]:
    async with database.transaction() as connection:
        if once is None:
            return list(await write(connection))
        if await connection.fetchval(CLAIM, once.athlete_id, once.key, once.fingerprint) is None:
            fingerprint, answer = await connection.fetchrow(REMEMBERED, once.athlete_id, once.key)
            if fingerprint != once.fingerprint:
                raise IdempotencyKeyReused
            return list(answer)
        ids = list(await write(connection))
        await connection.execute(ANSWER, once.athlete_id, once.key, ids)
        return ids
