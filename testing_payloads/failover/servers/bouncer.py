"""pgbouncer of the rig: the configuration of the compose file with the rig's addresses."""

import re
import socket
from dataclasses import dataclass, field
from pathlib import Path

from infrastructure.embedded.identity import Identity, give
from testing_payloads.failover.servers.ports import free_port
from testing_payloads.failover.servers.process import Process
from testing_payloads.failover.servers.programs import find, pgbouncer_tracks_statements
from testing_payloads.failover.servers.server import Server

CONFIGURATION = Path(__file__).parents[3] / "configuration" / "pgbouncer" / "pgbouncer.ini"


@dataclass(slots=True)
class Bouncer(Server):
    """One pgbouncer in transaction mode, on a port of 127.0.0.1, in front of HAProxy's two."""

    folder: Path
    identity: Identity
    password: str
    write_port: int
    read_port: int
    port: int = field(default_factory=free_port)

    @property
    def title(self) -> str:
        """What to call it in a sentence."""
        return "pgbouncer"

    def start(self) -> None:
        """Start it and wait until it listens."""
        program = find("pgbouncer")
        self.folder.mkdir(exist_ok=True, mode=0o700)
        users, file = self.folder / "userlist.txt", self.folder / "pgbouncer.ini"
        users.write_text(f'"cairn" "{self.password}"\n', encoding="ascii")
        users.chmod(0o600)
        file.write_text(self.configuration(users, tracks=pgbouncer_tracks_statements(program)), encoding="utf-8")
        give(self.folder, self.identity)
        started = self.take(Process([program, file], log=self.folder / "pgbouncer.log", identity=self.identity))
        started.until(self._listens, name=self.title)

    def configuration(self, users: Path, *, tracks: bool) -> str:
        """The compose file's, with the rig's ports; without what an older pgbouncer does not know."""
        text = CONFIGURATION.read_text(encoding="utf-8")
        for port, own in ((5000, self.write_port), (5001, self.read_port)):
            text = text.replace(f"host=haproxy port={port}", f"host=127.0.0.1 port={own}")
        own_values = {"listen_addr": "127.0.0.1", "listen_port": str(self.port), "auth_file": str(users)}
        for name, value in own_values.items():
            text = re.sub(rf"^{name} = .*$", f"{name} = {value}", text, flags=re.MULTILINE)
        return text if tracks else re.sub(r"^max_prepared_statements = .*\n", "", text, flags=re.MULTILINE)

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True
