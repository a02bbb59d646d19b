"""Runs a statement on one server as its superuser, with psql: from any thread, beside any event loop."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from testing_payloads.failover.servers.refusals import RigRefused

_PATIENCE_S = 30.0


def run_sql(psql: Path, url: str, *statements: str, within_s: float = _PATIENCE_S) -> str:
    """What psql prints for the last statement; each is a transaction of its own. Refuses when one fails."""
    words = [f"--command={statement}" for statement in statements]
    try:
        ended = subprocess.run(
            [psql, "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", *words],
            env=_environment(url),
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RigRefused(f"The database at {_address(url)} did not answer within {within_s:.0f} s.") from None
    if ended.returncode:
        raise RigRefused(f"The database at {_address(url)} refuses: {ended.stderr.strip()}")
    return ended.stdout.strip()


def _environment(url: str) -> Mapping[str, str]:
    """Not in the command line, where everybody on the machine could read the password."""
    parts = urlsplit(url)
    return {
        "PATH": os.defpath,
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path[1:],
        "PGCONNECT_TIMEOUT": "3",
    }


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}"
