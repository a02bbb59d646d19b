"""`cairn import`: a line per file, whatever its name and whatever becomes of the others."""

import asyncio
import io
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from app.runs.import_client import import_files
from app.runs.import_sources import BATCH_FILES, readable
from app.runs.import_upload import ImportFailed
from tests.conftest import LiveServer
from tests.factories.recordings import STARTED_AT, a_hilly_course, gpx_bytes, zipped

Import = Callable[..., tuple[int, list[str]]]


def a_gpx(day: int = 0, seconds: int = 20) -> bytes:
    return gpx_bytes(a_hilly_course(seconds, STARTED_AT + timedelta(days=day)))


@pytest.fixture
def bring(live_server: LiveServer, request: pytest.FixtureRequest) -> Import:
    """Imports for an athlete of the test's own; the exit code and the lines."""
    token = live_server.token(request.node.name[:100])

    def bringing(*paths: Path, url: str = live_server.url) -> tuple[int, list[str]]:
        said = io.StringIO()
        code = asyncio.run(import_files(paths, url=url, token=token, console=Console(file=said, soft_wrap=True)))
        return code, said.getvalue().splitlines()

    return bringing


def test_a_run_is_imported_and_told_in_a_line(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "lake.gpx").write_bytes(a_gpx(seconds=60))
    assert bring(tmp_path / "lake.gpx") == (0, ["imported  lake.gpx  0.15 km in 00:01:00", "All done."])


def test_a_run_that_is_there_already_is_no_failure(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "lake.gpx").write_bytes(a_gpx())
    bring(tmp_path / "lake.gpx")
    code, lines = bring(tmp_path / "lake.gpx")
    assert code == 0
    assert lines[0].startswith("already there  lake.gpx  ")


def test_what_cannot_be_imported_is_told_and_stops_no_other(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "bad.fit").write_bytes(b"this is no recording")
    (tmp_path / "good.gpx").write_bytes(a_gpx())
    code, lines = bring(tmp_path / "bad.fit", tmp_path / "missing.fit", tmp_path / "good.gpx")
    assert code == 1
    assert sorted(line.split()[0] for line in lines[:3]) == ["failed", "failed", "imported"]
    assert f"failed  {tmp_path / 'missing.fit'}  There is no such file." in lines
    assert lines[-1] == "2 could not be imported."


@pytest.mark.parametrize("megabytes", [51, 201])
def test_a_file_that_is_too_large_stops_no_other(bring: Import, tmp_path: Path, megabytes: int) -> None:
    with (tmp_path / "large.fit").open("wb") as large:
        large.truncate(megabytes * 1_000_000)
    (tmp_path / "good.gpx").write_bytes(a_gpx())
    code, lines = bring(tmp_path)
    assert code == 1
    assert any(line.startswith("failed") and "large.fit" in line for line in lines)
    assert any(line.startswith("imported  good.gpx") for line in lines)


def test_folders_are_searched_for_recordings_only(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "2026" / "may").mkdir(parents=True)
    (tmp_path / "2026" / "may" / "LAKE.GPX").write_bytes(a_gpx())
    (tmp_path / "2026" / "._LAKE.GPX").write_bytes(b"what another system keeps beside it")
    (tmp_path / "notes.txt").write_text("felt good")
    code, lines = bring(tmp_path)
    assert (code, len(lines)) == (0, 2)
    assert lines[0].startswith("imported  LAKE.GPX")


def test_a_folder_without_recordings_is_told(bring: Import, tmp_path: Path) -> None:
    code, lines = bring(tmp_path)
    assert code == 1
    assert lines[0].startswith(f"failed  {tmp_path}  There is no recording in this folder (.fit, .gpx")


