"""`cairn doctor` tells what stands before the database, and whether the database keeps what it takes."""

import subprocess
from collections.abc import Iterator

import asyncpg
import pytest

from configuration.settings import Settings
from di.local import migrate
from domain.operations.ports import Fault
from infrastructure.operations.checks_asking import examined
from infrastructure.operations.checks_pooler import FINE, PoolerCheck, Pooling, judge, pooling_of
from infrastructure.operations.checks_server import ConnectionsCheck, DurabilityCheck
from tests.factories.standbys import Node, a_node, a_pgbouncer, pgbouncer


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    with a_node() as started:
        yield started


def keeps_track() -> bool:
    """Whether this pgbouncer can keep track of prepared statements, which it does from 1.21 on."""
    said = subprocess.run([pgbouncer(), "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = said.split()[1].split(".")[:2]
    return (int(major), int(minor)) >= (1, 21)


async def pooling_at(url: str) -> Pooling:
    database = examined(url)
    await database.open()
    try:
        return await pooling_of(database)
    finally:
        await database.close()


async def test_no_pooler_is_found_where_there_is_none(node: Node) -> None:
    assert await PoolerCheck(examined(node.url), statement_cache=256).run() == "none in between"


async def test_a_pooler_by_session_is_told_apart(node: Node) -> None:
    with a_pgbouncer(node, pool_mode="session") as url:
        assert await pooling_at(url) is Pooling.BY_SESSION


async def test_a_pooler_that_loses_prepared_statements_is_a_fault(node: Node) -> None:
    tracking: dict[str, str | int] = {"max_prepared_statements": 0} if keeps_track() else {}
    with a_pgbouncer(node, **tracking) as url:
        with pytest.raises(Fault, match="loses prepared statements, and each connection of Cairn's keeps 256") as fault:
            await PoolerCheck(examined(url), statement_cache=256).run()
        assert "CAIRN_DATABASE_STATEMENT_CACHE=0" in fault.value.remedy


async def test_a_pooler_that_loses_prepared_statements_is_well_when_cairn_keeps_none(node: Node) -> None:
    tracking: dict[str, str | int] = {"max_prepared_statements": 0} if keeps_track() else {}
    with a_pgbouncer(node, **tracking) as url:
        assert "keeps no prepared statements" in await PoolerCheck(examined(url), statement_cache=0).run()


async def test_a_pooler_that_keeps_track_of_prepared_statements_is_well(node: Node) -> None:
    if not keeps_track():
        pytest.skip("this pgbouncer is older than 1.21, so it cannot keep track of prepared statements")
    with a_pgbouncer(node, max_prepared_statements=200) as url:
        assert await pooling_at(url) is Pooling.FOLLOWS_STATEMENTS


async def test_a_pooler_that_deals_its_connections_in_turns_is_found_too(node: Node) -> None:
    with a_pgbouncer(node, server_round_robin=1, min_pool_size=4) as url:
        assert await pooling_at(url) in {Pooling.LOSES_STATEMENTS, Pooling.FOLLOWS_STATEMENTS}


async def test_a_pooler_without_transactions_is_a_fault(node: Node) -> None:
    with a_pgbouncer(node, pool_mode="statement") as url:
        with pytest.raises(Fault, match="takes no transactions") as fault:
            await PoolerCheck(examined(url), statement_cache=0).run()
        assert "pool_mode = transaction" in fault.value.remedy


async def test_a_pooler_with_a_single_connection_is_a_fault_and_holds_nobody_up(node: Node) -> None:
    with a_pgbouncer(node, default_pool_size=1) as url, pytest.raises(Fault, match="no second connection") as fault:
        await PoolerCheck(examined(url), statement_cache=0).run()
    assert "default_pool_size" in fault.value.remedy


async def test_migrating_goes_through_a_pooler_that_loses_prepared_statements(node: Node) -> None:
    tracking: dict[str, str | int] = {"max_prepared_statements": 0} if keeps_track() else {}
    with a_pgbouncer(node, default_pool_size=1, **tracking) as url:
        another = await asyncpg.connect(url)
        for number in range(5):  # which take the names that a newcomer would take
            await another.fetchval(f"select {number} + $1::int", number)
        await migrate(Settings(database_url=url))
        await another.close()


async def test_looking_for_a_pooler_leaves_no_statement_behind(node: Node) -> None:
    with a_pgbouncer(node) as url:
        await pooling_at(url)
        connection = await asyncpg.connect(url, statement_cache_size=0)
        left = "select count(*) from pg_prepared_statements where name like 'cairn%'"
        assert await connection.fetchval(left) == 0
        await connection.close()


@pytest.mark.parametrize("pooling", FINE)
def test_whatever_stands_between_is_well_when_cairn_keeps_no_statements(pooling: Pooling) -> None:
    assert judge(pooling, 0)


async def test_more_connections_than_the_database_takes_are_a_fault(node: Node) -> None:
    with pytest.raises(Fault, match="An API and a worker may open 1000 together") as fault:
        await ConnectionsCheck(examined(node.url), pool_size=500).run()
    assert "Lower CAIRN_DATABASE_POOL_SIZE" in fault.value.remedy


async def test_the_bound_of_cairn_s_own_role_counts(node: Node) -> None:
    await node.do("alter role cairn connection limit 7")
    try:
        with pytest.raises(Fault, match="lets Cairn have 7"):
            await ConnectionsCheck(examined(node.url), pool_size=4).run()
    finally:
        await node.do("alter role cairn connection limit -1")


async def test_behind_a_pooler_the_size_of_the_pool_is_not_held_against_the_database(node: Node) -> None:
    with a_pgbouncer(node) as url:
        assert "open, of" in await ConnectionsCheck(examined(url), pool_size=500).run()


async def test_a_database_that_is_nearly_full_is_a_fault(node: Node) -> None:
    takes = await _takes(node)
    others = [await asyncpg.connect(node.url) for _ in range(takes - 5)]
    try:
        with pytest.raises(Fault, match=rf"are open, of {takes} that the database takes"):
            await ConnectionsCheck(examined(node.url), pool_size=10).run()
    finally:
        for other in others:
            await other.close()


async def test_locks_of_clients_that_vanished_are_a_fault(node: Node) -> None:
    await node.do("alter role cairn set idle_in_transaction_session_timeout = 0")
    try:
        with pytest.raises(Fault, match="keeps its locks") as fault:
            await ConnectionsCheck(examined(node.url), pool_size=10).run()
        assert "idle_in_transaction_session_timeout = '30s'" in fault.value.remedy
    finally:
        await node.do("alter role cairn reset idle_in_transaction_session_timeout")


async def test_a_database_that_keeps_what_it_takes_is_well(node: Node) -> None:
    assert await DurabilityCheck(examined(node.url)).run() == "what is stored is on disk"


async def test_commits_that_do_not_wait_for_the_disk_are_a_fault(node: Node) -> None:
    await node.do("alter role cairn set synchronous_commit = off")
    try:
        with pytest.raises(Fault, match="synchronous_commit = off"):
            await DurabilityCheck(examined(node.url)).run()
    finally:
        await node.do("alter role cairn reset synchronous_commit")


async def test_a_database_that_a_crash_destroys_is_a_fault(node: Node) -> None:
    await node.do("alter system set full_page_writes = off")
    try:
        with pytest.raises(Fault, match="full_page_writes = off"):
            await DurabilityCheck(examined(node.url)).run()
    finally:
        await node.do("alter system reset full_page_writes")


async def _takes(node: Node) -> int:
    connection = await asyncpg.connect(node.url)
    takes = await connection.fetchval("select current_setting('max_connections')::int - 3")
    await connection.close()
    return int(takes)
