"""Where the rig's programs are: PostgreSQL's from the wheel or the system's, HAProxy and pgbouncer from the system."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from infrastructure.embedded import launch
from infrastructure.embedded.identity import Identity, identities, obstacle, own_identity
from infrastructure.embedded.programs import postgres_programs, version
from testing_payloads.failover.servers.refusals import RigRefused

_BESIDE_THE_PATH = "/usr/sbin:/usr/local/sbin:/sbin"
_SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Postgres:
    """PostgreSQL's programs, and as whom they run."""

    folder: Path
    major: int
    identity: Identity


def find(name: str, *, package: str | None = None) -> Path:
    """A program of the system's; refuses with the command that installs it."""
    found = shutil.which(name) or shutil.which(name, path=_BESIDE_THE_PATH)
    if found is None:
        raise RigRefused(f"{name} is not installed here, and the rig needs it: apt-get install {package or name}")
    return Path(found)


def find_postgres(copies: Path, *, system: bool) -> Postgres:
    """The wheel's PostgreSQL (copied below `copies` if need be), or the newest that the system has."""
    for identity in identities():
        if _is_to_be_had(identity):
            folder = _of_the_system() if system else postgres_programs(identity, copies)
            return Postgres(folder, int(re.split(r"\D", version(folder))[0]), identity)
    raise RigRefused("PostgreSQL does not run as root, and this machine lends it no other identity.")


def require_way(folder: Path, identity: Identity) -> None:
    """Open the rig's folder, but not what is in it, to `identity`; refuse one that it cannot come to."""
    if obstacle(folder, identity) == folder:
        folder.chmod(folder.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
    if blocked := obstacle(folder, identity):
        raise RigRefused(
            f"PostgreSQL runs as {identity.name} here, who cannot reach {blocked}: choose another folder with --folder."
        )


def pgbouncer_tracks_statements(pgbouncer: Path) -> bool:
    """Whether this pgbouncer keeps track of prepared statements in transaction mode, as it does from 1.21 on."""
    said = subprocess.run([pgbouncer, "--version"], capture_output=True, text=True, check=True).stdout
    major, minor = re.findall(r"\d+", said)[:2]
    return (int(major), int(minor)) >= (1, 21)


def _of_the_system() -> Path:
    found = sorted(_SYSTEM.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RigRefused(f"There is no PostgreSQL in {_SYSTEM}: apt-get install postgresql, or leave --system out.")
    return found[-1].parent


def _is_to_be_had(identity: Identity) -> bool:
    if identity == own_identity():
        return True
    tie = (sys.executable, "-I", "-S", launch.__file__, os.getpid(), int(signal.SIGTERM))
    words = [*map(str, (*tie, identity.kind, identity.uid, identity.gid)), "/bin/true"]
    return subprocess.run(words, capture_output=True, check=False).returncode != launch.REFUSED
