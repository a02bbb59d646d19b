"""PostgreSQL for one Cairn: a cluster in the data folder, on a socket only, run as somebody who is not root."""

import signal
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infrastructure.embedded.child import Child
from infrastructure.embedded.cluster import Cluster
from infrastructure.embedded.data_folder import DataFolder
from infrastructure.embedded.identity import Identity, IdentityRefused, give, identities, obstacle
from infrastructure.embedded.leftovers import see_off
from infrastructure.embedded.programs import postgres_programs
from infrastructure.embedded.refusals import CannotStart

NAME = "PostgreSQL"
_READY_WITHIN_S = 120.0  # after a crash it reads its log first
_STOPS_WITHIN_S = 30.0
_ORPHANS_END_WITHIN_S = 10.0
_ORPHANS = "pre-existing shared memory block"

# For a laptop: small, quiet, and as safe as a server; data survive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "30s",  # a process that froze in a transaction lets go of what it holds
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
if sys.platform == "linux":  # where a server can see that its client has gone while a statement runs
    _SETTINGS["client_connection_check_interval"] = "5s"


class Postgres:
    """One PostgreSQL server on one data folder; the folder must be held.

    `ways` are the identities to try, the best first; `package` is where the wheel's package lies.
    """

    def __init__(self, folder: DataFolder, ways: Sequence[Identity] | None, package: Path | None) -> None:
        self._folder = folder
        self._path = folder.postgres / "cluster"
        self._note = self._path / "postmaster.pid"
        self._ways = ways
        self._package = package
        self._child: Child | None = None

    def start(self, socket_folder: Path, password: str, *, new_password: bool) -> None:
        """Start it, the first time make its cluster, and wait until it takes connections.

        `new_password` says that the cluster, if there is one, has yet to learn the password. Raises CannotStart.
        """
        see_off(
            self._note,
            working_in=self._path,
            signals=[(signal.SIGINT, _STOPS_WITHIN_S), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)],
        )
        refusal = ""
        for identity in self._ways if self._ways is not None else identities():
            try:
                cluster = self._cluster_for(identity, socket_folder)
            except IdentityRefused as reason:
                refusal = str(reason)
                continue
            cluster.get_ready(password, new_password=new_password, require_room=self._folder.require_room)
            self._launch(cluster, socket_folder)
            return
        raise CannotStart(
            f"PostgreSQL does not run as root, and this machine lends it no other identity ({refusal}). "
            "Run Cairn as another user, or set CAIRN_DATABASE_URL and CAIRN_REDIS_URL to servers of your own."
        )

    @property
    def pid(self) -> int | None:
        """Its process id, once started."""
        return self._child.pid if self._child else None

    @property
    def fallen(self) -> bool:
        """Whether it was started, not stopped, and has ended all the same."""
        return self._child is not None and not self._child.running

    def farewell(self) -> None:
        """Ask it to stop, and do not wait."""
        if self._child is not None:
            self._child.farewell()

    def stop(self) -> None:
        """Stop it in good order: open transactions are rolled back, what was committed is written."""
        if self._child is not None:
            self._child.stop(_STOPS_WITHIN_S)
            self._child = None

    def _cluster_for(self, identity: Identity, socket_folder: Path) -> Cluster:
        self._make_reachable(identity, socket_folder)
        programs = postgres_programs(identity, self._folder.programs, package=self._package)
        cluster = Cluster(self._path, programs, identity, self._folder.log("postgres"))
        cluster.try_identity()
        give(self._folder.postgres, identity)
        give(socket_folder, identity)
        return cluster

    def _make_reachable(self, identity: Identity, socket_folder: Path) -> None:
        if obstacle(self._folder.path, identity) == self._folder.path:
            self._folder.path.chmod(self._folder.path.stat().st_mode | stat.S_IXOTH | stat.S_IXGRP)
        for path in (self._folder.path, socket_folder.parent):
            if blocked := obstacle(path, identity):
                raise CannotStart(
                    f"PostgreSQL does not run as root, and the user {identity.name}, as whom it runs instead, cannot "
                    f"reach {blocked}. Choose another data folder with --data-dir, for example below /var/lib."
                )

    def _launch(self, cluster: Cluster, socket_folder: Path) -> None:
        settings = _SETTINGS | {"unix_socket_directories": f'"{socket_folder}"'}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + _ORPHANS_END_WITHIN_S
        while True:
            self._child = cluster.run("postgres", *options, farewell=signal.SIGINT)
            try:
                self._child.until(self._is_ready, patience_s=_READY_WITHIN_S, name=NAME)
            except CannotStart:
                # Killed hard, a server leaves its backends; they end by themselves as soon as they notice.
                if _ORPHANS not in self._child.said() or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _is_ready(self) -> bool:
        # The server's own word: the eighth line of its note, once it takes connections.
        try:
            note = self._note.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
        except FileNotFoundError:
            return False
        return len(note) > 7 and note[0] == str(self.pid) and note[7].strip() == "ready"
