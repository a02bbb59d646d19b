"""The first process of a machine: starts Patroni, and buries whatever Patroni starts and leaves behind, as init does.

Without it a PostgreSQL that has ended would stay in the list of processes, and Patroni would wait for its end for ever.
It runs as a script in an isolated interpreter, so it imports nothing of Cairn.
"""

import ctypes
import os
import sys

_PR_SET_CHILD_SUBREAPER = 36


def main(command: list[str]) -> int:
    """Run the command; its exit code, once it has ended."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    patroni = os.posix_spawn(command[0], command, os.environ)
    while True:
        child, status = os.wait()
        if child == patroni:
            return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
