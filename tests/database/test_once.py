"""A write and its idempotency key are stored together or not at all."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.shared.errors import Invalid, Unavailable
from domain.shared.once import IdempotencyKeyReused, Once
from infrastructure.database.engine import Database
from infrastructure.database.failures import Collided
from infrastructure.database.once import write_once
from infrastructure.database.patience import COLLISIONS as ATTEMPTS
from tests.conftest import Athlete

ANSWER = [UUID(int=1), UUID(int=2)]


class Refused(Invalid):
    """A rule that the write breaks."""


class Writing:
    """A write that counts how often it is done, and fails as often as it is told to."""

    def __init__(self, *failures: Exception, answer: Sequence[UUID] = ANSWER) -> None:
        self.times, self._failures, self._answer = 0, list(failures), answer

    async def __call__(self, connection: asyncpg.Connection) -> Sequence[UUID]:
        self.times += 1
        if self._failures:
            raise self._failures.pop(0)
        await connection.execute("select 1")
        return self._answer


@pytest.fixture
async def database(app: Starlette) -> Database:
    async with Container(app.state.registry) as services:
        return await services.aget(Database)


@pytest.fixture
async def once(ada: Athlete, sql: asyncpg.Connection) -> Once:
    """A key of ada's, whom the first request makes an athlete."""
    await ada.get("{ viewer { id } }")
    athlete_id = await sql.fetchval("select id from athlete order by created_at desc limit 1")
    return Once(athlete_id, "once", "fingerprint")


async def test_without_a_key_each_write_is_done(database: Database) -> None:
    write = Writing()
    assert [await write_once(database, None, write) for _ in range(2)] == [ANSWER, ANSWER]
    assert write.times == 2


async def test_with_a_key_the_write_is_done_once_and_answers_as_then(database: Database, once: Once) -> None:
    assert await write_once(database, once, Writing()) == ANSWER
    again = Writing(answer=[UUID(int=3)])
    assert await write_once(database, once, again) == ANSWER
    assert again.times == 0


async def test_an_answer_without_ids_is_an_answer(database: Database, once: Once) -> None:
    assert await write_once(database, once, Writing(answer=[])) == []
    again = Writing()
    assert await write_once(database, once, again) == []
    assert again.times == 0


async def test_another_request_with_the_key_is_refused(database: Database, once: Once) -> None:
    await write_once(database, once, Writing())
    with pytest.raises(IdempotencyKeyReused):
        await write_once(database, replace(once, fingerprint="other"), Writing())


async def test_twenty_at_once_write_once(database: Database, once: Once) -> None:
    write = Writing()
    assert await asyncio.gather(*(write_once(database, once, write) for _ in range(20))) == [ANSWER] * 20
    assert write.times == 1


@pytest.mark.parametrize("failure", [Refused("no"), KeyError("a bug"), Unavailable("away")])
async def test_a_write_that_fails_leaves_its_key(database: Database, once: Once, failure: Exception) -> None:
    write = Writing(failure)
    with pytest.raises(type(failure)):
        await write_once(database, once, write)
    assert write.times == 1
    assert await write_once(database, once, write) == ANSWER


async def test_who_waits_for_a_key_takes_it_over_when_the_first_is_refused(database: Database, once: Once) -> None:
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def refused_late(_: asyncpg.Connection) -> Sequence[UUID]:
        inside.set()
        await go_on.wait()
        raise Refused("no")

    first = asyncio.create_task(write_once(database, once, refused_late))
    await inside.wait()
    second = asyncio.create_task(write_once(database, once, Writing()))
    await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(Refused):
        await first
    assert await second == ANSWER


async def test_a_write_that_collides_is_done_again(database: Database, once: Once) -> None:
    write = Writing(*[asyncpg.DeadlockDetectedError()] * (ATTEMPTS - 1))
    assert await write_once(database, once, write) == ANSWER
    assert write.times == ATTEMPTS


async def test_a_write_that_collides_without_end_is_left_to_the_client(database: Database, once: Once) -> None:
    write = Writing(*[asyncpg.SerializationError()] * ATTEMPTS)
    with pytest.raises(Collided):
        await write_once(database, once, write)
    assert write.times == ATTEMPTS
