"""As whom PostgreSQL runs: it refuses root, so root lends it another identity and the files that go with it."""

import os
import pwd
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infrastructure.embedded.refusals import CannotStart

_UNPRIVILEGED = ("postgres", "nobody")


class IdentityRefused(Exception):
    """The system does not let Cairn start a process in this way."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a server is, to itself.

    `same`: whoever started Cairn. `namespace`: itself it sees as `uid`, but to the files it stays whoever started
    Cairn, so any folder will do (Linux; containers often forbid it). `user`: it is the user `uid`, fully.
    """

    kind: Literal["same", "namespace", "user"]
    uid: int
    gid: int

    @property
    def files_owner(self) -> tuple[int, int]:
        """The user and group that its files must belong to."""
        return (self.uid, self.gid) if self.kind == "user" else (os.geteuid(), os.getegid())

    @property
    def name(self) -> str:
        """The user's name, or its number."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)


def own_identity() -> Identity:
    """Whoever runs Cairn."""
    return Identity("same", os.geteuid(), os.getegid())


def identities() -> tuple[Identity, ...]:
    """As whom PostgreSQL may run here, the best first.

    A namespace also lends a name to a user id that has none (containers with arbitrary ids): initdb asks for one.
    """
    if os.geteuid() != 0 and _has_a_name(os.geteuid()):
        return (own_identity(),)
    user = unprivileged_user()
    if sys.platform != "linux":
        return (user if os.geteuid() == 0 else own_identity(),)
    namespace = Identity("namespace", user.uid, user.gid)
    return (namespace, user) if os.geteuid() == 0 else (namespace,)


def unprivileged_user() -> Identity:
    """The user that root gives PostgreSQL: `postgres` where there is one, else `nobody`, else any that is not root."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in (*_UNPRIVILEGED, *users):
        if user := users.get(name):
            return Identity("user", user.pw_uid, user.pw_gid)
    raise CannotStart(
        "PostgreSQL does not run as root, and /etc/passwd knows no other user. Run Cairn as another user."
    )


def give(folder: Path, identity: Identity) -> None:
    """Make `folder` and all that is in it belong to `identity`, where another way of starting left it to somebody else.

    The folder itself comes last: its owner tells whether the work was finished. Only root gives files away.
    """
    uid, gid = identity.files_owner
    if os.geteuid() != 0 or folder.stat().st_uid == uid:
        return
    for parent, folders, files in os.walk(folder, topdown=False):
        for name in (*folders, *files):
            os.chown(Path(parent, name), uid, gid, follow_symlinks=False)
    os.chown(folder, uid, gid)


def obstacle(path: Path, identity: Identity) -> Path | None:
    """The first folder on the way to `path`, itself included, that `identity` may not pass, if there is one."""
    if identity.kind != "user":
        return None
    return next((folder for folder in _way(path) if not _may_pass(folder.stat(), identity)), None)


def _way(path: Path) -> Iterator[Path]:
    yield from reversed(path.parents)
    yield path


def _may_pass(folder: os.stat_result, identity: Identity) -> bool:
    if folder.st_uid == identity.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == identity.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def _has_a_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
