"""Some of the pool's connections are left for those who read, however many write."""

import pytest

from infrastructure.database.leases import TooBusy
from infrastructure.database.turns import Turns, most_writers
from tests.database.conftest import opened


@pytest.mark.parametrize(("pool_size", "writers"), [(1, 1), (2, 1), (3, 2), (10, 7), (100, 70)])
def test_nearly_a_third_is_left_for_reading(pool_size: int, writers: int) -> None:
    assert most_writers(pool_size) == writers


async def test_who_waits_too_long_for_a_turn_is_told_that_it_is_busy() -> None:
    turns = Turns(1, patience_s=0.01)
    await turns.take()
    with pytest.raises(TooBusy):
        await turns.take()


async def test_a_turn_that_is_given_back_goes_to_the_next() -> None:
    turns = Turns(1, patience_s=30)
    await turns.take()
    turns.give()
    await turns.take()


async def test_reads_go_on_while_every_turn_is_taken(url: str) -> None:
    async with opened(url, pool_size=2) as database, database.transaction():
        assert await database.fetchval("select 1") == 1


async def test_a_transaction_that_was_refused_gives_its_turn_back(url: str) -> None:
    async with opened(url, pool_size=1) as database:
        for _ in range(3):
            with pytest.raises(KeyError):
                async with database.transaction():
                    raise KeyError
        async with database.transaction() as connection:
            assert await connection.fetchval("select 1") == 1
