"""The rig: two databases that are one history, and HAProxy, which tells the writer from the reader."""

import asyncpg
import pytest

from testing_payloads.failover.pair import Pair
from testing_payloads.failover.servers.balancer import READER, WRITER
from testing_payloads.failover.servers.refusals import RigRefused
from tests.factories.serving import wait_until

RECOVERING = "SELECT pg_is_in_recovery()"
PORT = "SELECT inet_server_port()"


async def ask(url: str, statement: str, **options: object) -> object:
    connection = await asyncpg.connect(url, timeout=10, **options)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def is_refused(url: str) -> bool:
    try:
        await ask(url, RECOVERING)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return True
    return False


def a_table(pair: Pair, name: str) -> None:
    pair.writer.sql(f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} (said text)")


def said(pair: Pair, name: str) -> list[list[str]]:
    """What stands in a table, on the writer and on the standby."""
    return [node.sql(f"SELECT said FROM {name} ORDER BY 1").split() for node in (pair.writer, pair.standby)]


async def test_the_write_port_leads_to_the_writer_and_the_read_port_to_the_standby(pair: Pair) -> None:
    wait_until(lambda: pair.balancer.up(READER) == [pair.standby.name])
    assert await ask(pair.writer_url, PORT) == pair.writer.port
    assert await ask(pair.reader_url, PORT) == pair.standby.port


def test_commits_wait_until_the_standby_has_them(pair: Pair) -> None:
    a_table(pair, "waited_for")
    pair.freeze(pair.standby)
    frozen = next(node for node in pair.nodes.values() if node.is_frozen)
    with pytest.raises(RigRefused, match="did not answer within"):
        pair.writer.sql("INSERT INTO waited_for VALUES ('alone')", within_s=0.5)
    pair.thaw(frozen)
    pair.wait_streaming()
    pair.writer.sql("INSERT INTO waited_for VALUES ('together')")
    assert said(pair, "waited_for")[1][-1] == "together"


def test_what_was_acknowledged_survives_the_death_of_the_writer(pair: Pair) -> None:
    a_table(pair, "kept")
    old, new = pair.writer, pair.standby
    old.sql("INSERT INTO kept VALUES ('kept')")
    pair.kill(old)
    pair.promote(new)
    assert pair.writer is new
    assert new.sql("SELECT said FROM kept") == "kept"
    pair.rejoin(old)
    assert said(pair, "kept") == [["kept"], ["kept"]]


async def test_writes_go_to_whoever_was_promoted(pair: Pair) -> None:
    old, new = pair.writer, pair.standby
    pair.stop(old)
    assert await is_refused(pair.writer_url)
    pair.promote(new)
    assert await ask(pair.writer_url, PORT) == new.port
    pair.rejoin(old)
    assert pair.is_whole


def test_an_old_writer_comes_back_as_a_standby_and_keeps_nothing_of_its_own(pair: Pair) -> None:
    a_table(pair, "histories")
    old, new = pair.writer, pair.standby
    old.sql("INSERT INTO histories VALUES ('both')")
    pair.kill(new)
    # As if the promotion had come while it went on by itself: what it writes now, nobody else has.
    old.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()")
    old.sql("INSERT INTO histories VALUES ('alone')")
    pair.kill(old)
    pair.start(new)
    pair.promote(new)
    new.sql("INSERT INTO histories VALUES ('promoted')")
    pair.rejoin(old)
    assert pair.standby is old
    assert said(pair, "histories") == [["both", "promoted"]] * 2


async def test_an_old_writer_that_thaws_after_a_promotion_gets_no_sessions(pair: Pair) -> None:
    old, new = pair.writer, pair.standby
    pair.freeze(old)
    pair.promote(new)
    pair.thaw(old)
    with pytest.raises(RigRefused, match="a is writer and b is writer"):
        _ = pair.writer
    assert pair.balancer.up(WRITER) == [new.name]
    assert await ask(pair.writer_url, PORT) == new.port
    with pytest.raises(RigRefused, match=f"does not give way. .*: `rejoin {old.name}`"):
        pair.rejoin(new)
    assert new.is_running
    pair.rejoin(old)
    assert pair.standby is old


def test_nobody_is_promoted_while_the_other_writes(pair: Pair) -> None:
    old, new = pair.writer, pair.standby
    with pytest.raises(RigRefused, match=f"Node {old.name} writes, and two writers would be two histories"):
        pair.promote(new)
    with pytest.raises(RigRefused, match=f"Node {old.name} writes already"):
        pair.promote(old)
    assert pair.standby is new
    assert pair.is_whole


def test_nobody_rejoins_behind_a_node_that_does_not_write(pair: Pair) -> None:
    with pytest.raises(RigRefused, match="has nobody to follow"):
        pair.rejoin(pair.writer)


async def test_two_writers_are_refused_until_one_of_them_gives_way(pair: Pair) -> None:
    """Where nobody tells HAProxy, which then finds two by itself."""
    old, new = pair.writer, pair.standby
    pair.freeze(old)
    pair.promote(new)
    pair.balancer.leave_to_checks(old.name)
    pair.thaw(old)
    wait_until(lambda: pair.balancer.up(WRITER) == ["a", "b"])
    assert await is_refused(pair.writer_url)
    pair.stop(old)
    pair.rejoin(old)
    assert await ask(pair.writer_url, PORT) == new.port


async def test_haproxy_finds_out_by_itself_when_nobody_tells_it(pair: Pair) -> None:
    old, new = pair.writer, pair.standby
    pair.kill(old)
    new.sql("ALTER SYSTEM SET synchronous_standby_names = ''", "SELECT pg_reload_conf()", "SELECT pg_promote()")
    wait_until(lambda: pair.balancer.up(WRITER) == [new.name])
    assert await ask(pair.writer_url, PORT) == new.port
    pair.rejoin(old)


async def test_readers_go_to_the_writer_while_there_is_no_standby(pair: Pair) -> None:
    standby = pair.standby
    pair.stop(standby)
    wait_until(lambda: pair.balancer.up(READER) == [])
    assert await ask(pair.reader_url, RECOVERING) is False
    pair.rejoin(standby)


async def test_haproxy_and_valkey_come_back_at_the_same_addresses(pair: Pair) -> None:
    before = pair.writer_url, pair.redis_url
    pair.restart_haproxy()
    wait_until(lambda: pair.balancer.up(WRITER) == [pair.writer.name])
    pair.kill_redis()
    pair.start_redis()
    assert (pair.writer_url, pair.redis_url) == before
    assert await ask(pair.writer_url, RECOVERING) is False


async def test_pgbouncer_leads_to_the_writer_before_and_after_a_switch(pair_with_bouncer: Pair) -> None:
    pair = pair_with_bouncer
    assert pair.writer_url != pair.direct_writer_url
    old, new = pair.writer, pair.standby
    assert await ask(pair.writer_url, PORT, statement_cache_size=0) == old.port
    pair.stop(old)
    pair.promote(new)
    assert await ask(pair.writer_url, PORT, statement_cache_size=0) == new.port
    pair.rejoin(old)
    pair.restart_bouncer()
    assert await ask(pair.writer_url, PORT, statement_cache_size=0) == new.port
