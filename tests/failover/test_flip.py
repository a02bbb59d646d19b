"""multi_db_flip.sh changes the parts of a pair without losing what was acknowledged, and never makes two writers."""

import asyncio
import re
import signal
import subprocess
from pathlib import Path

import asyncpg

from testing_payloads.failover.pair import FLIP, Pair
from tests.factories.serving import wait_until

BASH = "/bin/bash"


def flip(pair: Pair, *words: str) -> subprocess.CompletedProcess[str]:
    command = [BASH, str(FLIP), "--rig", str(pair.folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)


def flipped(pair: Pair, *words: str) -> str:
    ended = flip(pair, *words)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


async def write_until(done: asyncio.Event, url: str) -> list[int]:
    """One number after the other; those that were acknowledged."""
    acknowledged: list[int] = []
    connection: asyncpg.Connection | None = None
    while not done.is_set():
        number = len(acknowledged)
        try:
            if connection is None or connection.is_closed():
                connection = await asyncpg.connect(url, timeout=5)
            await connection.execute("INSERT INTO kept VALUES ($1) ON CONFLICT DO NOTHING", number)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            if connection is not None:
                connection.terminate()
            connection = None
        else:
            acknowledged.append(number)
    if connection is not None:
        await connection.close()
    return acknowledged


def test_the_status_of_a_whole_pair_names_writer_and_standby(pair: Pair) -> None:
    flipped(pair, "back")
    status = flipped(pair, "status")
    assert re.search(r"^a +writer +\d+ +ANY 1 \(postgres_a, postgres_b\) +yes$", status, re.MULTILINE)
    assert re.search(r"^b +standby +\d+ +- +no \(a standby\)$", status, re.MULTILINE)
    assert status.splitlines()[-1].startswith("whole: a writes, b follows")


async def test_a_switch_under_writes_keeps_each_that_was_acknowledged(pair: Pair) -> None:
    old, new = pair.writer, pair.standby
    connection = await asyncpg.connect(pair.writer_url)
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (number bigint PRIMARY KEY)")
    await connection.close()
    done = asyncio.Event()
    writing = asyncio.create_task(write_until(done, pair.writer_url))
    await asyncio.to_thread(flipped, pair, "switch")
    done.set()
    acknowledged = await writing
    connection = await asyncpg.connect(pair.writer_url)
    stored = {row["number"] for row in await connection.fetch("SELECT number FROM kept")}
    await connection.close()
    assert acknowledged
    assert set(acknowledged) <= stored
    assert (pair.writer, pair.standby) == (new, old)
    assert flip(pair, "status").returncode == 0


def test_nobody_is_promoted_while_the_other_writes(pair: Pair) -> None:
    writer, standby = pair.writer, pair.standby
    refused = flip(pair, "promote", standby.name)
    assert refused.returncode == 1
    assert f"refused: {writer.name} still writes" in refused.stderr
    assert (pair.writer, pair.standby) == (writer, standby)


def test_nobody_is_promoted_while_the_other_may_only_be_frozen(pair: Pair) -> None:
    writer, standby = pair.writer, pair.standby
    pair.freeze(writer)
    refused = flip(pair, "promote")
    pair.thaw(writer)
    assert refused.returncode == 1
    assert f"refused: {writer.name} does not answer" in refused.stderr
    wait_until(lambda: flip(pair, "status").returncode == 0)
    assert (pair.writer, pair.standby) == (writer, standby)


def test_a_switch_that_was_killed_halfway_is_put_right_by_up(pair: Pair) -> None:
    command = [BASH, str(FLIP), "--rig", str(pair.folder), "switch"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as switch:
        assert switch.stderr is not None
        assert next(line for line in switch.stderr if "sends nobody to" in line)
        switch.send_signal(signal.SIGKILL)
    # What it had begun may take a moment to end, and holds its lock until then.
    wait_until(lambda: "another multi_db_flip.sh" not in flip(pair, "up").stderr)
    assert "whole" in flipped(pair, "status")


def test_haproxy_that_died_is_started_by_up(pair: Pair) -> None:
    pair.balancer.kill()
    flipped(pair, "up")
    wait_until(lambda: flip(pair, "status").returncode == 0)


def test_two_writers_become_one_again(pair: Pair) -> None:
    """An old writer was frozen, the other promoted, and it thaws: `up` keeps the one that was promoted last."""
    flipped(pair, "back")
    old, new = pair.nodes["a"], pair.nodes["b"]
    pair.freeze(old)
    pair.promote(new)
    pair.thaw(old)
    assert "not whole: both write" in flip(pair, "status").stdout
    flipped(pair, "up")
    assert (pair.writer, pair.standby) == (new, old)


def test_the_sequence_goes_through_all_of_it_and_tells_when(pair: Pair) -> None:
    table = flipped(pair, "sequence").splitlines()
    steps = [line for line in table if re.match(r"\d\d:\d\d:\d\d ", line)]
    writers = [line.split()[-1] for line in steps]
    assert writers[2:] == ["b", "nobody", "b", "a", "b", "b", "a"]
    assert all(re.search(r"\d+ ms", line) for line in steps)
    assert pair.writer is pair.nodes["a"]
    assert flip(pair, "status").returncode == 0


def test_a_command_for_a_rig_that_is_not_there_says_how_to_start_one(tmp_path: Path) -> None:
    refused = subprocess.run([BASH, FLIP, "--rig", tmp_path, "status"], capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert "start one with `python -m testing_payloads.failover.rig up`" in refused.stderr
