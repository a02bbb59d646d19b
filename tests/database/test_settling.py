"""When the answer to a COMMIT is lost, a write is found by its key and not done again."""

from collections.abc import AsyncIterator, Sequence
from uuid import UUID

import asyncpg
import pytest

from configuration.settings import Settings
from domain.shared.once import MADE, Once
from infrastructure.database.engine import CairnEngine, Database
from infrastructure.database.failures import OutcomeUnknown
from infrastructure.database.once import answer_to, forget_made_keys, write_once
from infrastructure.database.transaction import HealedTransaction
from tests.conftest import Athlete

ATHLETE_ID = "select id from athlete order by created_at desc limit 1"
SET_NAME = "update athlete set display_name = display_name || '+' where id = $1"
NAME = "select display_name from athlete where id = $1"
KEYS = "select count(*) from idempotency where athlete = $1"


class Lossy(CairnEngine):
    """Its first commits are carried out, or are not, and nobody is told which."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.lost: list[str] = []

    def transaction(self, allow_nested: bool = True) -> HealedTransaction:
        return LossyTransaction(engine=self, allow_nested=allow_nested)


class LossyTransaction(HealedTransaction):
    async def commit(self) -> None:
        happened = self.engine.lost.pop(0) if self.engine.lost else None  # type: ignore[attr-defined]
        if happened == "never came":
            self.connection.terminate()
        await super().commit()  # type: ignore[no-untyped-call]
        if happened == "stored":
            self.connection.terminate()
            raise ConnectionResetError


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    assert settings.database_url is not None
    database = Database(settings.database_url, pool_size=2, patience_s=20)
    database.engine = Lossy(settings.database_url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def ada_id(ada: Athlete, sql: asyncpg.Connection) -> UUID:
    await ada.get("{ viewer { id } }")
    return UUID(str(await sql.fetchval(ATHLETE_ID)))


def lose(database: Database, *happened: str) -> None:
    database.engine.lost += happened  # type: ignore[attr-defined]


async def add_a_plus(database: Database, once: Once | None, athlete_id: UUID) -> list[UUID]:
    async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
        await connection.execute(SET_NAME, athlete_id)
        return [athlete_id]

    return await write_once(database, once, write)


def keys_of(athlete_id: UUID) -> list[Once]:
    return [Once(athlete_id, "a key", "fingerprint"), Once.of_its_own(athlete_id, UUID(int=7))]


@pytest.mark.parametrize("happened", [["stored"], ["never came"], ["never came", "stored"], ["stored", "stored"]])
@pytest.mark.parametrize("kind", [0, 1], ids=["with a key of the client's", "with a key that was made"])
async def test_it_is_done_once_whatever_became_of_the_first_attempts(
    database: Database, sql: asyncpg.Connection, ada_id: UUID, kind: int, happened: list[str]
) -> None:
    before = await sql.fetchval(NAME, ada_id)
    lose(database, *happened)
    assert await add_a_plus(database, keys_of(ada_id)[kind], ada_id) == [ada_id]
    assert await sql.fetchval(NAME, ada_id) == before + "+"


async def test_a_write_without_any_key_is_told_as_unknown_and_not_repeated(
    database: Database, sql: asyncpg.Connection, ada_id: UUID
) -> None:
    before = await sql.fetchval(NAME, ada_id)
    lose(database, "stored")
    with pytest.raises(OutcomeUnknown):
        await add_a_plus(database, None, ada_id)
    assert await sql.fetchval(NAME, ada_id) == before + "+"


async def test_a_mutation_without_a_key_of_its_own_leaves_one_that_is_forgotten_after_a_day(
    database: Database, sql: asyncpg.Connection, ada: Athlete, ada_id: UUID
) -> None:
    asked = 'mutation { updateViewer(input: {displayName: "Ada L."}) { userErrors { message } } }'
    assert await ada.get(asked) == {"updateViewer": {"userErrors": []}}
    await forget_made_keys(database)
    assert await sql.fetchval(KEYS, ada_id) == 1
    await sql.execute("update idempotency set created_at = now() - interval '25 hours' where athlete = $1", ada_id)
    await forget_made_keys(database)
    assert await sql.fetchval(KEYS, ada_id) == 0


async def test_a_key_of_the_clients_that_looks_like_one_that_was_made_is_not_forgotten(
    database: Database, sql: asyncpg.Connection, ada_id: UUID
) -> None:
    theirs = Once(ada_id, f"{MADE}theirs", "fingerprint")
    await add_a_plus(database, theirs, ada_id)
    await sql.execute("update idempotency set created_at = now() - interval '400 days' where athlete = $1", ada_id)
    await forget_made_keys(database)
    assert await answer_to(database, theirs) == [ada_id]


async def test_a_key_of_the_clients_is_not_forgotten(database: Database, sql: asyncpg.Connection, ada_id: UUID) -> None:
    await add_a_plus(database, keys_of(ada_id)[0], ada_id)
    await sql.execute("update idempotency set created_at = now() - interval '400 days' where athlete = $1", ada_id)
    await forget_made_keys(database)
    assert await answer_to(database, keys_of(ada_id)[0]) == [ada_id]
