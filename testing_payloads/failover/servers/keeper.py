"""Keeps one server: starts it, and ends it with all its children when whoever asked for it is gone, however that ended.

`process.py` runs this file as a script in an isolated interpreter, so it imports nothing of Cairn. It listens on its
standard input: a byte means that the server is to die at once, the end of it that nobody is left who needs the server.
"""

import ctypes
import os
import select
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

AT_ONCE = b"k"
_PR_SET_CHILD_SUBREAPER = 36
_PATIENCE_S = 3.0


def main(arguments: list[str]) -> int:
    """Run `<launcher> <farewell> <kind> <uid> <gid> <program> <its arguments>` as a child; its exit code."""
    launcher, farewell, *identity_and_command = arguments
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    server = _start([sys.executable, "-I", "-S", launcher, str(os.getpid()), "9", *identity_and_command])
    os.write(1, f"{server}\n".encode("ascii"))
    os.close(1)
    has_ended = os.pidfd_open(server)
    ready, _, _ = select.select([0, has_ended], [], [])
    if has_ended not in ready and os.read(0, 1) != AT_ONCE:
        _ask(server, int(farewell))
        select.select([has_ended], [], [], _PATIENCE_S)
    return _sweep(server)


def descendants(ancestor: int) -> list[int]:
    """The ids of all processes below `ancestor`, as they are at this instant."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                parent = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [ancestor]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _start(command: list[str]) -> int:
    server = os.fork()
    if server == 0:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        os.execv(command[0], command)
    return server


def _ask(server: int, farewell: int) -> None:
    """Ask it to end; what is frozen has to be woken to hear that."""
    with suppress(ProcessLookupError):
        os.kill(server, farewell)
    for process in (server, *descendants(server)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGCONT)


def _sweep(server: int) -> int:
    """Kill whatever is left below this process. An orphan becomes its child, so none is overlooked."""
    code = 0
    with suppress(ProcessLookupError):
        os.kill(server, signal.SIGKILL)  # first: it could still make children
    while True:
        for process in descendants(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        ended, status = 1, 0
        while ended:
            try:
                ended, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return code
            if ended == server:
                code = os.waitstatus_to_exitcode(status)
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) & 0xFF)
