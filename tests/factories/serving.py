"""Cairn as a process that a test starts, kills and looks at from outside."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from infrastructure.auth.local_tokens import LocalTokens
from infrastructure.machine.clock import SystemClock
from tests.conftest import CAIRN, ROOT, clean_environment


def cairn(*words: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """One command, to its end."""
    return subprocess.run(
        [*CAIRN, *map(str, words)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
        env=clean_environment(**environment),
    )


def refusal(*words: str | Path, **environment: str) -> str:
    """The one line with which a command is refused."""
    ended = cairn(*words, **environment)
    lines = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout, len(lines)) == (2, "", 1), ended
    return lines[0]


@dataclass
class Served:
    """`cairn serve` in a session of its own, as in a terminal."""

    process: subprocess.Popen[str]
    url: str
    said: str
    log: Path

    @property
    def children(self) -> dict[str, int]:
        return children(self.process.pid)


def begin(folder: Path, *options: str, log: Path, **environment: str) -> subprocess.Popen[str]:
    """Start `cairn serve`, and do not wait; what it logs goes to `log`."""
    with log.open("a") as complaints:
        return subprocess.Popen(
            [*CAIRN, "serve", "--port", "0", "--data-dir", str(folder), *options],
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            env=clean_environment(**environment),
            cwd=ROOT,
            start_new_session=True,
        )


@contextmanager
def serving(folder: Path, *options: str, log: Path | None = None, **environment: str) -> Iterator[Served]:
    """A `cairn serve` that is ready; at the end it is stopped, if the test has not done so."""
    log = log or folder.with_suffix(".log")
    process = begin(folder, *options, log=log, **environment)
    assert process.stdout is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"cairn serve ended: {said} {log.read_text()}"
            said += line
        address = re.search(r"http://\S+:\d+", said)
        assert address is not None
        yield Served(process, address.group(), said, log)
    finally:
        if process.poll() is None:
            end(process, signal.SIGTERM)
        process.stdout.close()


def children(parent: int) -> dict[str, int]:
    """The processes that a Cairn runs, by what they are."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and _parent(folder) == parent and (name := _name(folder)):
            found[name] = int(folder.name)
    return found


def is_running(process: int) -> bool:
    """Whether a process does anything; one that has ended but that nobody waited for does not."""
    return _parent(Path(f"/proc/{process}")) is not None


def wait_until(holds: Callable[[], object], *, within_s: float = 30) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def readiness(url: str) -> tuple[int, str]:
    """What the page of readiness says."""
    answer = httpx.get(f"{url}/health/ready", timeout=10, trust_env=False)
    return answer.status_code, answer.json()["status"]


def is_ready(url: str) -> bool:
    return readiness(url) == (200, "ready")


def token(folder: Path, name: str = "ada") -> str:
    """A token of the Cairn on a data folder."""
    return LocalTokens(folder, SystemClock()).issue(name)


def ask(url: str, token: str, query: str, **variables: object) -> dict[str, object]:
    """The data of one operation."""
    answer = httpx.post(
        f"{url}/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {token}"},
        timeout=30,
        trust_env=False,
    ).json()
    assert "errors" not in answer, answer
    data: dict[str, object] = answer["data"]
    return data


def end(process: subprocess.Popen[str], by: signal.Signals, *, group: bool = False) -> int:
    """Send a signal to a process, or to all that its terminal would; its exit code."""
    (os.killpg if group else os.kill)(process.pid, by)
    return process.wait(60)


def _parent(folder: Path) -> int | None:
    try:
        state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(parent)


def _name(folder: Path) -> str | None:
    try:
        words = (folder / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return None
    names = {b"postgres": "PostgreSQL", b"valkey-server": "Valkey"}
    return "worker" if b"worker" in words else names.get(words[0].rpartition(b"/")[2])
