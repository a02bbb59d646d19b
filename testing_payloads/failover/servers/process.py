"""A server of the rig as a process: killed with all its children, frozen, thawed, and gone when the rig is gone."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from infrastructure.embedded import launch
from infrastructure.embedded.identity import Identity
from testing_payloads.failover.servers import keeper
from testing_payloads.failover.servers.refusals import RigRefused

_LOOK_AGAIN_S = 0.005


class Process:
    """One server, started at once, from any thread; what it writes goes to `log`.

    `inside` are words that come before the command, to enter a network namespace.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        identity: Identity,
        environment: Mapping[str, str] | None = None,
        farewell: signal.Signals = signal.SIGKILL,
        inside: Sequence[str] = (),
    ) -> None:
        who = (identity.kind, str(identity.uid), str(identity.gid))
        self._log = log
        with log.open("ab") as lines:
            self._begin = lines.tell()
            self._keeper = subprocess.Popen(
                [
                    *(*inside, sys.executable, "-I", "-S", keeper.__file__),
                    *(launch.__file__, str(int(farewell)), *who, *command),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=lines,
                env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath, **(environment or {})},
                start_new_session=True,
                cwd="/",
            )
        assert self._keeper.stdout is not None
        with self._keeper.stdout as said:
            self.pid = int(said.readline() or 0)
        if not self.pid:
            self.kill()
            raise RigRefused(f"{command[0]} could not be started: {self.last_words()}")

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._keeper.poll() is None

    def until(self, ready: Callable[[], object], *, name: str, within_s: float = 60.0) -> None:
        """Wait until `ready`; refuses with its last words when it ends instead, or takes too long."""
        deadline = time.monotonic() + within_s
        while not ready():
            if not self.is_running:
                raise RigRefused(f"{name} ended: {self.last_words()} (its log: {self._log})")
            if time.monotonic() > deadline:
                raise RigRefused(f"{name} is not ready after {within_s:.0f} s: {self.last_words()} (log: {self._log})")
            time.sleep(_LOOK_AGAIN_S)

    def send(self, sign: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, sign)

    def wait(self, within_s: float = 60.0) -> None:
        """Wait until it and all its children have ended; kills them when they take too long."""
        if self.is_running and not self._ends(within_s):
            self.kill()
        self._keeper.wait()
        self.leave()

    def kill(self) -> None:
        """Kill it and all its children, as when a machine loses power."""
        self.leave(keeper.AT_ONCE)
        self._keeper.wait()

    def leave(self, word: bytes = b"") -> None:
        """Have it ended, gently unless `word` says otherwise, and do not wait."""
        assert self._keeper.stdin is not None
        with suppress(BrokenPipeError, ValueError):  # it has ended, or was left before
            self._keeper.stdin.write(word)
        with suppress(BrokenPipeError):
            self._keeper.stdin.close()

    def freeze(self) -> None:
        """Stop it and its children where they stand; the parent first, so that no new child escapes."""
        self.send(signal.SIGSTOP)
        still: set[int] = set()
        while awake := set(keeper.descendants(self.pid)) - still:
            for child in awake:
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGSTOP)
            still |= awake

    def thaw(self) -> None:
        """Let it and its children go on."""
        for process in (*keeper.descendants(self.pid), self.pid):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGCONT)

    def last_words(self) -> str:
        """The last lines of its log since it was started."""
        with self._log.open("rb") as lines:
            lines.seek(self._begin)
            said = lines.read().decode("utf-8", "replace").strip().splitlines()
        return " / ".join(line.strip() for line in said[-3:]) or "it said nothing"

    def _ends(self, within_s: float) -> bool:
        """Whether it ends in time; told at once, where Popen.wait() with a timeout looks now and then."""
        try:
            has_ended = os.pidfd_open(self._keeper.pid)
        except ProcessLookupError:
            return True
        try:
            return bool(select.select([has_ended], [], [], within_s)[0])
        finally:
            os.close(has_ended)