@pytest.mark.parametrize(
    "name",
    [
        b"long run [hills] (wet).gpx",
        b"caf\xe9.gpx",
        "größe → 山.gpx".encode(),
        b"[red]lake[blue].gpx",
        b"new\nline.gpx",
    ],
    ids=["spaces and brackets", "not UTF-8", "UTF-8", "markup", "a line's end"],
)
def test_a_file_may_have_any_name(bring: Import, tmp_path: Path, name: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(a_gpx())
    code, lines = bring(path)
    assert (code, len(lines)) == (0, 2)
    assert lines[0].startswith(f"imported  {readable(path.name).partition(chr(10))[0]}")


def test_files_of_the_same_name_are_two(bring: Import, tmp_path: Path) -> None:
    for day, folder in enumerate(("saturday", "sunday")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "run.gpx").write_bytes(a_gpx(day))
    _, lines = bring(tmp_path)
    assert [line.split("  ")[:2] for line in lines[:2]] == [["imported", "run.gpx"]] * 2


def test_every_run_of_an_archive_has_its_line(bring: Import, tmp_path: Path) -> None:
    (tmp_path / "may.zip").write_bytes(zipped(("one.gpx", a_gpx(1)), ("two.gpx", a_gpx(2))))
    _, lines = bring(tmp_path / "may.zip")
    assert sorted(line.split("  ")[1] for line in lines[:2]) == ["one.gpx", "two.gpx"]


def test_more_files_than_fit_into_one_request_all_arrive(bring: Import, tmp_path: Path) -> None:
    count = BATCH_FILES + 2
    for day in range(count):
        (tmp_path / f"run-{day}.gpx").write_bytes(a_gpx(day, seconds=3))
    code, lines = bring(tmp_path)
    assert (code, len(lines)) == (0, count + 1)


def test_a_file_that_may_not_be_read_stops_no_other(bring: Import, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    (tmp_path / "closed.fit").write_bytes(b"")
    (tmp_path / "closed.fit").chmod(0)
    (tmp_path / "good.gpx").write_bytes(a_gpx())
    _, lines = bring(tmp_path)
    assert any("You may not read this file." in line for line in lines)
    assert any(line.startswith("imported") for line in lines)


def test_a_file_in_a_folder_that_may_not_be_entered_stops_no_other(bring: Import, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may enter every folder")
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0)
    (tmp_path / "good.gpx").write_bytes(a_gpx())
    _, lines = bring(tmp_path / "closed" / "run.fit", tmp_path / "good.gpx")
    assert any("You may not read this file." in line for line in lines)
    assert any(line.startswith("imported") for line in lines)


def test_the_address_may_be_the_one_that_a_browser_shows(
    bring: Import, live_server: LiveServer, tmp_path: Path
) -> None:
    (tmp_path / "lake.gpx").write_bytes(a_gpx())
    assert bring(tmp_path, url=f"{live_server.url}/graphql/")[0] == 0


def test_a_proxy_for_the_world_does_not_lead_to_this_machine(
    bring: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    (tmp_path / "lake.gpx").write_bytes(a_gpx())
    assert bring(tmp_path)[0] == 0


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "cairn.example", "http://[::1", "http://no-such-host.invalid"])
def test_a_cairn_that_cannot_be_reached_is_told(bring: Import, tmp_path: Path, url: str) -> None:
    (tmp_path / "lake.gpx").write_bytes(a_gpx())
    with pytest.raises(ImportFailed, match="cannot be"):
        bring(tmp_path, url=url)


@pytest.mark.parametrize("answer", [b"<html>hello</html>", b'"hello"', b"{}"])
def test_another_server_is_not_taken_for_a_cairn(bring: Import, tmp_path: Path, answer: bytes) -> None:
    (tmp_path / "lake.gpx").write_bytes(a_gpx())
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1_000_000)
                connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(answer), answer))
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1_000_000):
                    pass

        serving = threading.Thread(target=serve)
        serving.start()
        with pytest.raises(ImportFailed, match=r"does not answer like a Cairn\. Name another with --url"):
            bring(tmp_path, url=f"http://127.0.0.1:{server.getsockname()[1]}")
        serving.join(10)
