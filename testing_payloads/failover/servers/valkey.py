"""Valkey of the rig: the queue and the live feeds, on a port of 127.0.0.1, every change appended to a file."""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.embedded.identity import own_identity
from infrastructure.embedded.programs import valkey_server
from testing_payloads.failover.servers.ports import free_port
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.server import Server


@dataclass(slots=True)
class Valkey(Server):
    """One Valkey that keeps what it was told when it is killed and started again."""

    folder: Path
    password: str
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def begin(self) -> None:
        """Start it, and do not wait."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        file = self.folder / "valkey.conf"
        file.touch(mode=0o600)
        settings = {
            **{"bind": "127.0.0.1", "port": self.port, "requirepass": self.password, "dir": f'"{self.folder}"'},
            **{"appendonly": "yes", "appendfsync": "everysec", "save": '""', "maxmemory-policy": "noeviction"},
        }
        file.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
        self.take(Process([valkey_server(), file], log=self.folder / "valkey.log", identity=own_identity()))

    def wait_ready(self) -> None:
        """Wait until it answers."""
        self.process.until(self._answers, name=self.title)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1.0) as line:
                line.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode("ascii"))
                return b"+PONG" in b"".join(iter(lambda: line.recv(200), b""))
        except OSError:
            return False
