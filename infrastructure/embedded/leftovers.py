"""What an earlier Cairn left behind when it was killed: servers that still stop, and notes of others long gone."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infrastructure.embedded.refusals import CannotStart

_LOOK_AGAIN_S = 0.01


def see_off(note: Path, *, working_in: Path, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Make sure that the server whose process id stands in `note` has ended, and take the note away if it lies.

    `working_in` is a path that the server's command line names: an id alone may belong to anybody by now, above all in
    containers, where ids are small and come again. Each signal is followed by its patience in seconds. Call it with the
    data folder locked: only then is a server that still runs one that nobody wants.
    """
    process = _noted(note)
    if process is None or not _works_in(process, working_in):
        if process is not None and _exists(process):
            note.unlink(missing_ok=True)
        return
    for farewell, patience_s in signals:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, farewell)
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            if not _works_in(process, working_in):
                note.unlink(missing_ok=True)
                return
            time.sleep(_LOOK_AGAIN_S)
    raise CannotStart(f"A server of an earlier Cairn (process {process}) still uses {working_in} and does not stop.")


def _noted(note: Path) -> int | None:
    try:
        return abs(
            int(note.read_text(encoding="ascii").split("\n", 1)[0])
        )  # PostgreSQL notes a lone backend negatively
    except (FileNotFoundError, ValueError):
        return None


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _works_in(process: int, folder: Path) -> bool:
    # A process that has ended but that nobody has waited for (a container without an init) has no command line.
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{process}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
    else:
        ask = ["/bin/ps", "-ww", "-o", "command=", "-p", str(process)]
        command = subprocess.run(ask, capture_output=True, check=False).stdout  # noqa: S603 - fixed words and a number
    return os.fsencode(folder) in command
