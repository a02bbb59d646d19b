"""Where the databases, HAProxy and the APIs of a rig or of the compose file are found."""

import re
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

NODE_PORT = re.compile(r"NODE_([A-Z0-9]+)_PORT")
COMPOSE_API = "http://127.0.0.1:8080"


class CannotWatch(Exception):
    """What is missing, and what to do about it: one line."""


@dataclass(frozen=True)
class Target:
    """All addresses that are known; what is not known is not looked at."""

    name: str
    writer_url: str
    reader_url: str
    balancer_url: str | None = None  # HAProxy's page
    nodes: Mapping[str, str] = field(default_factory=dict)  # each database at its own address
    replicas: tuple[str, ...] = ()


def of_rig(folder: Path) -> Target:
    """The rig whose folder this is: it says in rig.env where everything is."""
    file = folder / "rig.env"
    start_one = f"start a rig with `python -m testing_payloads.failover.rig up --folder {shlex.quote(str(folder))}`."
    try:
        told = _variables(file.read_text(encoding="utf-8"))
    except PermissionError:
        raise CannotWatch(f"{file} is another user's: only they and root may watch that rig.") from None
    except OSError:
        raise CannotWatch(f"{file} is not there: {start_one}") from None
    missing = [name for name in ("WRITER_URL", "READER_URL") if name not in told]
    if missing:
        raise CannotWatch(f"{file} does not name {' and '.join(missing)}: the rig has not come up, or is another's.")
    if not _somebody_listens(told.get("RIG_SOCKET")):
        raise CannotWatch(f"The rig that was in {folder} has ended: {start_one}")
    page = told.get("HAPROXY_STATS_PORT")
    return Target(
        name=f"rig {folder}",
        writer_url=told["WRITER_URL"],
        reader_url=told["READER_URL"],
        balancer_url=f"http://127.0.0.1:{page}/" if page else None,
        nodes=dict(_nodes(told)),
    )


def of_compose(environment: Mapping[str, str]) -> Target:
    """What docker-compose.multi-db.yml publishes on this machine."""
    password = environment.get("DATABASE_PASSWORD", "development-only")
    return Target(
        name="docker-compose.multi-db.yml",
        writer_url=f"postgresql://cairn:{password}@127.0.0.1:5000/cairn",
        reader_url=f"postgresql://cairn:{password}@127.0.0.1:5001/cairn",
        balancer_url="http://127.0.0.1:8404/",
        replicas=(COMPOSE_API,),
    )


def _somebody_listens(path: str | None) -> bool:
    """Whether a rig is behind this socket, which one that was killed leaves behind; Patroni's rig has none."""
    if path is None:
        return True
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(path) == 0


def _variables(text: str) -> dict[str, str]:
    """NAME=VALUE, line by line, as a shell reads it."""
    words = shlex.split(text, comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def _nodes(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each node by its port, asked as the same role as through HAProxy, past pgbouncer."""
    way = urlsplit(told.get("DIRECT_WRITER_URL", told["WRITER_URL"]))
    role = way.netloc.rpartition("@")[0]
    found = []
    for name, port in told.items():
        if match := NODE_PORT.fullmatch(name):
            host = told.get(f"NODE_{match[1]}_HOST", "127.0.0.1")
            found.append((match[1].lower(), way._replace(netloc=f"{role}@{host}:{port}").geturl()))
    return sorted(found)
