"""A server as a child process: in a session of its own, with a log, and never outliving Cairn."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from infrastructure.embedded import launch
from infrastructure.embedded.identity import Identity, IdentityRefused, own_identity
from infrastructure.embedded.refusals import CannotStart

_LOOK_AGAIN_S = 0.005
_LAST_RESORT_S = 5.0
_COMPLAINT = re.compile(r"\b(?:FATAL|PANIC|ERROR|error):\s+(.+)")
_STAMP = re.compile(r"^\d+:\S .*?\d\d:\d\d:\d\d\.\d+ \S ")


class Child:
    """One process, started at once; what it writes goes to `log`.

    Start it from the main thread: the kernel takes the end of the thread that started it for the end of the parent.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        farewell: signal.Signals,
        identity: Identity | None = None,
        given: bytes = b"",
    ) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Servers are started from the main thread: they end with the thread that started them.")
        who = identity or own_identity()
        self._log, self._farewell = log, farewell
        with log.open("ab") as lines:
            self._begin = lines.tell()
            self._process = subprocess.Popen(  # noqa: S603 - every word of the command comes from this package
                [*_launcher(), str(os.getpid()), str(int(farewell)), who.kind, str(who.uid), str(who.gid), *command],
                stdin=subprocess.PIPE,
                stdout=lines,
                stderr=lines,
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},  # a PGPORT or LANG of the user's changes nothing
                start_new_session=True,
                cwd="/",
            )
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
            stdin.write(given)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def until(self, ready: Callable[[], bool], *, patience_s: float, name: str) -> None:
        """Wait until `ready`; raises CannotStart with its last words when it ends instead, or takes too long."""
        deadline = time.monotonic() + patience_s
        while not ready():
            if not self.running:
                self._explain(name)
            if time.monotonic() > deadline:
                self.stop(_LAST_RESORT_S)
                raise CannotStart(f"{name} did not get ready within {patience_s:.0f} s: {self.last_words()}")
            time.sleep(_LOOK_AGAIN_S)

    def finish(self, *, patience_s: float, name: str) -> None:
        """Wait for it to end by itself; raises CannotStart when it failed, or takes too long."""
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise CannotStart(f"{name} did not end within {patience_s:.0f} s: {self.last_words()}") from None
        finally:
            self.stop(_LAST_RESORT_S)
        if self._process.returncode != 0:
            self._explain(name)

    def farewell(self) -> None:
        """Ask it to end, and do not wait."""
        if self.running:
            self._process.send_signal(self._farewell)

    def stop(self, patience_s: float) -> None:
        """Ask it to end, wait, and insist when it takes longer than `patience_s`."""
        self.farewell()
        for insistence in (signal.SIGQUIT, signal.SIGKILL):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
                return
            self._process.send_signal(insistence)
            patience_s = _LAST_RESORT_S
        self._process.wait()

    def said(self) -> str:
        """All that it has written."""
        with self._log.open("rb") as lines:
            lines.seek(self._begin)
            return lines.read().decode("utf-8", "replace")

    def last_words(self) -> str:
        """The line of its log that best says why it ended."""
        said = self.said()
        if complaints := _COMPLAINT.findall(said):
            return str(complaints[-1]).strip()
        lines = [_STAMP.sub("", line).strip() for line in said.splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"

    def _explain(self, name: str) -> NoReturn:
        if self._process.returncode == launch.REFUSED:
            raise IdentityRefused(self.last_words())
        raise CannotStart(f"{name} failed: {self.last_words()} (its log: {self._log})")


def _launcher() -> list[str]:
    return [sys.executable, "-I", "-S", launch.__file__]
