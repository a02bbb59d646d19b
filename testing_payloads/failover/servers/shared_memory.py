"""The segment of shared memory that a PostgreSQL leaves in the kernel when it is killed and never started again."""

import ctypes
from pathlib import Path

_IPC_RMID = 0
_LINE = 6  # of postmaster.pid: the segment's key and id


def remove_shared_memory(note: Path) -> None:
    """Remove the segment that postmaster.pid names, if the server that wrote it could not."""
    try:
        words = note.read_text(encoding="ascii", errors="replace").split("\n")[_LINE].split()
    except (FileNotFoundError, IndexError):
        return
    if len(words) == 2 and words[1].isdigit():
        ctypes.CDLL(None).shmctl(int(words[1]), _IPC_RMID, None)
