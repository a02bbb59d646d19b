"""What every server of the rig has in common: one process, or none."""

from dataclasses import dataclass, field

from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.refusals import RigRefused


@dataclass(slots=True)
class Server:
    """A server that can be killed, and started again at the same address."""

    _process: Process | None = field(default=None, init=False, repr=False)

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        return type(self).__name__

    @property
    def process(self) -> Process:
        """Its process; refuses when it does not run."""
        if self._process is None or not self._process.is_running:
            raise RigRefused(f"{self.title} does not run: start it first.")
        return self._process

    @property
    def pid(self) -> int | None:
        """The id of its process, with PostgreSQL that of the postmaster; None when it does not run."""
        return self._process.pid if self._process and self._process.is_running else None

    @property
    def is_running(self) -> bool:
        """Whether it runs, be it frozen."""
        return self.pid is not None

    def kill(self) -> None:
        """Kill it and all its children, as when a machine loses power; its sessions end with it."""
        self.process.kill()

    def leave(self) -> None:
        """Have it end, and do not wait."""
        if self._process is not None:
            self._process.leave()

    def forget(self) -> None:
        """Wait until it has ended, and let go of its process."""
        if self._process is not None:
            self._process.wait()
            self._process = None

    def take(self, process: Process) -> Process:
        """Hold a process that was just started, in place of one that has ended."""
        self.forget()
        self._process = process
        return process
