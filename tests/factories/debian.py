"""Debian's packages that tests need: installed where that can be done, by one test process after the other."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / "cairn-tests-installing.lock"
INSTALL = "apt-get update && apt-get install --yes --no-install-recommends"
WAIT = "-o DPkg::Lock::Timeout=60"  # for whoever else installs something on this machine
LONGEST_S = 180


@cache
def install(*packages: str) -> None:
    """On a Debian where we are root, and once; whoever needs them looks afterwards whether they are there."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    command = f"{INSTALL} {WAIT} {' '.join(packages)}"
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with LOCK.open("w") as lock, suppress(subprocess.TimeoutExpired):
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would be one too many for apt
        subprocess.run(["sh", "-c", command], env=quiet, capture_output=True, timeout=LONGEST_S, check=False)
