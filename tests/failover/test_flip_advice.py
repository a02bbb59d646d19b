"""What multi_db_flip.sh advises and refuses. Words of a file stand in for the pair: nothing is started or stopped."""

import os
import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from testing_payloads.failover.pair import FLIP

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="The rig, and so the script, runs on Linux only.")

NOBODY = 65534
A_POSTGRES = "import sys; open('/proc/self/comm', 'w').write('postgres'); print(flush=True); sys.stdin.read()"
# What a file beside it says: `a.part` holds t, f or nothing, `a.timeline` eight digits.
PSQL = """#!/bin/sh
case "$*" in *:12001/*) node=a ;; *) node=b ;; esac
case "$*" in
  *pg_is_in_recovery*) cat "${0%/*}/$node.part" ;;
  *pg_walfile_name* | *received_tli*) cat "${0%/*}/$node.timeline" ;;
esac
"""


def flip(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["/bin/bash", FLIP, *words], capture_output=True, text=True, check=False, timeout=60)


class Pair:
    """The folder of a rig whose servers are only told of."""

    def __init__(self, folder: Path, ends: ExitStack) -> None:
        self.folder, self._ends = folder, ends
        self.orders: list[str] = []
        self.states = {"a": "UP", "b": "DOWN"}
        self.admin = ends.enter_context(_Admin(self))
        threading.Thread(target=self.admin.serve_forever, args=(0.01,), daemon=True).start()
        ends.callback(self.admin.shutdown)
        listener = ends.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(folder / "rig.sock"))
        (folder / "psql").write_text(PSQL)
        (folder / "psql").chmod(0o755)
        own = {"RIG_SOCKET": folder / "rig.sock", "PSQL": folder / "psql", "HAPROXY_ADMIN_PORT": self.admin.port}
        for number, name in enumerate("ab", 1):
            (folder / name / "pg_wal").mkdir(parents=True)
            (folder / name / "PG_VERSION").write_text("18\n")
            own[f"NODE_{name.upper()}_DATA"] = folder / name
            own[f"NODE_{name.upper()}_ADMIN_URL"] = f"postgresql://postgres:s@127.0.0.1:{12_000 + number}/postgres"
        (folder / "rig.env").write_text("".join(f"{key}='{value}'\n" for key, value in own.items()))

    def runs(self, name: str, in_recovery: str, timeline: int = 1) -> None:
        """Its process is there; it says f (a writer), t (a standby), or nothing."""
        (self.folder / f"{name}.part").write_text(in_recovery)
        (self.folder / f"{name}.timeline").write_text(f"{timeline:08X}\n")
        process = subprocess.Popen([sys.executable, "-ISc", A_POSTGRES], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._ends.enter_context(process)
        assert process.stdout is not None
        assert process.stdout.readline()
        (self.folder / name / "postmaster.pid").write_text(f"{process.pid}\n")

    def was_left(self, name: str, timeline: int, *, standby: bool = False) -> None:
        """It is down, and its log has been on that timeline."""
        (self.folder / name / "pg_wal" / f"{timeline:08X}.history").touch()
        if standby:
            (self.folder / name / "standby.signal").touch()

    def do(self, *words: str) -> subprocess.CompletedProcess[str]:
        return flip("--rig", self.folder, *words)

    @property
    def problems(self) -> list[str]:
        """What `status` finds."""
        told = self.do("status")
        assert told.returncode == 1
        return [line.removeprefix("not whole: ") for line in told.stdout.splitlines() if line.startswith("not whole")]


class _Admin(socketserver.ThreadingTCPServer):
    """HAProxy's admin socket."""

    daemon_threads = True

    def __init__(self, pair: Pair) -> None:
        super().__init__(("127.0.0.1", 0), _Order)
        self.pair, self.port = pair, self.server_address[1]


class _Order(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, _Admin)
        pair, order = self.server.pair, self.rfile.readline().decode().strip()
        if order == "show stat":
            for name, state in pair.states.items():
                self.wfile.write(f"postgres_writer,postgres-{name}{',' * 16}{state},\n".encode())
        elif order == "show info":
            self.wfile.write(b"Name: HAProxy\nVersion: 3\n")
        else:
            pair.orders.append(order)


@pytest.fixture
def told() -> Iterator[Pair]:
    """In a folder with a short path: the name of a socket has 108 bytes."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        yield Pair(Path(folder), ends)


def old_history(pair: Pair) -> None:
    """The writer a died, b wrote on and died as well, and somebody started a."""
    pair.runs("a", "f", 1)
    pair.was_left("b", 2)


@pytest.mark.parametrize("words", [("up",), ("rejoin", "b")])
def test_an_old_history_is_not_served_while_the_later_one_is_down(told: Pair, words: tuple[str, ...]) -> None:
    old_history(told)
    refused = told.do(*words)
    assert refused.returncode == 1
    assert "refused: b is down, and was promoted after a" in refused.stderr
    assert "To go on from b: `down`, then `up`" in refused.stderr
    assert told.orders == []


def test_the_status_says_that_the_one_that_is_down_has_the_later_history(told: Pair) -> None:
    old_history(told)
    told.states = {"a": "MAINT", "b": "DOWN"}
    (problem,) = told.problems
    assert problem.startswith("b is down, and was promoted after a")


def test_a_standby_is_not_promoted_while_the_other_holds_a_later_history(told: Pair) -> None:
    told.runs("a", "t", 1)
    told.was_left("b", 2)
    assert "refused: b is down, and was promoted after a" in told.do("promote", "a").stderr
    assert told.orders == []


@pytest.mark.parametrize(("left", "standby"), [(1, False), (1, True), (2, True)])
def test_the_later_history_that_writes_is_not_held_back(told: Pair, left: int, *, standby: bool) -> None:
    told.runs("a", "f", 2)
    told.was_left("b", left, standby=standby)
    assert told.problems == ["b is down: `up`"]


def test_a_database_whose_copy_was_cut_off_has_no_history(told: Pair) -> None:
    old_history(told)
    (told.folder / "b.unfinished").touch()
    assert told.problems == ["b is down: `up`"]


def test_the_status_shows_the_timeline_of_the_log_and_words_for_haproxy(told: Pair) -> None:
    told.runs("a", "f", 0x1F)
    told.runs("b", "t", 0x1F)
    rows = told.do("status").stdout.splitlines()
    assert rows[1].split()[2] == rows[2].split()[2] == "31"
    assert rows[1].endswith(" yes")
    assert rows[2].endswith(" no (a standby)")


def test_haproxy_that_sends_nobody_to_the_writer_is_told_without_a_standby_too(told: Pair) -> None:
    told.runs("a", "f", 2)
    told.was_left("b", 1)
    told.states["a"] = "MAINT"
    assert told.problems == ["b is down: `up`", "HAProxy sends nobody to a: `up` if that lasts"]


def test_haproxy_that_does_not_answer_is_told_once(told: Pair) -> None:
    told.runs("a", "f", 2)
    told.admin.shutdown()
    told.admin.server_close()
    assert told.problems == ["b is down: `up`", "HAProxy does not answer on its admin socket: `up` starts it"]


@pytest.mark.parametrize(("other", "advice"), [("t", "then: `kill`"), ("f", "then: `rejoin a`"), ("", "then: `down`")])
def test_a_frozen_one_is_ended_by_what_works_in_that_state(told: Pair, other: str, advice: str) -> None:
    told.runs("a", "")
    told.runs("b", other)
    told.states = {"a": "DOWN", "b": "UP"}
    problems = told.problems
    assert advice in next(each for each in problems if each.startswith("a is there"))
    assert not any("`up` starts" in each for each in problems)


def test_after_both_went_down_nobody_is_told_to_promote(told: Pair) -> None:
    told.was_left("a", 3)
    told.was_left("b", 3, standby=True)
    assert told.problems == ["nobody writes: `up` starts a, which wrote last", "a is down", "b is down"]


@pytest.mark.parametrize("command", ["status", "switch", "kill", "down", "up", "back", "sequence"])
def test_a_node_is_refused_where_none_is_taken(command: str) -> None:
    refused = flip(command, "b")
    assert refused.returncode == 1
    assert f"refused: `{command}` takes no node, but b was named" in refused.stderr


def test_the_folder_that_was_forgotten_is_asked_for() -> None:
    assert "refused: --rig wants the folder of a rig after it" in flip("--rig").stderr


def test_a_rig_that_was_killed_is_told_from_one_that_runs(told: Pair) -> None:
    environment = told.folder / "rig.env"
    environment.write_text(environment.read_text().replace("rig.sock", "gone.sock"))
    assert f"refused: the rig in {told.folder} was killed" in told.do("status").stderr


def test_the_folder_of_somebody_else_is_said_to_be_unreadable() -> None:
    """Root reads everything, so it asks as nobody, with a copy that nobody may read."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "rig")
        folder.mkdir(0o700)
        is_root = os.geteuid() == 0
        scripts = Path(name, "tree", "testing_payloads", "failover")
        scripts.mkdir(parents=True)
        shutil.copy(FLIP, scripts)
        shutil.copytree(FLIP.parent / "flipping", scripts / "flipping")
        subprocess.run(["chmod", "-R", "a+rX", Path(name, "tree")], check=True)
        Path(name).chmod(0o755)
        folder.chmod(0o700 if is_root else 0)
        command: list[str | Path] = ["/bin/bash", scripts / FLIP.name, "--rig", folder, "status"]
        who = NOBODY if is_root else None
        refused = subprocess.run(command, capture_output=True, text=True, check=False, user=who, group=who, cwd="/")
        folder.chmod(0o700)
    assert f"refused: {folder} may not be read by you" in refused.stderr
