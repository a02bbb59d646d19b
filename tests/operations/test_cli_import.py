"""`cairn import` as it is typed: where it finds its Cairn, who it is there, and what it prints where."""

import io
import os
import pty
import subprocess
from pathlib import Path

import pytest

from app import cli
from tests.conftest import CAIRN, ROOT, LiveServer, clean_environment
from tests.factories import serving as running
from tests.factories.recordings import a_hilly_course, gpx_bytes


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """A recorded run."""
    path = tmp_path / "lake.gpx"
    path.write_bytes(gpx_bytes(a_hilly_course(20)))
    return path


def test_a_token_that_is_no_good_is_told_in_one_line(
    live_server: LiveServer, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", "--url", live_server.url, "--token", "abc", str(lake)]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert "token" in said.err


def test_elsewhere_one_must_say_who_one_is(
    live_server: LiveServer, lake: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["import", "--url", live_server.url, str(lake)]) == 2
    assert "--token" in capsys.readouterr().err


def test_a_token_may_come_by_standard_input(
    live_server: LiveServer, lake: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(live_server.token("by standard input") + "\n"))
    assert cli.main(["import", "--url", live_server.url, "--token", "-", str(lake)]) == 0
    assert "imported  lake.gpx" in capsys.readouterr().out


def test_an_import_of_nothing_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["import"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_command_finds_the_running_cairn_and_prints_no_bar_into_a_file(live_server: LiveServer, lake: Path) -> None:
    ended = running.cairn("import", "--data-dir", live_server.data_folder, "--as", "file reader", lake)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines()[1:] == ["All done."]


def test_a_terminal_that_lacks_the_letters_of_a_name_still_gets_its_line(live_server: LiveServer, lake: Path) -> None:
    path = lake.rename(lake.with_name("größe.gpx"))
    folder = live_server.data_folder
    ended = running.cairn("import", "--data-dir", folder, "--as", "ascii", path, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0, ended
    assert "gr??e.gpx" in ended.stdout or "gr?e.gpx" in ended.stdout


def test_a_terminal_gets_a_bar(live_server: LiveServer, lake: Path) -> None:
    screen, terminal = pty.openpty()
    command = [*CAIRN, "import", "--data-dir", str(live_server.data_folder), "--as", "screen", str(lake)]
    process = subprocess.Popen(
        command, stdout=terminal, stderr=terminal, cwd=ROOT, env=clean_environment(TERM="xterm-256color")
    )
    os.close(terminal)
    seen = b""
    with open(screen, "rb", buffering=0) as reading:
        while chunk := _read(reading):
            seen += chunk
    assert process.wait(30) == 0
    assert b"importing" in seen
    assert b"lake.gpx" in seen


def _read(terminal: io.FileIO) -> bytes:
    try:
        return terminal.read(10_000) or b""
    except OSError:  # the other end of a terminal is closed with an error
        return b""
