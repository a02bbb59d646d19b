"""However the rig ends, nothing of it is left behind: no process, no shared memory, no network namespace."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from testing_payloads.failover.pair import a_pair
from testing_payloads.failover.servers.namespaces import a_network
from testing_payloads.failover.servers.refusals import RigRefused
from testing_payloads.failover.watching.targets import CannotWatch, of_rig
from tests.conftest import ROOT, a_data_folder
from tests.factories.serving import wait_until

RIG = [sys.executable, "-m", "testing_payloads.failover.rig"]
DIES_IN_A_NETWORK = """
import os, signal
from testing_payloads.failover.servers.namespaces import a_network
with a_network() as network:
    print(network.prefix, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@contextmanager
def a_rig(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A rig as a process of its own, that is up."""
    with subprocess.Popen([*RIG, "up", "--folder", folder], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = iter(process.stdout.readline, "")
            assert any("Ctrl-C" in line for line in said), "the rig ended before it was up"
            yield process
        finally:
            process.kill()


def do(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [*RIG, "do", "--folder", str(folder), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def processes(folder: Path) -> list[int]:
    """Those whose command line names the folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found += [int(entry.name)] if os.fsencode(folder) in (entry / "cmdline").read_bytes() else []
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def segments() -> set[str]:
    """The ids of all shared memory that the kernel keeps."""
    return {line.split()[1] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


def test_nothing_is_left_when_the_rig_is_killed_though_a_node_is_frozen(haproxy: Path) -> None:
    with a_data_folder() as folder, a_rig(folder) as rig:
        assert do(folder, "writer").stdout == "a\n"
        assert do(folder, "freeze", "b").returncode == 0
        own = {(folder / name / "data" / "postmaster.pid").read_text().split("\n")[6].split()[1] for name in "ab"}
        assert own <= segments()
        rig.kill()
        rig.wait()
        wait_until(lambda: processes(folder) == [])
        assert own & segments() == set()
        gone = do(folder, "writer")
        assert (gone.returncode, "No rig runs in" in gone.stderr) == (1, True)
        with pytest.raises(CannotWatch, match="has ended"):
            of_rig(folder)


def test_ctrl_c_ends_the_rig_in_good_order(haproxy: Path) -> None:
    with a_data_folder() as parent, a_rig(folder := parent / "its name has spaces") as rig:
        unknown = do(folder, "explode", "a")
        assert (unknown.returncode, unknown.stdout) == (1, "")
        assert "`explode a` is not a command" in unknown.stderr
        rig.send_signal(signal.SIGINT)
        assert rig.wait(60) == 0
        assert processes(folder) == []
        gone = do(folder, "writer")
        assert gone.returncode == 1
        assert "No rig runs in" in gone.stderr


@pytest.fixture
def namespaces() -> None:
    try:
        with a_network():
            pass
    except RigRefused as refusal:
        pytest.skip(f"Network namespaces are not to be had here, so no cable is cut: {refusal}")


def networks() -> str:
    words = (["ip", "netns", "show"], ["ip", "link", "show"])
    return "".join(subprocess.run(each, capture_output=True, text=True, check=True).stdout for each in words)


def test_what_a_dead_rig_left_of_its_network_is_removed_at_the_next_start(namespaces: None) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES_IN_A_NETWORK], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert died.stdout.strip() in networks()
    with a_network() as network:
        assert died.stdout.strip() not in networks()
        assert network.prefix in networks()
    assert network.prefix not in networks()


def test_a_writer_whose_network_is_cut_is_replaced_and_follows_when_it_is_mended(
    namespaces: None, haproxy: Path
) -> None:
    with a_data_folder() as folder, a_pair(folder, namespaces=True) as pair:
        old, new = pair.writer, pair.standby
        pair.cut(old)
        with pytest.raises(RigRefused, match=f"There is not one writer: .*{old.name} is away"):
            _ = pair.writer
        pair.promote(new)
        assert pair.writer is new
        pair.mend(old)
        wait_until(lambda: old.part() == "writer")
        pair.rejoin(old)
        assert pair.standby is old
