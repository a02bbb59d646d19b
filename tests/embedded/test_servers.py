"""What both servers are once they run."""

import os
import re
import shutil
import stat
import threading
from pathlib import Path

import asyncpg
import pytest
from redis.exceptions import RedisError

from infrastructure.embedded.servers import running_addresses
from tests.embedded.processes import PACKAGES, ROOT, ask, first_line, host, read, valkey, write

ODD = {
    "HOME": "/nowhere",
    "TMPDIR": "/nowhere",
    "LC_ALL": "xx_YY",
    "TZ": "Mars/Olympus",
    "PGPORT": "6000",
    "PGDATA": "/nowhere",
    "PGUSER": "x",
    "PGOPTIONS": "-x",
}


async def test_the_first_start_makes_a_database_that_answers(place, embedded):
    assert await ask(embedded(place / "data").start(), "SELECT current_database()") == "cairn"


async def test_valkey_answers(running):
    async with valkey(running.addresses) as line:
        assert await line.ping()


async def test_what_was_committed_is_there_after_a_restart(data_folder, embedded):
    servers = embedded(data_folder)
    await write(servers.start(), "kept")
    servers.stop()
    assert await read(servers.start()) == ["kept"]


async def test_what_valkey_was_told_is_there_after_a_restart(data_folder, embedded):
    servers = embedded(data_folder)
    async with valkey(servers.start()) as line:
        await line.set("key", "kept")
    servers.stop()
    async with valkey(servers.start()) as line:
        assert await line.get("key") == "kept"


async def test_the_role_is_no_superuser(running):
    addresses = running.addresses
    assert await ask(addresses, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


async def test_the_role_may_make_another_database(running):
    addresses = running.addresses
    await ask(addresses, "CREATE DATABASE another")
    assert await ask(addresses, "SELECT count(*) FROM pg_database WHERE datname = 'another'") == 1


async def test_the_superuser_cannot_log_in(running):
    url = running.addresses.database_url.replace("//cairn:", "//postgres:")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url)


async def test_postgres_refuses_a_wrong_password(running):
    url = re.sub(r":[^:@]+@", ":wrong@", running.addresses.database_url)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(url)


async def test_the_password_is_stored_as_a_scram_verifier(running):
    assert await ask(running.addresses, "SHOW password_encryption") == "scram-sha-256"


async def test_valkey_refuses_whoever_brings_no_password(running):
    addresses = running.addresses
    async with valkey(type(addresses)("", re.sub(r":[^:@]+@", "", addresses.redis_url))) as line:
        with pytest.raises(RedisError, match="Authentication required"):
            await line.ping()


async def test_postgres_listens_on_no_network(running):
    assert await ask(running.addresses, "SHOW listen_addresses") == ""


async def test_valkey_listens_on_no_network(running):
    async with valkey(running.addresses) as line:
        assert await line.config_get("port") == {"port": "0"}


async def test_valkey_appends_every_change_to_a_file(running):
    async with valkey(running.addresses) as line:
        assert await line.config_get("appendonly", "appendfsync") == {"appendonly": "yes", "appendfsync": "everysec"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("TimeZone", "UTC"),
        ("jit", "off"),
        ("max_connections", "60"),
        ("server_encoding", "UTF8"),
    ],
)
async def test_postgres_is_set_up_for_a_laptop_that_loses_power(running, setting, value):
    assert await ask(running.addresses, f"SHOW {setting}") == value


async def test_letters_beyond_ascii_have_capitals(running):
    assert await ask(running.addresses, "SELECT upper('höhenmeter')") == "HÖHENMETER"


@pytest.mark.parametrize("name", ["server.password", "running.json", "lock", "valkey/valkey.conf"])
def test_nobody_else_reads_a_secret(running, name):
    assert stat.S_IMODE((running.folder / name).stat().st_mode) == 0o600


def test_nobody_else_reaches_the_sockets(running):
    assert stat.S_IMODE((running.folder / "run").stat().st_mode) == 0o700


def test_the_password_stands_in_no_log(running):
    password = (running.folder / "server.password").read_text()
    assert password
    assert all(password not in log.read_text() for log in (running.folder / "log").iterdir())


