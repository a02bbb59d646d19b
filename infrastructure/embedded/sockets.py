"""Where the servers' sockets stand: in the data folder, or in a private short one where that does not take sockets."""

import contextlib
import os
import re
import socket
import tempfile
from pathlib import Path

from infrastructure.embedded.refusals import CannotStart

POSTGRES = ".s.PGSQL.5432"  # PostgreSQL names its socket after the port that it would have
VALKEY = "valkey.sock"
_PREFIX = "cairn-"
_LONGEST_BYTES = 100  # of a socket's whole path; Linux takes 107, macOS 103
_AWKWARD = re.compile(r'[,"\\\x00-\x1f\udc80-\udcff]')  # a comma ends a host's name; not every client takes the rest


def choose(run: Path, *, temporary: tuple[str, ...] = ()) -> Path:
    """`run` where sockets work in it, else a new 0700 folder below the first of `temporary` that will do."""
    if _takes_sockets(run):
        return run
    for below in temporary or (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - mkdtemp makes it private
        with contextlib.suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=below))
            if _takes_sockets(folder):
                return folder
            folder.rmdir()
    raise CannotStart(
        f"No folder takes the servers' sockets: {run} has too long a path or is on a disk without sockets, and neither "
        "does the folder for temporary files. Choose a data folder with a shorter path with --data-dir."
    )


def clear(folder: Path, run: Path) -> None:
    """Take away what servers left in `folder`, and the folder too when `choose` made it for them."""
    for name in (POSTGRES, f"{POSTGRES}.lock", VALKEY):
        with contextlib.suppress(OSError):
            (folder / name).unlink()
    if folder != run and folder.name.startswith(_PREFIX):
        with contextlib.suppress(OSError):
            folder.rmdir()


def _takes_sockets(folder: Path) -> bool:
    path = folder / POSTGRES
    if _AWKWARD.search(str(path)) or len(os.fsencode(path)) > _LONGEST_BYTES:
        return False
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.bind(os.fsencode(path))
        except OSError:
            return False
    path.unlink()
    return True
