"""Asks a server in which part it is, writer or standby, as HAProxy's check does: by what it says on signing in."""

import re
import socket
from pathlib import Path
from typing import Literal

Part = Literal["writer", "standby"]

_CONFIGURATION = Path(__file__).parents[3] / "configuration" / "haproxy" / "haproxy.cfg"
_STATUS = re.compile(rb"in_hot_standby\0(on|off)\0")
_PARTS: dict[bytes, Part] = {b"on": "standby", b"off": "writer"}


def part(host: str, port: int, *, within_s: float = 1.0) -> Part | None:
    """The part of the server at this address; None when it does not answer in time."""
    said = b""
    try:
        with socket.create_connection((host, port), within_s) as line:
            line.sendall(_check())
            while chunk := line.recv(4096):
                said += chunk
    except OSError:
        return None
    found = _STATUS.search(said)
    return _PARTS[found[1]] if found else None


def _check() -> bytes:
    """What HAProxy sends: its configuration says it in hexadecimal digits."""
    section = (
        _CONFIGURATION.read_text(encoding="utf-8")
        .partition("\nbackend postgres_writer\n")[2]
        .partition("\nbackend ")[0]
    )
    return bytes.fromhex("".join(re.findall(r"tcp-check send-binary (\S+)", section)))
