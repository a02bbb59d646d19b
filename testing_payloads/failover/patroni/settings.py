"""What Patroni and etcd of the rig are told; PostgreSQL's settings are those of production."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
PASSWORD = "development-only"
# A leader that does not renew its key for so long is taken for lost. 20 is the least that Patroni takes.
TTL_S = 20
# Patroni wants loop_wait + 2 * retry_timeout <= ttl. A short loop finds a PostgreSQL that died sooner.
_LOOP_WAIT_S, _RETRY_TIMEOUT_S = 2, 5

POSTGRESQL = Path(__file__).parents[3] / "configuration" / "postgres" / "postgresql.conf"
_OWN = ("listen_addresses", "hba_file")  # these depend on where the server runs
_SETTING = re.compile(r"^(\w+)\s*=\s*'?([^'#]*?)'?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where one machine answers: PostgreSQL, and Patroni's own small web server."""

    postgres: int
    patroni: int


def patroni(name: str, ports: Ports, *, etcd: int, home: Path, programs: Path) -> str:
    """Patroni's configuration of one machine; JSON is YAML too."""
    address, data = f"{HOST}:{ports.postgres}", home / "data"
    settings: dict[str, Any] = {
        "scope": "cairn",
        "name": name,
        "restapi": {"listen": f"{HOST}:{ports.patroni}", "connect_address": f"{HOST}:{ports.patroni}"},
        "etcd3": {"host": f"{HOST}:{etcd}"},
        "bootstrap": {"dcs": _agreed(), "initdb": _new_data()},
        "postgresql": {
            "listen": address,
            "connect_address": address,
            "data_dir": str(data),
            "bin_dir": str(programs),
            "pgpass": str(home / "pgpass"),
            "authentication": {
                "superuser": {"username": "postgres", "password": PASSWORD},
                "replication": {"username": "replicator", "password": PASSWORD},
                "rewind": {"username": "rewinder", "password": PASSWORD},
            },
            "basebackup": [{"checkpoint": "fast"}],  # a new standby need not wait for the next checkpoint
            "pg_hba": _who_may_sign_in(),
            "parameters": {"unix_socket_directories": ""},
        },
        "watchdog": {"mode": "off"},
    }
    return json.dumps(settings, indent=1)


def _agreed() -> dict[str, Any]:
    """What both machines go by, kept in etcd."""
    return {
        "ttl": TTL_S,
        "loop_wait": _LOOP_WAIT_S,
        "retry_timeout": _RETRY_TIMEOUT_S,
        # Not strict: with two machines, strict would stop every write for as long as either of them is away.
        "synchronous_mode": True,
        # A primary that crashed gives way at once, as its standby has all that it acknowledged. Its own recovery would
        # take as long as it takes.
        "primary_start_timeout": 0,
        # When etcd is away the leader goes on, as long as it reaches the other machine.
        "failsafe_mode": True,
        "postgresql": {"use_pg_rewind": True, "use_slots": True, "parameters": _parameters()},
    }


def _parameters() -> dict[str, str]:
    said = POSTGRESQL.read_text("utf-8")
    return {name: value for name, value in _SETTING.findall(said) if name not in _OWN} | {"shared_buffers": "64MB"}


def _new_data() -> list[dict[str, str]]:
    locale = {"encoding": "UTF8", "locale": "C", "locale-provider": "builtin", "builtin-locale": "C.UTF-8"}
    return [{name: value} for name, value in locale.items()]


def _who_may_sign_in() -> list[str]:
    return [
        f"host cairn_check cairn_check {HOST}/32 trust",
        "host all cairn_check all reject",
        f"host replication replicator {HOST}/32 scram-sha-256",
        f"host all all {HOST}/32 scram-sha-256",
    ]


def etcd(client: int, peer: int, data: Path) -> list[str]:
    """Etcd's arguments: one member, which takes calls on loopback only."""
    calls, peers = f"http://{HOST}:{client}", f"http://{HOST}:{peer}"
    return [
        *("--name", "rig", "--data-dir", str(data), "--logger", "zap"),
        *("--listen-client-urls", calls, "--advertise-client-urls", calls),
        *("--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", f"rig={peers}"),
    ]
