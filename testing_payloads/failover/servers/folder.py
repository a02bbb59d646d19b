"""The folder of a rig: one rig at a time, and each begins with an empty one."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testing_payloads.failover.servers.refusals import RigRefused

_OURS = ("a", "b", "bouncer", "valkey", "haproxy.cfg", "haproxy.log", "rig.env", "rig.sock")
# Of a Unix socket's path the kernel takes 107 bytes, and PostgreSQL has its own two folders further in.
_LONGEST = 107 - len("/a/run/.s.PGSQL.19999")
# A comma, a colon or a quote is a separator to one program of the rig or another.
_AWKWARD = re.compile(r"[^\w /.+@-]")


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """The folder, kept for this rig while the block runs, and without what an earlier rig left there."""
    path = folder.resolve()
    _require_simple(path)
    try:
        lock = _lock_of(path)
    except FileExistsError:
        raise RigRefused(f"{path} is a file, and a rig wants a folder of its own: choose another.") from None
    except OSError as refusal:
        raise RigRefused(
            f"{path} cannot be the folder of a rig ({refusal.strerror}): choose another with --folder."
        ) from refusal
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for name in _OURS:
                _remove(path / name)
        except BlockingIOError:
            raise RigRefused(f"A rig runs in {path} already: end it first, or choose another folder.") from None
        except OSError as refusal:
            raise RigRefused(
                f"What an earlier rig left in {path} cannot be removed ({refusal}): choose another folder."
            ) from refusal
        yield path
    finally:
        os.close(lock)


def _require_simple(path: Path) -> None:
    if awkward := _AWKWARD.search(str(path)):
        raise RigRefused(
            f"The folder {path} has {awkward[0]!r} in its name, which not every program of the rig takes: choose "
            "another with --folder."
        )
    if (length := len(os.fsencode(path))) > _LONGEST:
        raise RigRefused(
            f"The folder {path} has {length} bytes in its path, and more than {_LONGEST} leave no room for a socket: "
            "choose a shorter one with --folder."
        )


def _lock_of(path: Path) -> int:
    """Its lock, opened; refuses a folder that is not a rig's."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = (*_OURS, "rig.lock", "programs")
    strange = next((each.name for each in path.iterdir() if each.name not in known), None)
    if strange is not None and not (path / "rig.lock").exists():
        raise RigRefused(f"{path} holds something else ({strange}). A rig wants a folder of its own: choose another.")
    return os.open(path / "rig.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