async def test_a_lost_password_is_replaced(data_folder, embedded):
    (data_folder / "server.password").unlink()
    assert await ask(embedded(data_folder).start(), "SELECT 1") == 1


def test_starting_twice_gives_the_same_addresses(running):
    assert running.servers.start() == running.addresses


def test_stopping_twice_is_fine(data_folder, embedded):
    servers = embedded(data_folder)
    servers.start()
    servers.stop()
    servers.stop()
    assert servers.process_ids == {}


def test_other_commands_find_the_servers_that_run(running):
    assert running_addresses(running.folder) == running.addresses


def test_other_commands_find_nothing_after_a_stop(data_folder, embedded):
    servers = embedded(data_folder)
    servers.start()
    servers.stop()
    assert running_addresses(data_folder) is None


def test_other_commands_find_nothing_in_a_folder_that_is_not_there(place):
    assert running_addresses(place / "nowhere") is None


@pytest.mark.parametrize("name", ["x" * 120, "a, b", 'say "run"'], ids=["too long", "comma", "quotes"])
async def test_a_path_that_is_no_good_for_sockets_gets_a_private_folder_for_them(place, finished_start, embedded, name):
    folder = Path(shutil.copytree(finished_start, place / name))
    addresses = embedded(folder).start()
    sockets = Path(addresses.redis_url.split("@")[1]).parent
    assert not sockets.is_relative_to(place)
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert await ask(running_addresses(folder), "SELECT 1") == 1


def test_the_private_folder_for_sockets_is_gone_after_a_stop(place, finished_start, embedded):
    servers = embedded(shutil.copytree(finished_start, place / ("x" * 120)))
    sockets = Path(servers.start().redis_url.split("@")[1]).parent
    servers.stop()
    assert not sockets.exists()


@pytest.mark.parametrize("name", ["runs of 2026", "Läufe", "50% off", "it's"])
async def test_a_data_folder_may_have_any_name(place, finished_start, embedded, name):
    addresses = embedded(shutil.copytree(finished_start, place / name)).start()
    assert await ask(addresses, "SELECT 1") == 1
    async with valkey(addresses) as line:
        assert await line.ping()


def test_a_log_that_has_grown_large_starts_anew(data_folder, embedded):
    (data_folder / "log" / "valkey.log").write_bytes(b"x" * 5_000_001)
    embedded(data_folder).start()
    assert (data_folder / "log" / "valkey.log").stat().st_size < 100_000
    assert (data_folder / "log" / "valkey.log.1").stat().st_size == 5_000_001


@pytest.mark.parametrize("odd", [{}, ODD], ids=["nothing set", "everything odd"])
async def test_the_environment_does_not_matter(data_folder, odd):
    process = host(data_folder, env={"PYTHONPATH": f"{ROOT}:{PACKAGES}"} | odd)
    assert first_line(process).startswith("started:")
    assert await ask(running_addresses(data_folder), "SELECT 1") == 1
    assert process.communicate(timeout=60) == ("stopped\n", "")


def test_the_environment_does_not_matter_to_a_first_start(place):
    process = host(place / "data", env={"PYTHONPATH": f"{ROOT}:{PACKAGES}"} | ODD)
    assert first_line(process).startswith("started:")
    assert process.communicate(timeout=60) == ("stopped\n", "")


def test_servers_are_not_started_from_another_thread(data_folder, embedded):
    refusals = []

    def start() -> None:
        try:
            embedded(data_folder).start()
        except RuntimeError as refusal:
            refusals.append(str(refusal))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert refusals == ["Servers are started from the main thread: they end with the thread that started them."]


def test_nothing_outside_the_data_folder_changes(place, embedded):
    place.chmod(0o700)
    before = place.stat()
    embedded(place / "data").start()
    after = place.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


def test_the_servers_do_not_hold_the_folders_lock(running):
    for process in running.servers.process_ids.values():
        held = [os.readlink(link) for link in Path(f"/proc/{process}/fd").iterdir()]
        assert str(running.folder / "lock") not in held
