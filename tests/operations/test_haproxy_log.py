"""HAProxy's own log, as its configuration makes it, tells of requests that fail, and never of a tracker's key."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

CONFIGURATION = Path(__file__).parents[2] / "configuration" / "haproxy" / "haproxy.cfg"
HAPROXY = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")
KEY = "2345" * 8


def _without_servers(listening: int) -> str:
    """The front of the configuration, on a socket that listens already, with nobody behind it: each request fails."""
    text = re.sub(r"^\s*stats socket .*\n", "", CONFIGURATION.read_text(), flags=re.MULTILINE)
    sections = re.split(r"^(?=\w)", text, flags=re.MULTILINE)
    kept = [each for each in sections if each.startswith(("global", "defaults", "frontend http"))]
    return "".join(kept).replace("bind :8080", f"bind fd@{listening}") + "backend api\n  mode http\n"


@contextmanager
def _haproxy(folder: Path, socket_fd: int) -> Iterator[subprocess.Popen[str]]:
    assert HAPROXY is not None
    (folder / "haproxy.cfg").write_text(_without_servers(socket_fd))
    command = [HAPROXY, "-db", "-f", str(folder / "haproxy.cfg")]
    with subprocess.Popen(
        command, pass_fds=[socket_fd], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(HAPROXY is None, reason="haproxy is not installed here: apt-get install haproxy")
def test_a_request_that_fails_is_logged_unless_its_path_is_a_tracker_s_key(tmp_path: Path) -> None:
    """With its name as it is, or with a letter of it in percents, which the server reads alike."""
    with socket.create_server(("127.0.0.1", 0)) as listening, _haproxy(tmp_path, listening.fileno()) as process:
        with httpx.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", trust_env=False) as client:
            paths = (f"/trackers/{KEY}/owntracks", f"/%74rackers/{KEY}/osmand?lat=1", "/graphql")
            assert [client.get(path).status_code for path in paths] == [503] * 3
        process.terminate()
        log, _ = process.communicate()
    assert "/graphql" in log
    assert KEY not in log
