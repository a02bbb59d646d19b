"""However Cairn ends, nothing of it stays behind and nothing that was stored is lost."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import websockets.sync.client

from app.serving import SERVER_NOTE, running_url
from tests.conftest import a_data_folder
from tests.factories import serving as running
from tests.factories.serving import Served, serving, wait_until

RECORD = """mutation($name: String!) { recordRun(input: {
    name: $name, startedAt: "2026-05-01T07:00:00Z", distanceM: 5000, movingTimeS: 1500, idempotencyKey: $name
}) { run { name } userErrors { message } } }"""


@pytest.fixture(autouse=True, scope="module")
def _a_terminal_that_ends_things() -> Iterator[None]:
    """Under nohup a closed terminal ends nothing, here and in every child: these tests are not about that."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A data folder that one Cairn after the other runs on."""
    with a_data_folder() as folder:
        yield folder / "data"


def runs(served: Served, home: Path) -> object:
    return running.ask(served.url, running.token(home), "{ runs { totalCount } }")["runs"]


@pytest.mark.parametrize(
    ("by", "group"),
    [(signal.SIGINT, True), (signal.SIGTERM, False), (signal.SIGHUP, True)],
    ids=["Ctrl-C", "SIGTERM", "closed terminal"],
)
def test_a_signal_ends_everything_with_exit_code_0(home: Path, by: signal.Signals, *, group: bool) -> None:
    with serving(home) as served:
        beside = served.children
        assert set(beside) == {"PostgreSQL", "Valkey", "worker"}
        assert running.end(served.process, by, group=group) == 0
        assert not any(running.is_running(child) for child in beside.values())
        assert running_url(home) is None


def test_a_killed_cairn_takes_its_servers_and_its_worker_along(home: Path) -> None:
    with serving(home) as served:
        beside = served.children
        running.end(served.process, signal.SIGKILL)
        wait_until(lambda: not any(running.is_running(child) for child in beside.values()))


def test_a_note_of_a_cairn_that_was_killed_is_not_believed(tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    (tmp_path / SERVER_NOTE).write_text(f'{{"url": "http://127.0.0.1:1", "process": {ended.pid}}}')
    assert running_url(tmp_path) is None


def test_a_process_that_has_the_number_of_a_killed_cairn_is_not_taken_for_it(tmp_path: Path) -> None:
    note = {"url": "http://127.0.0.1:1", "process": os.getpid(), "began": "1"}  # this one began later
    (tmp_path / SERVER_NOTE).write_text(json.dumps(note))
    assert running_url(tmp_path) is None


@pytest.mark.parametrize("note", ["", "[]", "{}", '{"url": "http://127.0.0.1:1", "process": null}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, note: str) -> None:
    (tmp_path / SERVER_NOTE).write_text(note)
    assert running_url(tmp_path) is None


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGKILL], ids=lambda by: by.name)
def test_what_was_stored_is_there_at_the_next_start(home: Path, by: signal.Signals) -> None:
    with serving(home) as served:
        running.ask(served.url, running.token(home), RECORD, name=by.name)
        before = runs(served, home)
        running.end(served.process, by)
    with serving(home) as served:
        assert runs(served, home) == before


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM], ids=lambda by: by.name)
def test_a_start_can_be_stopped_half_way(home: Path, tmp_path: Path, by: signal.Signals) -> None:
    process = running.begin(home, log=tmp_path / "log")
    wait_until(lambda: running.children(process.pid))
    beside = running.children(process.pid)
    assert running.end(process, by, group=True) == 0
    assert process.stdout is not None
    process.stdout.close()
    assert not any(running.is_running(child) for child in beside.values())


def test_a_closed_terminal_does_not_end_a_cairn_that_was_told_to_go_on(home: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does, for the processes to come
    try:
        with serving(home) as served:
            served.process.send_signal(signal.SIGHUP)
            assert running.readiness(served.url)[0] == 200
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_open_subscription_does_not_hold_up_the_end(home: Path) -> None:
    with serving(home) as served:
        address = served.url.replace("http", "ws") + "/graphql"
        with websockets.sync.client.connect(address, subprotocols=["graphql-transport-ws"]) as socket:
            socket.send('{"type": "connection_init"}')
            assert "connection_ack" in str(socket.recv(10))
            assert running.end(served.process, signal.SIGINT) == 0
