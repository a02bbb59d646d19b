"""The servers that are measured: a process each, on loopback, ended with the benchmark whatever becomes of it."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent.parent
PATIENCE_S = 60
ENDED_S = 15
PR_SET_PDEATHSIG = 1


class DidNotStart(Exception):
    """A server ended, or did not answer in time; the text is what it said."""


def free_port() -> int:
    """A port of loopback that nobody has."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[str | Path], port: int, path: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A server that answers at `path` by now; raises DidNotStart."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("CAIRN_", "PEER_"))}
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [*map(str, command)],
            stdout=said,
            stderr=said,
            text=True,
            env=own | environment,
            cwd=ROOT,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - there are no threads
            start_new_session=True,  # Ctrl-C is for the benchmark, which then ends its servers
        )
        try:
            if not _answers(process, f"http://127.0.0.1:{port}{path}"):
                said.seek(0)
                raise DidNotStart(f"{Path(command[0]).name} did not come up: {said.read().strip()[-600:]}")
            yield process
        finally:
            end(process)


def end(process: subprocess.Popen[str]) -> None:
    """End one process in good order, or else at once."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(ENDED_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(process: subprocess.Popen[str], url: str) -> bool:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(url, timeout=2):
                return True
        except URLError as refusal:
            if getattr(refusal, "code", 503) != 503:  # it says no, but it says something
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
