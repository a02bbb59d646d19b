"""Patroni and etcd, which Cairn does not need: brought on first use and kept in the user's cache for the next time."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from testing_payloads.failover.servers.programs import find
from testing_payloads.failover.servers.refusals import RigRefused

PATRONI = "patroni[etcd3,psycopg3]==4.1.5"
ETCD = "etcd-server"  # Debian's package; other systems bring an `etcd` of their own
_LONGEST_S = 180
# As root, apt-get would hand the download to a user who may not write into the folder.
_DOWNLOAD = ("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", ETCD)


@dataclass(frozen=True, slots=True)
class Programs:
    """What this rig runs and the other does not."""

    etcd: Path
    patroni: Path


def programs() -> Programs:
    """All of them, brought here where that is possible; refuses with what to do otherwise."""
    if sys.platform != "linux":
        raise RigRefused("The Patroni rig needs Linux: it loses whole machines by ways that only Linux has.")
    find("haproxy")  # first, as nothing need be brought where it is missing
    with _cache() as cache:
        return Programs(etcd=_etcd(cache), patroni=_patroni(cache))


def _patroni(cache: Path) -> Path:
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = cache / f"patroni-{PATRONI.rpartition('=')[2]}-python{python}"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)  # a virtual environment cannot be moved, so it is made where it stays
        _bring("Patroni", sys.executable, "-m", "venv", str(folder))
        _bring("Patroni", str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PATRONI)
        (folder / "ready").touch()
    return folder / "bin" / "patroni"


def _etcd(cache: Path) -> Path:
    kept = cache / "etcd"
    if found := shutil.which("etcd") or (kept.is_file() and str(kept)):
        return Path(found)
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise RigRefused("There is no etcd here, and no apt-get that could bring it: put an `etcd` on the PATH.")
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        try:
            _bring("etcd", *_DOWNLOAD, folder=folder)
        except RigRefused:  # the lists of packages may be old, or not be there at all
            _bring("etcd", "apt-get", "-q", "update")
            _bring("etcd", *_DOWNLOAD, folder=folder)
        package = next(Path(folder).glob("*.deb"))
        _bring("etcd", "dpkg-deb", "--extract", str(package), folder)
        (Path(folder) / "usr" / "bin" / "etcd").replace(kept)
    return kept


@contextmanager
def _cache() -> Iterator[Path]:
    """The folder where they are kept, by one rig at a time."""
    home = os.environ.get("XDG_CACHE_HOME")
    folder = (Path(home) if home else Path.home() / ".cache") / "cairn-failover"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _bring(what: str, *command: str, folder: str | None = None) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        ended = subprocess.run(
            command, cwd=folder, env=quiet, capture_output=True, text=True, timeout=_LONGEST_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as refusal:
        raise RigRefused(f"{what} could not be brought to this machine: {refusal}") from refusal
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip()[-300:]
        raise RigRefused(f"{what} could not be brought to this machine: {said}")
