"""The folder of a rig: one rig at a time, and each begins with an empty one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing_payloads.failover.servers.refusals import RigRefused

_OURS = ("a", "b", "bouncer", "valkey", "haproxy.cfg", "haproxy.log", "rig.env", "rig.sock")


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """The folder, kept for this rig while the block runs, and without what an earlier rig left there."""
    path = folder.resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = (*_OURS, "rig.lock", "programs")
    strange = next((each.name for each in path.iterdir() if each.name not in known), None)
    if strange is not None and not (path / "rig.lock").exists():
        raise RigRefused(f"{path} holds something else ({strange}). A rig wants a folder of its own: choose another.")
    lock = os.open(path / "rig.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RigRefused(f"A rig runs in {path} already: end it first, or choose another folder.") from None
        for name in _OURS:
            _remove(path / name)
        yield path
    finally:
        os.close(lock)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
