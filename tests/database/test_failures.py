"""What PostgreSQL could not do for want of something is told as that, and is no bug of Cairn's."""

import asyncpg
import pytest

from domain.shared.errors import Unavailable
from infrastructure.database.engine import Database
from infrastructure.database.failures import Held, ShortOfSomething, TablesMissing, TookTooLong
from tests.conftest import eventually
from tests.database.conftest import opened

RAISE = "do $$ begin raise exception 'as if' using errcode = '{}'; end $$"
CANCEL_ITSELF = "select pg_cancel_backend(pg_backend_pid()), pg_sleep(60)"


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("53100", ShortOfSomething),  # disk
        ("53200", ShortOfSomething),  # memory
        ("53400", ShortOfSomething),  # a configured limit
        ("58030", ShortOfSomething),  # reading or writing failed
        ("57014", TookTooLong),
        ("55P03", Held),
        ("42P01", TablesMissing),  # migrations are under way
        ("25P03", Unavailable),  # idle in a transaction
        ("25P04", TookTooLong),
    ],
)
async def test_what_the_server_could_not_do_just_now_is_worth_another_try(
    database: Database, code: str, meaning: type[Unavailable]
) -> None:
    with pytest.raises(meaning) as alone:
        await database.fetchval(RAISE.format(code))
    assert isinstance(alone.value.__cause__, asyncpg.PostgresError)
    with pytest.raises(meaning):
        async with database.transaction() as connection:
            await connection.execute(RAISE.format(code))
    assert await database.fetchval("select 1") == 1


@pytest.mark.parametrize("code", ["53000", "54000", "58P01", "XX000", "22P02"])
async def test_what_trying_again_does_not_mend_stays_a_bug(database: Database, code: str) -> None:
    with pytest.raises(asyncpg.PostgresError):
        await database.fetchval(RAISE.format(code))


async def test_a_statement_that_an_operator_stops_is_worth_another_try(database: Database) -> None:
    with pytest.raises(TookTooLong):
        await database.fetchval(CANCEL_ITSELF)
    assert await database.fetchval("select 1") == 1


async def stand_still(database: Database) -> None:
    """Say nothing in a transaction until the server hangs up, and go on then."""
    async with database.transaction() as connection:

        async def hung_up() -> bool:
            return bool(connection.is_closed())

        await eventually(hung_up)
        await connection.execute("select 1")


async def test_a_process_that_stood_still_in_a_transaction_is_told_to_try_again(url: str) -> None:
    async with opened(f"{url}&idle_in_transaction_session_timeout=1", pool_size=1) as database:
        with pytest.raises(Unavailable):
            await stand_still(database)
        assert await database.fetchval("select 1") == 1


async def test_the_server_that_comes_along_does_not_wait_for_ever_for_who_holds_something(
    sql: asyncpg.Connection,
) -> None:
    assert await sql.fetchval("show idle_in_transaction_session_timeout") == "30s"
