"""The Patroni rig for real: a switchover and a lost PostgreSQL. A lost machine takes long: the benchmark tries it.

Only with TEST_PATRONI=1: the first time it downloads Patroni and etcd, which takes a quarter of a minute.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg
import pytest

from testing_payloads.failover.patroni.programs import programs
from testing_payloads.failover.patroni.witness import a_witness
from testing_payloads.failover.patroni_rig import PatroniPair, a_patroni_pair
from testing_payloads.failover.servers.refusals import RigRefused
from tests.factories.serving import wait_until

ASKED_FOR = os.environ.get("TEST_PATRONI") == "1"
pytestmark = pytest.mark.skipif(not ASKED_FOR, reason="only with TEST_PATRONI=1: it downloads Patroni and etcd")
TROUBLE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


@dataclass
class Writes:
    """What was acknowledged; each write has a key, so that it may be sent again."""

    url: str
    acknowledged: list[int] = field(default_factory=list)

    async def go_on(self) -> None:
        """Write one number after the other, each until it is acknowledged."""
        number = 0
        while True:
            try:
                connection = await asyncpg.connect(self.url, timeout=2)
            except TROUBLE:
                await asyncio.sleep(0.05)
                continue
            try:
                while True:
                    await connection.execute("INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING", number)
                    self.acknowledged.append(number)
                    number += 1
            except TROUBLE:
                continue
            finally:
                connection.terminate()

    async def go_further(self) -> None:
        """Wait until one more is acknowledged."""
        before = len(self.acknowledged)
        await asyncio.to_thread(wait_until, lambda: len(self.acknowledged) > before, within_s=60)

    async def lost(self) -> set[int]:
        """What was acknowledged and is not there."""
        acknowledged = set(self.acknowledged)  # before it is asked: the writes go on
        connection = await asyncpg.connect(self.url)
        rows = await connection.fetch("SELECT number FROM kept")
        await connection.close()
        return acknowledged - {row["number"] for row in rows}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PatroniPair]:
    try:
        programs()
    except RigRefused as missing:
        pytest.skip(str(missing))
    with a_patroni_pair(tmp_path_factory.mktemp("patroni")) as pair:
        yield pair


@asynccontextmanager
async def writing(pair: PatroniPair) -> AsyncIterator[Writes]:
    connection = await asyncpg.connect(pair.writer_url)
    await connection.execute("DROP TABLE IF EXISTS kept; CREATE TABLE kept (number int PRIMARY KEY)")
    await connection.close()
    writes = Writes(pair.writer_url)
    task = asyncio.create_task(writes.go_on())
    try:
        await writes.go_further()
        yield writes
    finally:
        task.cancel()


def switch(pair: PatroniPair) -> None:
    pair.switch()


def lose_postgresql(pair: PatroniPair) -> None:
    pair.kill_postgres(pair.writer)


@pytest.mark.parametrize("change", [switch, lose_postgresql])
async def test_the_other_machine_writes_on_with_all_that_was_acknowledged(
    pair: PatroniPair, change: Callable[[PatroniPair], None]
) -> None:
    before = pair.writer
    async with writing(pair) as writes, a_witness(*pair.nodes.values()) as witness:
        await asyncio.to_thread(change, pair)
        await asyncio.to_thread(wait_until, pair.other(before).says_it_writes, within_s=60)
        await writes.go_further()
        await asyncio.to_thread(pair.wait_streaming)
        assert await writes.lost() == set()
    assert pair.standby is before
    assert witness.taking.most == 1
