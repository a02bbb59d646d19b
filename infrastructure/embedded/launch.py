"""Becomes a server: takes on the identity it is given, ties its life to its parent's, then runs the program.

`child.py` runs this file as a script in an isolated interpreter, so it imports nothing of Cairn. A script of its own
instead of `preexec_fn`: code between fork and exec may deadlock in a process that has threads, and Python warns of it.
"""

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

REFUSED = 97  # the exit code when the identity is not to be had: another one may be tried

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def main(arguments: list[str]) -> None:
    """Turn into the program at the end of `<parent> <signal> <kind> <uid> <gid> <program> <its arguments>`."""
    parent, farewell, kind, uid, gid, *command = arguments
    os.umask(0o077)
    try:
        take_on(kind, int(uid), int(gid))
    except OSError as refusal:
        sys.stderr.write(f"running as {kind} {uid}:{gid} is not allowed here: {refusal}\n")
        sys.exit(REFUSED)
    # Only now: the kernel forgets the parent-death signal when a process changes its credentials.
    tie = by_kernel if sys.platform == "linux" else by_watching
    tie(int(parent), int(farewell))
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted; the command comes from this package


def take_on(kind: str, uid: int, gid: int) -> None:
    """Become the user that the server is to run as; raises OSError when the system does not allow it."""
    if kind == "namespace":
        _enter_namespace(uid, gid)
    elif kind == "user":
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def by_kernel(parent: int, farewell: int) -> None:
    """Have the kernel send `farewell` to this process when its parent ends, in whatever way it ends."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, farewell, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        sys.exit("the parent ended before its child was ready")


def by_watching(parent: int, farewell: int) -> None:
    """Leave a watcher behind that sends `farewell` to this process when its parent has ended.

    For systems without parent-death signals (macOS). The watcher looks twice a second; forked twice, it is nobody's
    child, so the server never sees a process of its own that it does not know.
    """
    server = os.getpid()
    if child := os.fork():
        os.waitpid(child, 0)
        return
    if os.fork():
        os._exit(0)
    os.setsid()
    while _is_there(parent) and _is_there(server):
        time.sleep(0.5)
    if _is_there(server):
        os.kill(server, farewell)
    os._exit(0)


def _enter_namespace(uid: int, gid: int) -> None:
    # Inside, this process has the id `uid`; outside it stays who it is, so that it reaches every file it could reach.
    own_uid, own_gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1", encoding="ascii")


def _is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a farewell that comes before the program runs ends quietly
    main(sys.argv[1:])
