"""Nothing outlives Cairn, and nothing that was stored is lost when it ends badly."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.embedded.servers import CannotStart, running_addresses
from tests.embedded.processes import ROOT, eventually, host, is_running, read, server_ids, valkey, write


async def test_a_killed_parent_takes_its_servers_along(data_folder):
    process = host(data_folder)
    servers = server_ids(process)
    process.kill()
    process.communicate()
    assert eventually(lambda: not any(is_running(server) for server in servers))


async def test_what_was_committed_before_a_kill_is_there_at_the_next_start(data_folder, embedded):
    process = host(data_folder)
    server_ids(process)
    addresses = running_addresses(data_folder)
    await write(addresses, "kept")
    async with valkey(addresses) as line:
        await line.set("key", "kept")
    process.kill()
    process.communicate()
    addresses = embedded(data_folder).start()
    assert await read(addresses) == ["kept"]
    async with valkey(addresses) as line:
        assert await line.get("key") == "kept"


def test_a_parent_killed_during_its_first_start_leaves_nothing_in_the_way(place, embedded):
    process = host(place / "data")
    assert eventually(lambda: bool(list((place / "data" / "postgres").glob("new-*/global"))))
    process.kill()
    process.communicate()
    embedded(place / "data").start()
    assert [path.name for path in (place / "data" / "postgres").iterdir()] == ["cluster"]


def test_a_private_folder_for_sockets_that_a_kill_left_goes_at_the_next_start(place, embedded):
    folder = place / ("x" * 120)
    process = host(folder)
    server_ids(process)
    left = Path(running_addresses(folder).redis_url.split("@")[1]).parent
    process.kill()
    process.communicate()
    embedded(folder).start()
    assert not left.exists()


def test_a_killed_cairn_is_not_found_by_other_commands(data_folder):
    process = host(data_folder)
    servers = server_ids(process)
    process.kill()
    process.communicate()
    assert running_addresses(data_folder) is None
    assert eventually(lambda: not any(is_running(server) for server in servers))


def test_interrupting_the_terminal_reaches_the_parent_only(data_folder):
    process = host(data_folder, start_new_session=True)
    servers = server_ids(process)
    assert os.getpgid(process.pid) == process.pid
    assert all(os.getpgid(server) == server and os.getsid(server) == server for server in servers)
    process.communicate()


def test_a_parent_that_is_asked_to_end_stops_its_servers(data_folder):
    process = host(data_folder)
    servers = server_ids(process)
    assert process.communicate(timeout=60)[0] == "stopped\n"
    assert not any(is_running(server) for server in servers)


def test_a_stop_is_a_clean_one(data_folder, embedded):
    servers = embedded(data_folder)
    servers.start()
    servers.stop()
    servers.start()
    assert "was not properly shut down" not in (data_folder / "log" / "postgres.log").read_text()


def test_servers_that_run_are_not_fallen(data_folder, embedded):
    servers = embedded(data_folder)
    assert servers.fallen() == []
    servers.start()
    assert servers.fallen() == []


@pytest.mark.parametrize("name", ["PostgreSQL", "Valkey"])
def test_a_server_that_was_killed_is_named(data_folder, embedded, name):
    servers = embedded(data_folder)
    servers.start()
    os.kill(servers.process_ids[name], signal.SIGKILL)
    assert eventually(lambda: servers.fallen() == [name])
    servers.revive()  # shared memory that a killed server left goes when it starts again


async def test_fallen_servers_come_back_at_the_same_addresses(data_folder, embedded):
    servers = embedded(data_folder)
    addresses = servers.start()
    await write(addresses, "kept")
    for process in servers.process_ids.values():
        os.kill(process, signal.SIGKILL)
    assert eventually(lambda: len(servers.fallen()) == 2)
    servers.revive()
    assert servers.fallen() == []
    assert await read(addresses) == ["kept"]
    async with valkey(addresses) as line:
        assert await line.ping()


def test_a_note_of_a_process_that_is_somebody_elses_by_now_is_no_obstacle(data_folder, embedded):
    stranger = subprocess.Popen(["sleep", "60"])
    note = [str(stranger.pid), str(data_folder / "postgres/cluster"), "1", "5432", "", "", "", "ready"]
    (data_folder / "postgres" / "cluster" / "postmaster.pid").write_text("\n".join(note) + "\n")
    (data_folder / "valkey" / "valkey.pid").write_text(f"{stranger.pid}\n")
    embedded(data_folder).start()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_servers_that_a_dead_cairn_left_running_are_stopped_first(data_folder, embedded):
    # As on a system without parent-death signals: the server is on, and nobody holds the folder.
    cluster = data_folder / "postgres" / "cluster"
    program = "import signal; signal.signal(2, signal.SIG_DFL); print('on', flush=True); signal.pause()"
    left = subprocess.Popen([sys.executable, "-c", program, str(cluster)], stdout=subprocess.PIPE, text=True)
    assert left.stdout.readline() == "on\n"
    (cluster / "postmaster.pid").write_text(f"{left.pid}\n{cluster}\n1\n5432\n\n\n\nready\n")
    embedded(data_folder).start()
    assert left.wait() == -signal.SIGINT
    left.stdout.close()


def test_a_start_that_fails_leaves_nothing_running(data_folder, embedded):
    with (data_folder / "postgres" / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = plenty\n")
    servers = embedded(data_folder)
    with pytest.raises(CannotStart):
        servers.start()
    assert servers.process_ids == {}
    assert running_addresses(data_folder) is None


def test_where_the_kernel_does_not_tell_a_watcher_does(place):
    # The way of systems without parent-death signals, tried here too.
    program = (
        "import os, sys; from infrastructure.embedded.launch import by_watching; "
        "by_watching(os.getppid(), 15); print(os.getpid(), flush=True); os.execvp('sleep', ['sleep', '60'])"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    server = int(parent.stdout.readline())
    assert is_running(server)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not is_running(server))
    parent.stdout.close()
